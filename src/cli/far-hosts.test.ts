import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runProgram, startProgram } from '../program.testing.ts';
import { type Host, hostEnvironment } from '../store/far-hosts.testing.ts';
import { readStore } from '../store/store.ts';

// Two machines, their clocks two hours apart, compute one plan in a shared folder. One is suspended for longer than its lease.

let directory: string;
let shared: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-far-hosts-'));
  shared = join(directory, 'shared');
  await mkdir(shared);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const plan = [
  'ffnn',
  '--samples',
  '150',
  '--hidden',
  '8',
  '--epochs',
  '40',
  '--seed',
  '1..12',
  '--no-figures',
];
const far = { delay: 400, asks: 'never', speed: 20 } as const;
const hour = 3_600_000;
const ahead: Host = { name: 'ahead', clock: hour, stamps: 'client', repeats: 3, ...far };
// What these two wait for is 90 s of theirs.
const behind: Host = { name: 'behind', clock: -hour, repeats: 4, ...far, speed: 40 };
const third: Host = { name: 'third', clock: 7 * hour, repeats: 5, ...far, speed: 60 };

const command = (name: string) => [
  ...plan,
  ...['--store', 'shared/store', '--out', name, '--jobs', '1', '--progress', 'ndjson'],
];

async function tables(folder: string): Promise<string> {
  const hash = createHash('sha256');
  const names = (await readdir(join(directory, folder))).filter((name) => name.endsWith('.csv'));
  for (const name of names.sort()) hash.update(await readFile(join(directory, folder, name)));
  return hash.digest('hex');
}

/** The ids of the trials of which a program has said that it computed them. */
const computed = (stderr: string): string[] =>
  stderr
    .split('\n')
    .filter((line) => /"event":"(done|diverged)"/.test(line))
    .map((line) => JSON.parse(line) as { id: string; found: boolean })
    .flatMap(({ id, found }) => (found ? [] : [id]));

test('a lease that is lost costs time: no record, no other number, and no command that fails', async () => {
  const good = await runProgram([...plan, '--store', 'good-store', '--out', 'good'], { cwd: directory });
  expect(good.status).toBe(0);
  const one = startProgram(command('one'), { cwd: directory, env: await hostEnvironment(shared, ahead) });
  let said = '';
  one.child.stderr.on('data', (text: string) => {
    said += text;
  });
  while (!said.includes('"event":"done"') && one.child.exitCode === null) await pause(10);
  one.child.kill('SIGSTOP');
  const other = await runProgram(command('other'), {
    cwd: directory,
    env: await hostEnvironment(shared, behind),
  });
  expect(other.status).toBe(0);
  const env = await hostEnvironment(shared, third);
  const tidied = await runProgram(['store', 'gc', '--store', 'shared/store'], { cwd: directory, env });
  expect(tidied).toMatchObject({ status: 0, stderr: expect.stringContaining('waiting 90 s') });
  one.child.kill('SIGCONT');
  const first = await one.ended;
  expect(first.status).toBe(0);
  expect([await tables('one'), await tables('other')]).toEqual(Array(2).fill(await tables('good')));
  const { records, damaged } = await readStore(join(shared, 'store'));
  expect(damaged).toEqual([]);
  expect(records.size).toBe(12);
  for (const id of [...computed(first.stderr), ...computed(other.stderr)]) expect(records.has(id)).toBe(true);
  // gc runs beside a living process only if that one was silent for long.
  const again = await runProgram(['store', 'check', '--store', 'shared/store'], { cwd: directory, env });
  expect(again.status).toBe(0);
});
