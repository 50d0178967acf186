import { afterEach, expect, test } from '@jest/globals';
import { oftenLooked, startCluster } from './slurm.testing.ts';

let cluster: Awaited<ReturnType<typeof startCluster>>;
afterEach(() => cluster.stop());

const four = [
  ...['ffnn', '--epochs', '2', '--samples', '100', '--seed', '1..4', '--no-figures'],
  ...['--store', 'store', '--out', 'one', ...oftenLooked],
];
const hasty = [...four, '--slurm-patience', '0.2s'];

test('a command gives up when Slurm has not answered for long, and the same command resumes', async () => {
  cluster = await startCluster();
  const { run } = cluster;
  const { status, stderr } = await run(hasty, { FAKE_SLURM_FAULTS: 'sbatch=unreachable' });
  expect(stderr).toMatch(/Slurm has not answered for 0\.2 s \(.*Unable to contact slurm controller/);
  expect(stderr).toContain('fys-nn attach');
  expect(status).toBe(4);
  expect(await run([...hasty, '--detach'])).toMatchObject({ status: 0 });
  const waiting = await run(['attach', '--store', 'store'], { FAKE_SLURM_FAULTS: 'squeue=unreachable' });
  // Records that arrive need no answer.
  expect([0, 4]).toContain(waiting.status);
  const attached = await run(['attach', '--store', 'store']);
  expect(attached).toMatchObject({ status: 0, stderr: expect.not.stringContaining('submitted') });
}, 60_000);

test('a job whose number sbatch does not print is found by its name', async () => {
  cluster = await startCluster();
  const { run, submissions } = cluster;
  const { status, stderr } = await run(four, { FAKE_SLURM_FAULTS: 'sbatch=mute*1' });
  expect(stderr).toContain('it printed no job number');
  expect(status).toBe(0);
  expect(submissions()).toHaveLength(1);
}, 60_000);

test('fewer tasks are submitted at a time where the user may not have so many', async () => {
  cluster = await startCluster();
  const { run, submissions } = cluster;
  const { status, stderr } = await run(four, { FAKE_SLURM_FAULTS: 'sbatch=refused*2' });
  expect(stderr).toMatch(/did not take 4 tasks \(.*job submit limit.*\); trying 2 tasks at a time/);
  expect(stderr).toContain('trying 1 task at a time');
  expect(status).toBe(0);
  expect(submissions()).toHaveLength(1);
}, 60_000);

test('what is refused is said with what to do', async () => {
  cluster = await startCluster();
  const { run, submissions } = cluster;
  const limited = await run(four, { FAKE_SLURM_FAULTS: 'sbatch=refused' });
  expect(limited).toMatchObject({ status: 2, stderr: expect.stringContaining('longer with --task-time') });
  for (const [option, value, remedy] of [
    ['--slurm-partition', 'connection refused', 'sinfo lists the partitions'],
    ['--slurm-mem', '9T', 'ask for less with --slurm-mem'],
    ['--sbatch-option', 'nope', 'correct --sbatch-option'],
  ]) {
    const { status, stderr } = await run([...four, option, value]);
    expect(stderr).toContain('sbatch refused the job');
    expect(stderr).toContain(remedy);
    expect(status).toBe(2);
  }
  expect(submissions()).toEqual([]);
}, 60_000);
