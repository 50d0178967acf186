import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { startProgram, until } from '../program.testing.ts';
import { oftenLooked, startCluster } from './slurm.testing.ts';

let cluster: Awaited<ReturnType<typeof startCluster>>;
afterEach(() => cluster.stop());

const trials = [
  'ffnn',
  '--epochs',
  '2',
  '--samples',
  '100',
  '--no-figures',
  '--store',
  'store',
  ...oftenLooked,
];

test('what is cancelled while its arrays are submitted leaves no job', async () => {
  cluster = await startCluster({ maxArraySize: 3 });
  const { directory, fake, run, submissions, withEnv } = cluster;
  const submitting = startProgram(
    [...trials, '--seed', '1..40', '--sbatch-option', 'hold', '--out', 'one'],
    withEnv(),
  );
  const notes = () => join(directory, 'store/slurm', submissions()[0], 'arrays.jsonl');
  await until(
    () =>
      existsSync(join(directory, 'store/slurm')) &&
      submissions().length > 0 &&
      existsSync(notes()) &&
      readFileSync(notes(), 'utf8').split('\n').length > 3,
  );
  expect(await run(['cancel', '--store', 'store'])).toMatchObject({ status: 0 });
  const { status, stderr } = await submitting.ended;
  expect(stderr).toContain('was cancelled');
  expect(status).not.toBe(0);
  expect(fake.ask('squeue', '-h').stdout).toBe('');
  expect(submissions()).toHaveLength(1);
}, 60_000);

test('a folder whose path has what Slurm expands', async () => {
  cluster = await startCluster({}, 'a%jb %u %%');
  const { status, stderr } = await cluster.run([...trials, '--seed', '1..2', '--out', 'one']);
  expect(stderr).toContain('submitted 2 trials');
  expect(status).toBe(0);
  expect(cluster.submissions()).toHaveLength(1);
}, 60_000);

test('a submission that sbatch cannot send for a while has one folder', async () => {
  cluster = await startCluster();
  const unreachable = { FAKE_SLURM_FAULTS: 'sbatch=unreachable*3' };
  const { status } = await cluster.run([...trials, '--seed', '1..2', '--out', 'one'], unreachable);
  expect(status).toBe(0);
  expect(cluster.submissions()).toHaveLength(1);
}, 60_000);

test('cancel finds jobs of what was marked while Slurm did not answer', async () => {
  cluster = await startCluster();
  const { fake, run } = cluster;
  await run([...trials, '--seed', '1..2', '--sbatch-option', 'hold', '--detach']);
  // The queue can be read before the mark is written, and jobs cannot be cancelled after it.
  const failed = await run(['cancel', '--store', 'store'], { FAKE_SLURM_FAULTS: 'scancel=unreachable' });
  expect(failed).toMatchObject({ status: 4, stderr: expect.stringContaining('Slurm does not answer') });
  const { status, stdout } = await run(['cancel', '--store', 'store']);
  expect(stdout).toContain('cancelled 2 tasks');
  expect(status).toBe(0);
  expect(fake.ask('squeue', '-h').stdout).toBe('');
}, 60_000);

test('a command that shares a trial with one that is cancelled submits it itself', async () => {
  cluster = await startCluster();
  const { run, submissions, withEnv } = cluster;
  await run([...trials, '--seed', '1,2', '--sbatch-option', 'hold', '--detach']);
  const [first] = submissions();
  const other = startProgram([...trials, '--seed', '2,3', '--out', 'other'], withEnv());
  await until(() => other.stderr().includes('submitted 1 trial'));
  expect(await run(['cancel', first, '--store', 'store'])).toMatchObject({ status: 0 });
  expect((await other.ended).status).toBe(0);
  expect(submissions()).toHaveLength(3);
}, 60_000);
