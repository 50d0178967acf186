import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { preloading, runProgram } from '../program.testing.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-decoded-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Writes, when the main thread ends, how many lines of journals it has decoded, as the engine has counted the calls. */
const counting = (file: string) => `
  import { writeFileSync } from 'node:fs';
  import { Session } from 'node:inspector';
  import { isMainThread } from 'node:worker_threads';
  const session = new Session();
  if (isMainThread) {
    session.connect();
    session.post('Profiler.enable');
    session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    process.on('exit', () => session.post('Profiler.takePreciseCoverage', (_, { result }) => {
      const journal = result.find(({ url }) => url.endsWith('/store/journal.js'));
      const decoding = journal.functions.filter(({ functionName }) => /^decode(Line|Checked)$/.test(functionName));
      const count = decoding.reduce((sum, { ranges }) => sum + ranges[0].count, 0);
      writeFileSync(${JSON.stringify(file)}, String(count));
    }));
  }
`;

async function decodedBy(name: string, args: readonly string[]): Promise<number> {
  const file = join(folder, name);
  const { status, stderr } = await runProgram(args, { cwd: folder, env: preloading(counting(file)) });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return Number(await readFile(file, 'utf8'));
}

const grid = [
  ...['ffnn', '--samples', '20', '--hidden', '2', '--epochs', '1', '--batch-size', '4'],
  ...['--learning-rate', '0.01,0.02', '--seed', '1..20'],
];

test('records that a run has computed are not read back; others are decoded once for all its views', async () => {
  const run = [...grid, '--quiet', '--out', 'out'];
  // Those that are read between their writing and the word of it are decoded too.
  expect(await decodedBy('inline', [...run, '--launcher', 'inline', '--store', 'one'])).toBeLessThan(40);
  expect(await decodedBy('threads', [...run, '--jobs', '2', '--store', 'other'])).toBeLessThan(40);
  expect(await decodedBy('again', [...run, '--store', 'other'])).toBe(40);
  expect(await decodedBy('table', ['table', ...grid, '--store', 'other'])).toBe(40);
});
