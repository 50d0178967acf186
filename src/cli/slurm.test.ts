import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runProgram } from '../program.testing.ts';
import { filesBelow } from './shard.testing.ts';
import { oftenLooked, startCluster } from './slurm.testing.ts';

let cluster: Awaited<ReturnType<typeof startCluster>>;
let { root, directory, fake, withEnv, run, submissions } = {} as typeof cluster;

beforeEach(async () => {
  cluster = await startCluster({ maxArraySize: 2 });
  ({ root, directory, fake, withEnv, run, submissions } = cluster);
});
afterEach(() => cluster.stop());

const filesOf = (out: string) => filesBelow(join(directory, out));

const slurm = oftenLooked;
const trials = ['ffnn', '--epochs', '2', '--samples', '100', '--seed', '1..3', '--no-figures'];

test('a run on a cluster has the bytes of one without, with models and predictions, also when it is attached to', async () => {
  const command = [...trials, '--save-model', 'best', '--predictions', 'best'];
  expect(await run([...command, '--out', 'here', '--store', 'local'])).toMatchObject({ status: 0 });
  const args = [...command, '--out', 'there', '--store', 'store', ...slurm, '--detach', '--json'];
  const detached = await run(args);
  expect(detached).toMatchObject({
    status: 0,
    stderr: expect.stringMatching(/submitted 3 trials in 3 tasks as jobs 1, \d/),
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
  // Nothing was submitted, so there is nothing to attach to.
  expect(submissions()).toEqual([]);
  const patient = await run([...trials, '--out', 'there', '--store', 'store', ...slurm], {
    FAKE_SLURM_FAULTS: 'squeue=unreachable*2',
  });
  expect(patient).toMatchObject({ status: 0, stderr: expect.stringContaining('Slurm does not answer') });
  expect(patient.stderr).toMatch(/does not answer \(.*\); trying again for 60 minutes at most$/m);
  const wrong = { FAKE_SLURM_FAULTS: 'squeue=refused*1' };
  const told = await run([...trials, '--seed', '4', '--out', 'more', '--store', 'store', ...slurm], wrong);
  expect(told).toMatchObject({ status: 0, stderr: expect.stringContaining('Slurm answers with an error (') });
  expect(told.stderr).not.toContain('does not answer');
}, 60_000);

test('a controller that is down is waited for, but not by --plan and --detach', async () => {
  const down = { FAKE_SLURM_FAULTS: 'scontrol=unreachable' };
  for (const more of ['--plan', '--detach']) {
    const { status, stdout, stderr } = await run([...trials, '--store', 'store', ...slurm, more], down);
    expect(stderr).toMatch(/Slurm does not answer \(Unable to contact .*\), so/);
    // How trials are cut into tasks needs no cluster; the list of trials is in nobody's way.
    const planned =
      / 3 to run\nthey would be submitted as 3 tasks, if this cluster allows so many; the longest/;
    if (more === '--plan') expect(stdout).toMatch(planned);
    expect(stdout).not.toMatch(/^ +t[0-9a-f]{15} /m);
    expect(status).toBe(4);
  }
  expect(existsSync(join(directory, 'store'))).toBe(false);
  // Asked whether it is up, asked before the store is made, and asked by the launcher.
  const patient = { FAKE_SLURM_FAULTS: 'scontrol=unreachable*3' };
  const { status, stderr } = await run([...trials, '--out', 'out', '--store', 'store', ...slurm], patient);
  expect(stderr.match(/Slurm does not answer/g)).toHaveLength(1);
  expect(status).toBe(0);
}, 60_000);

test('a task that is submitted by hand computes what has no record, although it has never run', async () => {
  expect(await run([...trials, '--out', 'out', '--store', 'store', ...slurm])).toMatchObject({ status: 0 });
  const folder = join(directory, 'store/slurm', submissions()[0]);
  rmSync(join(folder, 'outcomes'), { recursive: true });
  const { stderr } = await runProgram(['slurm-task', folder, '0'], withEnv({ SLURM_ARRAY_JOB_ID: '77' }));
  expect(stderr).toContain('0 trials of 1 to compute');
}, 60_000);

test('submissions of the same command count as one; of several commands, ids are asked for', async () => {
  const held = [...trials, '--store', 'store', ...slurm, '--detach', '--sbatch-option', 'hold'];
  const first = await run([...held, '--out', 'one']);
  expect(first.stdout).toContain('fys-nn attach --store store\n');
  // Its jobs are gone without a trace: the same command, waiting or not, submits again.
  fake.ask('scancel', '1', '2');
  expect(await run([...held, '--out', 'one'])).toMatchObject({ status: 0 });
  expect(submissions()).toHaveLength(2);
  const other = await run([...held, '--epochs', '3', '--out', 'two']);
  const [, earlier, later] = submissions();
  expect(other.stdout).toContain(`fys-nn attach ${later} --store store\n`);
  const asked = await run(['cancel', '--store', 'store']);
  expect(asked).toMatchObject({ status: 2, stderr: expect.stringContaining('several commands') });
  expect(asked.stderr).toMatch(
    new RegExp(`^${earlier}  20\\d\\d-.* UTC  fys-nn ffnn .*\\.\\.\\.\\n${later}  `),
  );
  const one = await run(['cancel', later, '--store', 'store']);
  expect(one.stdout).toBe(`submission ${later}: cancelled 3 tasks, none of which had begun\n`);
  const both = await run(['cancel', '--store', 'store']);
  expect(both.stdout).toBe(`submission ${earlier}: cancelled 3 tasks, none of which had begun\n`);
  const attached = await run(['attach', '--store', 'store']);
  expect(attached).toMatchObject({ status: 4, stderr: expect.stringContaining('were cancelled') });
  expect(attached.stderr).toMatch(/to start them again: cd '.*' && fys-nn ffnn .*--out two/);
  expect(submissions()).toHaveLength(3);
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
  // The folder of which the script would say how to submit it by hand is not made.
  expect(stdout).not.toContain('by hand');
  const json = await run([...trials, ...slurm, '--plan', '--json']);
  expect(JSON.parse(json.stdout).submission).toMatchObject({ tasks: 3, arrays: 2 });
  expect(readdirSync(directory)).toEqual([]);
}, 60_000);

test('a machine without a configuration of Slurm is told from one that cannot be read', async () => {
  const said = 'error: resolve_ctls_from_dns_srv: res_nsearch error: Unknown host';
  const last = 'fatal: Could not establish a configuration source';
  const script = `#!/bin/sh\necho 'scontrol: ${said}' >&2\necho 'scontrol: ${last}' >&2\nexit 1\n`;
  writeFileSync(join(root, 'scontrol'), script, { mode: 0o755 });
  const { status, stderr } = await runProgram([...trials, ...slurm], { cwd: directory, env: { PATH: root } });
  expect(status).toBe(2);
  expect(stderr).toContain('no slurm.conf was found on this machine: resolve_ctls_from_dns_srv');
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

test.each([
  ['while its jobs run', false],
  ['when they have ended', true],
])(
  'trials that are computed anew are not submitted twice: attach %s',
  async (_, isLate) => {
    const args = [...trials, '--out', 'there', '--store', 'store', '--force', ...slurm];
    expect(await run([...args, '--detach'])).toMatchObject({ status: 0 });
    while (isLate && fake.ask('squeue', '-h').stdout.trim() !== '') await sleep(50);
    const { status, stderr } = await run(['attach', '--store', 'store']);
    expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.not.stringContaining('submitted') });
    expect(submissions()).toHaveLength(1);
    expect(existsSync(join(directory, 'there/summary.csv'))).toBe(true);
  },
  60_000,
);
