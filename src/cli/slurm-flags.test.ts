import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, hostileText, valueOrRefusal } from '../hostile.testing.ts';
import { callProgram } from './called.testing.ts';
import { launcherOptionsOf, parseSbatchOption, parseSlurmTime, parseTime } from './slurm-flags.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'fys-nn-slurm-flags-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

test.each([
  ['--qos=long', '--qos=long'],
  ['qos=long', '--qos=long'],
  ['--exclusive', '--exclusive'],
  ['--comment=two words', '--comment=two words'],
  ['--mem-per-cpu=2G', '--mem-per-cpu=2G'],
  ['--export=ALL,A=b', '--export=ALL,A=b'],
  ['--gres=gpu:1', '--gres=gpu:1'],
])('sbatch option %j', (text, option) => {
  expect(parseSbatchOption(text)).toBe(option);
});

test.each([
  ['-q long', 'not one long option'],
  ['--qos long', 'not one long option'],
  ['--qos=a\n#SBATCH --wrap=id', 'not one long option'],
  ['--qos=a\rb', 'not one long option'],
  ['--qos=\u001b[2J', 'not one long option'],
  ['--qos=\u202eab', 'not one long option'],
  ['--qos;id', 'not one long option'],
  ['', 'not one long option'],
  ['--array=0-9', 'fys-nn sets --array of sbatch itself'],
  // sbatch takes the beginning of a name for the name.
  ['--arr=0-9', 'fys-nn sets --array of sbatch itself'],
  ['--out=/etc/passwd', 'fys-nn sets --output of sbatch itself'],
  ['--wrap=id', 'fys-nn sets --wrap of sbatch itself'],
  ['--partition=x', 'write --slurm-partition x'],
  ['--part=x', 'write --slurm-partition x'],
  ['--mem=4G', 'write --slurm-mem 4G'],
])('sbatch option %j is refused', async (text, why) => {
  const refusal = await valueOrRefusal(() => parseSbatchOption(text));
  expect(refusal).toEqual({ refusal: expect.objectContaining({ message: expect.stringContaining(why) }) });
});

test.each([
  [['--launcher', 'pbs'], '--launcher'],
  [['--launcher', 'slurm', '--slurm-cpus', '0'], '--slurm-cpus'],
  [['--launcher', 'slurm', '--slurm-mem', '4 GB'], 'write --slurm-mem 4G'],
  [['--launcher', 'slurm', '--slurm-time', 'forever'], '--slurm-time is not a time'],
  [['--launcher', 'slurm', '--slurm-time', '0:10'], '--slurm-time is out of range'],
  [['--launcher', 'slurm', '--slurm-time', '1m'], 'at least 2 minutes'],
  [['--launcher', 'slurm', '--task-time', '10'], '--task-time is not a time'],
  [['--launcher', 'slurm', '--slurm-partition', 'a\nb'], '--slurm-partition is not a name'],
  [['--launcher', 'slurm', '--slurm-partition', '--wrap=id'], '--slurm-partition is not a name'],
  [['--slurm-partition', 'main'], '--slurm-partition has no effect without --launcher slurm'],
  [['--detach'], '--detach has no effect without --launcher slurm'],
])('%j is refused', async (args, why) => {
  const { status, stdout, stderr } = await callProgram(['ffnn', ...args], directory);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(why);
  expect(readdirSync(directory)).toEqual([]);
});

test.each([
  ['train', '--data', 'iris', '--launcher', 'slurm', '--slurm-cpus', '0'],
  ['train', '--data', 'iris', '--detach'],
  ['attach', '--store', ''],
  ['cancel', '--store', ''],
  ['train', '--data', 'iris', '--store', ''],
])('%s %s %s ...: options are checked before data are read', async (...args) => {
  const { status, stdout, stderr } = await callProgram(args, directory);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^error: --/);
});

test('--max-time is not for jobs', async () => {
  const { status, stderr } = await callProgram(
    ['verify', '--launcher', 'slurm', '--max-time', '5'],
    directory,
  );
  expect(status).toBe(2);
  expect(stderr).toContain('--max-time has no effect on jobs of a cluster');
});

describe('times', () => {
  test.each([
    ['5', 300],
    ['5:30', 330],
    ['1:05:30', 3930],
    ['2-5', 190_800],
    ['2-5:30', 192_600],
    ['1-00:00:30', 86_430],
    ['90m', 5400],
    ['2h', 7200],
    ['1.5d', 129_600],
  ])('--slurm-time %s', (text, seconds) => {
    expect(parseSlurmTime(text)).toBe(seconds);
  });

  test.each([
    ['90s', 90],
    ['10m', 600],
    ['0.5h', 1800],
  ])('--task-time %s', (text, seconds) => {
    expect(parseTime(text, '--task-time', 1)).toBe(seconds);
  });
});

test('any text is read or refused', async () => {
  const names = [
    'slurmPartition',
    'slurmAccount',
    'slurmTime',
    'slurmMem',
    'slurmCpus',
    'slurmConstraint',
    'taskTime',
    'latencyWait',
  ] as const;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), hostileText, async (name, text) => {
      await valueOrRefusal(() => launcherOptionsOf({ launcher: 'slurm', [name]: text }));
      await valueOrRefusal(() =>
        launcherOptionsOf({ launcher: 'slurm', sbatchOption: [text, `--qos=${text}`] }),
      );
    }),
    { seed: fixedSeed },
  );
});
