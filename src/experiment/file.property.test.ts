import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { allExperiments } from '../../experiments/index.ts';
import {
  edgeNumber,
  fixedSeed,
  hostileJson,
  hostileText,
  mutated,
  valueOrRefusal,
} from '../hostile.testing.ts';
import { readExperimentFile } from './file.ts';
import { experimentFile } from './file-schema.ts';
import { experimentOf } from './from-file.ts';
import { optionNames } from './options.ts';
import { planExperiment } from './plan.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

const good = {
  name: 'a net',
  title: 'A net',
  extends: 'ffnn',
  settings: {
    hidden: ['8', '4-4'],
    epochs: 2,
    samples: [40],
    learningRate: 'geomspace(1e-3,1,2)',
    seed: '1..2',
  },
  quick: { epochs: 1 },
  tags: ['a'],
  layout: { rows: 'hidden', columns: 'learningRate', metrics: ['test_mse'], curves: null },
};

/** All that `fys-nn run --plan` does with a file. */
async function planned(content: string | Uint8Array, name = 'x.yaml') {
  const path = join(folder, name);
  await writeFile(path, content);
  const outcome = await valueOrRefusal(async () => {
    const file = await readExperimentFile(path, allExperiments);
    const { experiment, sources } = await experimentOf(file, {}, {}, 'run x.yaml');
    return await planExperiment(experiment, { variant: 'code', quick: false, given: {} }, sources);
  });
  return outcome;
}

/** A refusal of the form, which names the line and the column. */
function expectPlace(outcome: Awaited<ReturnType<typeof planned>>, name = 'x.yaml') {
  if ('value' in outcome) return;
  const { what } = outcome.refusal.parts;
  // What combinations of settings do not allow is said as the command line says it.
  if (what.startsWith('{') || !what.startsWith(folder)) return;
  expect(what.slice(folder.length + 1)).toMatch(
    new RegExp(`^${name.replace('.', '\\.')}(:\\d+:\\d+|:\\d+|: | is )`),
  );
}

const asText = (value: unknown, format: 'yaml' | 'json') =>
  format === 'json' ? (JSON.stringify(value) ?? '') : stringify(value, { aliasDuplicateObjects: false });

test.each(['yaml', 'json'] as const)(
  'files that are nearly right are planned or refused with a place: %s',
  async (format) => {
    expect(await planned(asText(good, format), `x.${format}`)).toHaveProperty('value');
    const property = fc.asyncProperty(mutated(good), async (content) => {
      expectPlace(await planned(asText(content, format), `x.${format}`), `x.${format}`);
    });
    await fc.assert(property, { seed: fixedSeed, numRuns: 120 });
  },
);

test('every field and every setting with a value of any type', async () => {
  const fields = Object.keys(experimentFile.shape).filter((name) => name !== 'data');
  const anything = fc.oneof(hostileJson, hostileText, edgeNumber);
  for (const field of fields) {
    const property = fc.asyncProperty(anything, async (value) => {
      expectPlace(await planned(asText({ ...good, [field]: value }, 'json'), 'x.json'), 'x.json');
    });
    await fc.assert(property, { seed: fixedSeed, numRuns: 6 });
  }
  const property = fc.asyncProperty(fc.constantFrom(...optionNames), anything, async (name, value) => {
    const content = { extends: 'ffnn', settings: { ...good.settings, [name]: value } };
    expectPlace(await planned(asText(content, 'json'), 'x.json'), 'x.json');
  });
  await fc.assert(property, { seed: fixedSeed, numRuns: 150 });
});

test('bytes that are put in, taken out or changed', async () => {
  const bytes = Buffer.from(asText(good, 'yaml'));
  const change = fc.tuple(fc.nat(bytes.length), fc.nat(6), fc.uint8Array({ maxLength: 6 }));
  const property = fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
    let changed = bytes;
    for (const [at, removed, added] of changes)
      changed = Buffer.concat([changed.subarray(0, at), added, changed.subarray(at + removed)]);
    expectPlace(await planned(changed));
  });
  await fc.assert(property, { seed: fixedSeed, numRuns: 150 });
});

test('any text', async () => {
  const property = fc.asyncProperty(
    fc.oneof(hostileText, fc.uint8Array({ maxLength: 200 })),
    async (content) => {
      const outcome = await planned(content);
      expect(outcome).toHaveProperty('refusal');
      expectPlace(outcome);
    },
  );
  await fc.assert(property, { seed: fixedSeed, numRuns: 200 });
});

describe('what would take all memory or time is refused at once', () => {
  const laughs = Array.from(
    { length: 12 },
    (_, i) =>
      `a${i}: &a${i} [${
        i === 0
          ? '1'
          : Array(9)
              .fill(`*a${i - 1}`)
              .join(',')
      }]`,
  );
  test.each<[string, string, RegExp]>([
    [
      'aliases of aliases',
      `extends: ffnn\nsettings:\n  seed: &s\n${laughs.map((line) => `    ${line}`).join('\n')}\n`,
      /alias|settings/i,
    ],
    [
      'lists in lists',
      `extends: ffnn\nsettings: { seed: ${'['.repeat(200_000)}`,
      /yaml: it is nested too deeply/,
    ],
    ['maps in maps', `settings: ${'{a: '.repeat(100_000)}`, /yaml: it is nested too deeply/],
    [
      'blocks in blocks',
      Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      /cannot be used|nested/,
    ],
    ['a file of more than a mebibyte', `extends: ffnn\n# ${'x'.repeat(2 ** 20)}`, /at most 1048576 bytes/],
    [
      'a range without an end',
      'extends: ffnn\nsettings: { seed: 1..999999999 }',
      /:2:19: seed: a range has too many/,
    ],
    [
      'too many points',
      'extends: ffnn\nsettings: { learningRate: "linspace(0,1,1e15)" }',
      /:2:27: learningRate/,
    ],
    ['a long number', `extends: ffnn\nsettings: { seed: ${'9'.repeat(100_000)} }`, /:2:19: .*seed/],
    [
      'a grid of too many trials',
      `extends: ffnn\nsettings: { seed: 1..90000, net: 1, epochs: 1..90000 }`,
      /net|too many trials/,
    ],
  ])('%s', async (_name, content, message) => {
    const outcome = await planned(content);
    expect('refusal' in outcome ? outcome.refusal.message : outcome).toMatch(message);
  });
});
