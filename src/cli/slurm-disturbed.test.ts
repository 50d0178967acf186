import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { clocks, preloading, runProgram, startProgram, until } from '../program.testing.ts';
import { filesBelow } from './shard.testing.ts';
import { oftenLooked, startCluster } from './slurm.testing.ts';

let cluster: Awaited<ReturnType<typeof startCluster>>;
let { directory, fake, withEnv, run, submissions } = {} as typeof cluster;

beforeEach(async () => {
  cluster = await startCluster();
  ({ directory, fake, withEnv, run, submissions } = cluster);
});
afterEach(() => cluster.stop());

const filesOf = (out: string) => filesBelow(join(directory, out));

const slurm = [...oftenLooked, '--task-time', '1s'];
const logs = (store = 'store') =>
  submissions(store).flatMap((id) => readdirSync(join(directory, store, 'slurm', id, 'logs')));

test('a task that always ends without progress is given up with its node, its exit status and its log', async () => {
  const one = ['ffnn', '--epochs', '2', '--samples', '100', '--no-figures', '--store', 'store', ...slurm];
  const patient = { ...withEnv({ FYS_NN_FAULT: 'kill:2020:9' }), timeout: 110_000 };
  const { status, stderr } = await runProgram(one, patient);
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /task 1_0 ended on n\d as FAILED by signal 9, with 1 of 1 trial left; the last lines of .*1_0\.log:\n {2}.*1 trial of 1 to compute/,
  );
  expect(stderr).toMatch(/it has ended 3 times in a row without any progress; its log is .*3_0\.log/);
  expect(logs()).toEqual(['1_0.log', '2_0.log', '3_0.log']);
}, 120_000);

describe('what happens to jobs and commands', () => {
  const long = [
    'ffnn',
    '--epochs',
    '3000',
    '--samples',
    '100',
    '--seed',
    '1,2',
    '--no-figures',
    '--store',
    'store',
  ];
  /** With a checkpoint after each epoch, which takes its time. */
  const brief = long.map((word) => (word === '3000' ? '600' : word));
  const hasStarted = () => until(() => fake.ask('squeue', '-h', '-t', 'R').stdout !== '');
  const isSaved = () =>
    until(
      () =>
        existsSync(join(directory, 'store/checkpoints')) &&
        readdirSync(join(directory, 'store/checkpoints')).length > 0,
    );

  test('a second command waits for the same jobs; a task that is cancelled alone is submitted again and resumes', async () => {
    const hasty = preloading(clocks.hasty);
    const first = startProgram([...brief, '--out', 'one', ...slurm], withEnv(hasty));
    await hasStarted();
    await isSaved();
    fake.ask('scancel', fake.ask('squeue', '-h', '-t', 'R', '-o', '%i').stdout.trim().split('\n')[0]);
    const second = startProgram([...brief, '--out', 'two', ...slurm], withEnv(hasty));
    const ended = await Promise.all([first.ended, second.ended]);
    expect(ended.map(({ status }) => status)).toEqual([0, 0]);
    expect(first.stderr()).toContain('was cancelled on');
    expect(submissions().length).toBe(2);
    expect(await filesOf('two')).toEqual(await filesOf('one'));
    await run([...brief, '--out', 'here', '--store', 'local']);
    expect(await filesOf('one')).toEqual(await filesOf('here'));
  }, 90_000);

  test('a job whose number sbatch could not tell is found by its name, also after the command was killed', async () => {
    const lost = { ...preloading(clocks.hasty), FAKE_SLURM_FAULTS: 'sbatch=lost' };
    const first = startProgram([...brief, '--out', 'one', ...slurm], withEnv(lost));
    await hasStarted();
    await until(() => first.stderr().includes('looking in the queue'));
    first.child.kill('SIGKILL');
    await first.ended;
    rmSync(join(directory, 'store/slurm', submissions()[0], 'arrays.jsonl'), { force: true });
    expect(await run([...brief, '--out', 'one', ...slurm])).toMatchObject({ status: 0 });
    expect(submissions()).toHaveLength(1);
  }, 90_000);

  test('cancel ends the jobs and the command that waits for them; the next one submits what is left', async () => {
    const endless = long.map((word) => (word === '3000' ? '300000' : word));
    const waiting = startProgram([...endless, '--out', 'one', ...slurm], withEnv());
    await hasStarted();
    const { status, stdout } = await run(['cancel', '--store', 'store']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/submission \d{8}-\d{6}-[0-9a-f]{6}: cancelled \d tasks?/);
    const ended = await waiting.ended;
    expect(ended).toMatchObject({
      status: 4,
      stderr: expect.stringMatching(/was cancelled; the store has 0 of 2 trials/),
    });
    expect(await run(['attach', '--store', 'store'])).toMatchObject({ status: 4 });
    expect(submissions()).toHaveLength(1);
    expect(await run([...endless, '--out', 'one', ...slurm, '--detach'])).toMatchObject({ status: 0 });
    expect(submissions()).toHaveLength(2);
    expect((await run(['cancel', '--store', 'store'])).stdout).toMatch(/cancelled \d tasks?/);
    expect((await run(['cancel', '--store', 'store'])).stdout).toMatch(/no submission .* waits or runs/);
  }, 90_000);

  test('an interrupted command says that jobs go on, and how to get their results', async () => {
    const waiting = startProgram([...long, '--out', 'one', ...slurm], withEnv());
    await hasStarted();
    waiting.child.kill('SIGINT');
    const { status, stderr } = await waiting.ended;
    expect(status).toBe(130);
    expect(stderr).toContain('the submitted jobs keep running');
    expect(stderr).toContain('fys-nn attach --store store');
    expect(await run(['attach', '--store', 'store'])).toMatchObject({ status: 0 });
    expect(submissions()).toHaveLength(1);
  }, 90_000);
});
