import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
// @ts-expect-error: it is plain JavaScript, without types.
import { startFakeSlurm } from '../../bench/cluster/fake/index.js';
import { runProgram } from '../program.testing.ts';
import { filesBelow } from './shard.testing.ts';

let root: string;
/** Where commands are run: a folder whose name a shell would take apart. */
let directory: string;
let fake: {
  env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
  ask(...args: string[]): { stdout: string };
  killTask(job: string, signal: string): void;
};

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'fys-nn-slurm-'));
  directory = join(root, 'mïne & "yours"');
  await mkdir(directory);
  fake = await startFakeSlurm(join(root, 'slurm'), { accountingLag: 0, maxArraySize: 2 });
});
afterEach(async () => {
  await fake.stop();
  await rm(root, { recursive: true, force: true, maxRetries: 5 });
});

const withEnv = (env: NodeJS.ProcessEnv = {}) => ({ cwd: directory, env: { ...fake.env, ...env } });
const run = (args: readonly string[], env?: NodeJS.ProcessEnv) => runProgram(args, withEnv(env));
const filesOf = (out: string) => filesBelow(join(directory, out));

/** Tasks of one trial each, looked at often. The clocks of the fake cluster run 60 times faster. */
const slurm = [
  '--launcher',
  'slurm',
  '--task-time',
  '0.001s',
  '--slurm-time',
  '10h',
  '--slurm-poll',
  '0.05s',
  '--latency-wait',
  '0.1s',
];
const trials = ['ffnn', '--epochs', '2', '--samples', '100', '--seed', '1..3', '--no-figures'];
const submissions = (store = 'store') => readdirSync(join(directory, store, 'slurm')).sort();

test('a run on a cluster has the bytes of one without, with models and predictions, also when it is attached to', async () => {
  const command = [...trials, '--save-model', 'best', '--predictions', 'best'];
  expect(await run([...command, '--out', 'here', '--store', 'local'])).toMatchObject({ status: 0 });
  const args = [...command, '--out', 'there', '--store', 'store', ...slurm, '--detach', '--json'];
  const detached = await run(args);
  expect(detached).toMatchObject({
    status: 0,
    stderr: expect.stringMatching(/submitted 3 trials in 3 tasks as job 1, \d/),
  });
  const { submissions: made } = JSON.parse(detached.stdout);
  // Arrays have two tasks at most here.
  expect(made).toEqual([{ id: submissions()[0], jobs: ['1', expect.stringMatching(/^\d+$/)] }]);
  expect(existsSync(join(directory, 'there'))).toBe(false);
  // It works in the folder of the command.
  const elsewhere = { ...withEnv(), cwd: root };
  const attached = await runProgram(['attach', '--store', join(directory, 'store')], elsewhere);
  expect(attached).toMatchObject({ status: 0, stderr: expect.not.stringContaining('submitted 3 trials') });
  expect(await filesOf('there')).toEqual(await filesOf('here'));
  const count = submissions().length;
  // Everything is in the store, so nothing is submitted.
  expect(await run(args)).toMatchObject({ status: 0 });
  expect(submissions()).toHaveLength(count);
}, 60_000);

test('a trial that fails is named with its reason, the others are there', async () => {
  const failing = { FYS_NN_FAULT: 'throw:2:9' };
  const { status, stderr } = await run([...trials, '--out', 'there', '--store', 'store', ...slurm], failing);
  expect(status).toBe(1);
  expect(stderr).toContain('FYS_NN_FAULT: thrown');
  expect(stderr).toContain('there/ is unchanged');
  expect(readFileSync(join(directory, 'store/failures.jsonl'), 'utf8').trim().split('\n')).toHaveLength(1);
  expect(await run([...trials, '--out', 'there', '--store', 'store'])).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('3 trials, 2 of them from the store'),
  });
}, 60_000);

test('what sbatch refuses is said in its words, and a controller that does not answer is waited for', async () => {
  const refused = await run([...trials, '--store', 'store', ...slurm], {
    FAKE_SLURM_FAULTS: 'sbatch=refused',
  });
  expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining('job submit limit') });
  const unknown = await run([...trials, '--store', 'store', ...slurm, '--slurm-partition', 'nope']);
  expect(unknown).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('invalid partition specified: nope'),
  });
  const patient = await run([...trials, '--out', 'there', '--store', 'store', ...slurm], {
    FAKE_SLURM_FAULTS: 'squeue=unreachable*2',
  });
  expect(patient).toMatchObject({ status: 0, stderr: expect.stringContaining('Slurm does not answer') });
}, 60_000);

test('without Slurm, --plan and a run end before anything is written', async () => {
  for (const more of [[], ['--plan']]) {
    const { status, stderr } = await runProgram([...trials, ...slurm, ...more], {
      cwd: directory,
      env: { PATH: directory },
    });
    expect(status).toBe(2);
    expect(stderr).toContain('there is no scontrol on this machine');
  }
  expect(readdirSync(directory)).toEqual([]);
  const { status, stdout } = await run([...trials, ...slurm, '--plan', '--slurm-partition', 'main']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/they would be submitted as 3 tasks in 2 job arrays/);
  expect(stdout).toContain('  #SBATCH --partition=main\n');
  expect(readdirSync(directory)).toEqual([]);
}, 60_000);

test('rounds on a cluster, the first one detached, have the bytes of those without', async () => {
  const rates = ['--learning-rate', '1e-4,0.01,0.1', '--hidden', '4', '--halving', '3', '--no-figures'];
  const command = ['ffnn', '--epochs', '3', '--samples', '100', ...rates];
  expect(await run([...command, '--out', 'here', '--store', 'local'])).toMatchObject({ status: 0 });
  const there = [...command, '--out', 'there', '--store', 'store', ...slurm];
  const detached = await run([...there, '--detach']);
  expect(detached).toMatchObject({ status: 0, stderr: expect.stringContaining('submitted 3 trials') });
  expect(existsSync(join(directory, 'there'))).toBe(false);
  // The same command waits for the first round instead of submitting it again, and runs the second.
  const { status, stderr } = await run(there);
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('submitted 1 trial') });
  expect(stderr).not.toContain('submitted 3 trials');
  expect(submissions()).toHaveLength(2);
  expect(await filesOf('there')).toEqual(await filesOf('here'));
}, 60_000);
