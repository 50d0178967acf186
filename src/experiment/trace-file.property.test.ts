import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, hostileJson, mutated, valueOrRefusal } from '../hostile.testing.ts';
import { replayTrace } from './trace.ts';
import { readTrace } from './trace-file.ts';

let file: string;
beforeAll(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'fys-nn-trace-')), 'trace.json');
});
afterAll(() => rm(join(file, '..'), { recursive: true }));

const traceOf = async (text: string | Uint8Array) => {
  await writeFile(file, text);
  return valueOrRefusal(() => readTrace(file));
};

test('a trace that is nearly right is replayed to numbers, or refused', async () => {
  const names = ['ols-sgd', 'ffnn-relu', 'ridge-closed-form'];
  const texts = await Promise.all(names.map((name) => readFile(`data/fixtures/traces/${name}.json`, 'utf8')));
  const nearly = fc.oneof(...texts.map((text) => mutated(JSON.parse(text))));
  await fc.assert(
    fc.asyncProperty(nearly, async (content) => {
      const outcome = await traceOf(JSON.stringify(content) ?? '');
      if (!('value' in outcome)) return;
      for (const { difference } of await replayTrace(outcome.value)) expect(typeof difference).toBe('number');
    }),
    { seed: fixedSeed, numRuns: 150 },
  );
});

test('any other JSON and any bytes are refused', async () => {
  const content = fc.oneof(
    hostileJson.map((value) => JSON.stringify(value)),
    fc.uint8Array({ maxLength: 60 }),
  );
  await fc.assert(
    fc.asyncProperty(content, async (bytes) => expect(await traceOf(bytes)).toHaveProperty('refusal')),
    { seed: fixedSeed, numRuns: 200 },
  );
});

test('a million brackets, a device, a folder: refused', async () => {
  expect(await traceOf('['.repeat(1e6) + ']'.repeat(1e6))).toHaveProperty('refusal');
  for (const path of ['/dev/zero', '/', join(file, 'x')]) {
    expect(await valueOrRefusal(() => readTrace(path))).toHaveProperty('refusal');
  }
});

test('more polynomial features than fit into memory are refused', async () => {
  const trace = JSON.parse(await readFile('data/fixtures/traces/ols-closed-form.json', 'utf8'));
  trace.model.terms = Array.from({ length: 400_000 }, () => [0, 1]);
  expect(await traceOf(JSON.stringify(trace))).toMatchObject({
    refusal: { message: expect.stringContaining('model.terms') },
  });
});
