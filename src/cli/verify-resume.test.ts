import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runProgram, startProgram } from '../program.testing.ts';

// What is run, and what is found, follows from the records: not from the number of workers, a crash, or the clock.

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-resume-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const quantity = { experiment: 'ffnn', with: { epochs: [4], samples: [200] }, statistic: 'test_mse' };
const place = { where: 'here', says: 'a thing' };
/** The first is settled at the first look, the second is looked at until the last one. */
const claims = [
  { ...{ id: 'fair', kind: 'number', ...place, value: 0.2, readingError: 0.2 }, ...quantity },
  { ...{ id: 'far', kind: 'number', ...place, value: 0.02, significantDigits: 1 }, ...quantity },
];

const commandLine = (out: string, ...args: string[]) => [
  ...['verify', '--claims', 'claims.json', '--variant', 'code', '--out', out, '--store', `${out}-store`],
  ...args,
];
const writeClaims = () =>
  writeFile(join(directory, 'claims.json'), JSON.stringify({ report: { title: 't' }, claims }));

/** The files of a folder but those that name the command and the time. */
async function filesOf(out: string): Promise<Record<string, string>> {
  const names = (await readdir(join(directory, out))).filter(
    (name) => !/manifest|certificate|datapackage/.test(name),
  );
  const texts = await Promise.all(names.map((name) => readFile(join(directory, out, name), 'utf8')));
  return Object.fromEntries(names.map((name, index) => [name, texts[index]]));
}

test('one worker, two workers, and a run that was killed and resumed write the same bytes', async () => {
  await writeClaims();
  const one = await runProgram(commandLine('one', '--jobs', '1'), { cwd: directory });
  expect(one).toMatchObject({ status: 3, stdout: expect.stringContaining('50 seeds') });
  const two = await runProgram(commandLine('two', '--jobs', '2'), { cwd: directory });
  expect(two.status).toBe(3);
  expect(await filesOf('two')).toEqual(await filesOf('one'));

  // Killed as soon as it has finished a few trials.
  const { child, ended, stderr } = startProgram(commandLine('killed', '--progress', 'ndjson'), {
    cwd: directory,
  });
  child.stderr.on('data', () => {
    if ((stderr().match(/"event":"done"/g) ?? []).length >= 3) child.kill('SIGKILL');
  });
  expect((await ended).signal).toBe('SIGKILL');
  const resumed = await runProgram(commandLine('killed'), { cwd: directory });
  expect(resumed.status).toBe(3);
  expect(await filesOf('killed')).toEqual(await filesOf('one'));
}, 120_000);

test('--max-time with time enough finds the same; without, it says everywhere what is not finished', async () => {
  await writeClaims();
  await runProgram(commandLine('whole'), { cwd: directory });
  const enough = await runProgram(commandLine('enough', '--max-time', '100'), { cwd: directory });
  expect(enough.status).toBe(3);
  expect(await filesOf('enough')).toEqual(await filesOf('whole'));

  const cut = await runProgram(commandLine('cut', '--max-time', '0.00001'), { cwd: directory });
  expect(cut.status).toBe(4);
  const said = 'Not finished: after 0.00001 minutes the seeds were ffnn (code) 0 of';
  expect(cut.stdout.replace(/\s+/g, ' ')).toContain(said);
  const { 'verify.md': markdown, 'verify.json': json } = await filesOf('cut');
  expect(markdown).toContain(said);
  const ended = {
    minutes: 0.00001,
    unfinished: [{ experiment: 'ffnn', reading: 'code', seeds: 0, wanted: 11 }],
  };
  expect(JSON.parse(json).ended).toEqual(ended);
  expect(JSON.parse(await readFile(join(directory, 'cut/manifest.json'), 'utf8')).ended).toEqual(ended);
  // What was computed is kept, and the whole follows.
  const resumed = await runProgram(commandLine('cut'), { cwd: directory });
  expect(resumed.status).toBe(3);
  expect(await filesOf('cut')).toEqual(await filesOf('whole'));
}, 120_000);
