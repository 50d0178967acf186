import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readClaims } from '../claims/claims.ts';
import { readResults } from '../figures/folder.ts';
import { valueOrRefusal } from '../hostile.testing.ts';
import { readTables } from '../output/read-tables.ts';
import { readAttachment } from '../store/attachments.ts';
import { openCheckpoints } from '../store/checkpoints.ts';
import { openLease } from '../store/leases.ts';
import { readStore } from '../store/store.ts';
import { readTrace } from '../trace/trace-file.ts';
import { attachmentKinds } from '../trial/attachments.ts';
import { hashOfId } from '../trial/id.ts';
import { createTrial, type TrialConfig } from '../trial/trial.ts';
import { forEachLine } from './lines.ts';
import { readJsonFile, readRegular, readRegularAtOnce } from './regular-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a file is read whole; a larger one, a folder and a device are not', async () => {
  const file = join(folder, 'a.json');
  await writeFile(file, '{"é":1}');
  expect(await readRegular(file)).toBe('{"é":1}');
  expect(await readJsonFile(file, 8)).toEqual({ é: 1 });
  await writeFile(join(folder, 'marked.json'), '\ufeff[1]');
  expect(await readJsonFile(join(folder, 'marked.json'))).toEqual([1]);
  await expect(readRegular(file, 7)).rejects.toThrow('it has 8 bytes, more than 7');
  await expect(readRegular(folder)).rejects.toThrow('it is a folder');
  await expect(readRegular('/dev/zero')).rejects.toThrow('it is not a regular file');
  await expect(readRegular(join(folder, 'x'))).rejects.toThrow('ENOENT');
});

test('read at once, it is the same', () => {
  const file = join(folder, 'once.json');
  writeFileSync(file, '{"é":1}');
  expect(readRegularAtOnce(file, 8).toString()).toBe('{"é":1}');
  expect(() => readRegularAtOnce(file, 7)).toThrow('it has 8 bytes, more than 7');
  expect(() => readRegularAtOnce(folder, 8)).toThrow('it is a folder');
  expect(() => readRegularAtOnce('/dev/zero', 8)).toThrow('it is not a regular file');
  expect(() => readRegularAtOnce(join(folder, 'x'), 8)).toThrow('ENOENT');
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  expect(() => readRegularAtOnce(pipe, 8)).toThrow('it is not a regular file');
});

// Each of these would wait for ever.
test('a pipe is refused wherever a file is read', async () => {
  const pipes = ['datapackage.json', 'manifest.json', 'claims.json', 'journal-x.jsonl'];
  execFileSync(
    'mkfifo',
    pipes.map((name) => join(folder, name)),
  );
  const refused = [
    () => readTables(folder),
    () => readResults(folder, []),
    () => readClaims(join(folder, 'claims.json')),
    () => readTrace(join(folder, 'claims.json')),
  ];
  for (const read of refused) expect(await valueOrRefusal<unknown>(read)).toHaveProperty('refusal');
  expect((await readStore(folder)).records.size).toBe(0);
  await expect(forEachLine(join(folder, 'journal-x.jsonl'), 0, () => {})).rejects.toThrow(
    'not a regular file',
  );
});

test('a line that is too long for any record is named, with its file', async () => {
  const file = join(folder, 'journal-long.txt');
  await writeFile(file, `short\n${'x'.repeat(100)}`);
  const lines: number[] = [];
  const visit = (line: Buffer) => lines.push(line.length);
  expect(await forEachLine(file, 0, visit, 100)).toBe(6);
  expect(lines).toEqual([5]);
  await expect(forEachLine(file, 0, visit, 99)).rejects.toThrow(
    /journal-long.txt" has a line of more than 99 bytes, at byte 6/,
  );
});

// Each of these would wait for ever, or fill the memory: sparse files of a terabyte.
describe.each([
  ['a pipe', (path: string) => execFileSync('mkfifo', [path])],
  ['a terabyte', (path: string) => execFileSync('truncate', ['--size', '1T', path])],
])('%s in a store', (_name, make) => {
  const config = { seed: 1, numerics: 1, model: { dtype: 'float32' } } as unknown as TrialConfig;
  const trial = createTrial(config);
  let store: string;
  beforeEach(async () => {
    store = await mkdtemp(join(folder, 'store-'));
    for (const name of ['leases', ...attachmentKinds, 'checkpoints']) await mkdir(join(store, name));
  });
  afterEach(() => rm(store, { recursive: true }));

  test('as index is none', async () => {
    await writeFile(join(store, 'journal-1.jsonl'), '{"store":2,"id":"no record\n');
    make(join(store, 'journal-1.index'));
    expect((await readStore(store)).damaged).toEqual(['journal-1.jsonl: line 1 is not a record']);
  });

  test('as lease holds nothing', async () => {
    make(join(store, 'leases', `${randomUUID()}.json`));
    const lease = await openLease(store);
    await lease.claim(async (held) => {
      expect([...held]).toEqual([]);
      return [];
    });
    await lease.end();
  });

  test.each(attachmentKinds)('as %s is none', async (kind) => {
    make(join(store, kind, `${hashOfId(trial.id)}.bin`));
    expect(await readAttachment(store, trial, kind)).toBeNull();
  });

  test('as checkpoint is none', async () => {
    make(join(store, 'checkpoints', `${trial.id}-1.state`));
    const { resume } = await openCheckpoints(store, trial, { stopRequested: () => false });
    expect(resume).toBeNull();
  });
});
