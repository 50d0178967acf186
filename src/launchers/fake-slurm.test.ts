import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
// The fake is plain JavaScript, since the commands that it puts on the path run without a compiler.
// @ts-expect-error: it has no types.
import { startFakeSlurm } from '../../bench/cluster/fake/index.js';
// @ts-expect-error: it has no types.
import { prepare } from '../../bench/cluster/install.js';
// @ts-expect-error: it has no types.
import { runScenarios } from '../../bench/cluster/scenarios.js';

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../data/fixtures/slurm/${name}.json`, import.meta.url), 'utf8'));
const folders: string[] = [];
const start = (options: object) => {
  folders.push(mkdtempSync(join(tmpdir(), 'fys-nn-fake-slurm-')));
  return startFakeSlurm(folders.at(-1), options);
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

test('the commands of the fake print what those of a real Slurm printed', async () => {
  // What waits for a time waits until the scenario goes on.
  const fake = await start({ requeueWait: 1e6, minJobAge: 1e6 });
  try {
    const scenarios = /^(?!accounting is off)(?!without a controller)/;
    const { 'without a controller': _, ...expected } = fixture('with-accounting');
    expect(await runScenarios({ ...fake, run: fake.ask }, scenarios)).toEqual(expected);
  } finally {
    await fake.stop();
  }
});

test('without accounting and without a controller', async () => {
  const fake = await start({ accounting: false });
  try {
    const expected = fixture('without-accounting');
    expect(await runScenarios(fake, /^accounting is off/)).toEqual({
      'accounting is off': expected['accounting is off'],
    });
  } finally {
    await fake.stop();
  }
  const other = await start({});
  const { 'without a controller': expected } = fixture('with-accounting');
  const lines = (await runScenarios(other, /^without a controller/))['without a controller'];
  await other.stop();
  expect(lines).toEqual(expected);
});

test('no Slurm is started for tests where a cluster is configured', () => {
  folders.push(mkdtempSync(join(tmpdir(), 'fys-nn-fake-slurm-')));
  const file = join(folders.at(-1)!, 'slurm.conf');
  writeFileSync(file, 'ClusterName=fox\n');
  const expected =
    process.platform === 'linux' ? `this machine belongs to a cluster (${file})` : 'Slurm needs Linux';
  expect(prepare({ SLURM_CONF: file })).toContain(expected);
});

describe('what tests ask of it', () => {
  let fake: Awaited<ReturnType<typeof start>>;
  beforeEach(async () => {
    fake = await start({ cpus: 1, minJobAge: 1e6, requeueWait: 1 });
  });
  afterEach(() => fake.stop());

  const run = async (command: string, faults = '') => {
    const [name, ...args] = command.split(' ');
    return fake.run(name, ...args, { cwd: fake.folder, env: { ...fake.env, FAKE_SLURM_FAULTS: faults } });
  };
  const until = async (command: string, line: string) => {
    for (;;) {
      const { stdout } = await run(command);
      if (stdout.split('\n').includes(line)) return;
    }
  };
  const script = (text: string) => writeFileSync(join(fake.folder, 'job.sh'), `#!/bin/sh\n${text}\n`);

  test('it runs the tasks of an array, at most as many as fit, with their environment and options', async () => {
    script('#SBATCH --array=0-9%3 --output=log-%a\necho $SLURM_ARRAY_JOB_ID $SLURM_ARRAY_TASK_ID $1');
    expect(await run('sbatch job.sh here')).toEqual({
      stdout: 'Submitted batch job 1\n',
      stderr: '',
      status: 0,
    });
    for (let index = 0; index < 10; index++) await until('squeue -h -t CD -r -o %i', `1_${index}`);
    for (let index = 0; index < 10; index++)
      expect(readFileSync(join(fake.folder, `log-${index}`), 'utf8')).toBe(`1 ${index} here\n`);
  });

  test('sbatch is refused, or its answer is lost although the job runs', async () => {
    script('exit 0');
    const refused = await run('sbatch job.sh', 'sbatch=refused');
    expect(refused).toMatchObject({ stdout: '', status: 1 });
    expect(refused.stderr).toMatch(/^sbatch: error: Batch job submission failed: Job violates/);
    const lost = await run('sbatch --job-name=lost job.sh', 'sbatch=lost');
    expect(lost).toMatchObject({ stdout: '', status: 1 });
    await until('squeue -h -t CD -o %j', 'lost');
  });

  test('squeue fails as often as it is asked to', async () => {
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await run('squeue', 'squeue=unreachable*2')).status);
    expect(statuses).toEqual([1, 1, 0]);
  });

  test('tasks are killed, and tasks of a node that fails start again on another', async () => {
    script('echo begun >> $SLURM_ARRAY_TASK_ID; test -n "$SLURM_RESTART_COUNT" || exec sleep 600');
    await run('sbatch --array=0-1 job.sh', 'task=killed@0,task=node-failure@1');
    await until('squeue -h -r -t all -o %i|%T|%r', '1_0|FAILED|JobLaunchFailure');
    await until('squeue -h -r -t all -o %i|%T', '1_1|COMPLETED');
    expect(readFileSync(join(fake.folder, '1'), 'utf8')).toBe('begun\nbegun\n');
  });

  test('a task that ignores SIGTERM is killed after its time limit', async () => {
    script("trap '' TERM; while :; do sleep 1; done");
    await run('sbatch --time=1 job.sh');
    await until('squeue -h -t all -o %i|%T|%r', '1|TIMEOUT|TimeLimit');
  });

  test('the signal before the time limit reaches the script', async () => {
    script("trap 'echo warned > warned; exit 0' USR1; while :; do sleep 0.05; done");
    await run('sbatch --time=5 --signal=B:USR1@200 job.sh');
    await until('squeue -h -t all -o %i|%T', '1|COMPLETED');
    expect(readFileSync(join(fake.folder, 'warned'), 'utf8')).toBe('warned\n');
  });
});
