import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { clocks, preloading, runProgram } from '../program.testing.ts';
import { readStore } from '../store/store.ts';
import { callProgram } from './called.testing.ts';

const failingDisk = `import '${pathToFileURL(resolve('bench/torture/disk-fault.js')).href}';`;
const tiny = ['ffnn', '--samples', '40', '--batch-size', '5', '--no-figures', '--out', 'results/ffnn'];
const small = [...tiny, '--epochs', '2', '--seed', '1..4'];
/** Calls fail in each of two threads. */
const args = [...small, '--jobs', '2'];
const checkpointed = [...tiny, '--epochs', '20', '--jobs', '1'];

let directory: string;
let good: Awaited<ReturnType<typeof tables>>;
let goodCheckpointed: typeof good;

interface Fault {
  readonly operation: string;
  readonly path: string;
  readonly code: string;
  readonly from?: number;
  readonly times?: number;
}

/** On a good disk. */
const run = (given: readonly string[]) => callProgram(given, directory);
function runWith(fault: Fault, given: readonly string[], module = failingDisk) {
  const env = { ...preloading(module), FYS_NN_DISK_FAULT: JSON.stringify(fault) };
  return runProgram(given, { cwd: directory, env });
}

/** Checksums of the tables in a folder, all or none. */
async function tables(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(join(directory, folder)).catch(() => [])).filter((name) =>
    name.endsWith('.csv'),
  );
  const digest = async (name: string) =>
    createHash('sha256')
      .update(await readFile(join(directory, folder, name)))
      .digest('hex');
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await digest(name)])));
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-disk-'));
  await run([...args, '--store', 'good-store', '--out', 'good']);
  await run([...checkpointed, '--store', 'good-store', '--out', 'good-checkpointed']);
  good = await tables('good');
  goodCheckpointed = await tables('good-checkpointed');
  expect([Object.keys(good).length, Object.keys(goodCheckpointed).length]).toEqual([3, 3]);
});
beforeEach(() => rm(join(directory, 'results'), { recursive: true, force: true }));
afterAll(() => rm(directory, { recursive: true, force: true }));

const words = { EIO: 'the disk reports an input/output error', EDQUOT: 'the disk quota is used up' };

// From the first call on, and from a later one: some records are there, then no more.
const fatal: Fault[] = [
  ...['open', 'write', 'sync', 'stat'].flatMap((operation) =>
    [1, 2].map((from) => ({ operation, path: '/journal-', code: 'EIO', from })),
  ),
  ...[1, 2].map((from) => ({ operation: 'write', path: '/journal-', code: 'EDQUOT', from })),
  { operation: 'mkdir', path: 'results/.trials', code: 'EDQUOT' },
  ...['open', 'write', 'rename'].map((operation) => ({ operation, path: '/leases/', code: 'EDQUOT' })),
  { operation: 'link', path: '/leases/', code: 'EIO' },
  { operation: 'readdir', path: '/.trials', code: 'EIO' },
  ...['open', 'write', 'sync', 'rename'].map((operation) => ({
    operation,
    path: 'results/ffnn/',
    code: 'EIO',
  })),
  { operation: 'write', path: 'results/ffnn/summary', code: 'EDQUOT' },
];

test.each(fatal)(
  'a disk where $operation of $path fails ($code, call $from): a sentence, nothing lost, nothing half',
  async (fault) => {
    const { status, stderr } = await runWith(fault, args);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringContaining(words[fault.code as keyof typeof words]),
    });
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stderr).toMatch(/^ {2}remedy: /m);
    const left = await tables('results/ffnn');
    for (const [name, digest] of Object.entries(left)) expect([name, digest]).toEqual([name, good[name]]);
    const { records, damaged } = await readStore(join(directory, 'results/.trials'));
    expect(damaged).toEqual([]);

    const again = await run(small);
    expect(again).toMatchObject({
      status: 0,
      stderr: expect.stringContaining(`4 trials, ${records.size} of them from the store`),
    });
    expect(await tables('results/ffnn')).toEqual(good);
    expect((await callProgram(['store', 'check'], directory)).status).toBe(0);
  },
);

test('a store that cannot be read is left as it is', async () => {
  await run(args);
  const names = () => readdir(join(directory, 'results/.trials'));
  const before = await names();
  const { status, stderr } = await runWith({ operation: 'read', path: '/journal-', code: 'EIO' }, args);
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(words.EIO) });
  expect(await names()).toEqual(before);
  expect(await tables('results/ffnn')).toEqual(good);
});

test.each(['open', 'write', 'sync', 'rename'])(
  'where %s of a checkpoint fails, that is said once and the training continues',
  async (operation) => {
    const fault = { operation, path: '/checkpoints/', code: 'EIO' };
    const { status, stderr } = await runWith(fault, checkpointed, failingDisk + clocks.hasty);
    expect(status).toBe(0);
    expect(await tables('results/ffnn')).toEqual(goodCheckpointed);
    expect(stderr.match(/no checkpoint could be written: .*/g)).toEqual([
      'no checkpoint could be written: the disk reports an input/output error',
    ]);
  },
);
