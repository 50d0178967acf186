// What Slurm's commands print of tasks in every state. The same scenarios run on a real Slurm, which records the fixtures, and on
// the fake one, which must print the same.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './processes.js';
import { openSession } from './session.js';

/** What a task does, by its index. */
const script = `#!/bin/sh
#SBATCH --job-name=probe --output=%A_%a.log
case "$SLURM_ARRAY_TASK_ID" in
0) exit 0 ;;
1) exit 3 ;;
2) kill -9 $$ ;;
esac
trap 'exit 143' TERM
sleep 600 &
wait
`;

const queue = '%i|%T|%r|%N|%M|%j|%P|%C';
const accounting =
  'JobID,State,ExitCode,DerivedExitCode,NodeList,Elapsed,Start,End,JobName,Partition,AllocCPUS';
const states = ['squeue', '-h', '-r', '-t', 'all', '-o', '%i|%T|%r|%N'];

/**
 * Runs scenarios on a cluster with two nodes of two processors. Resolves to the lines that each printed, with ids, times and paths
 * replaced.
 */
export async function runScenarios(cluster, only = /./) {
  const folder = join(cluster.folder, 'scenarios');
  mkdirSync(folder);
  writeFileSync(join(folder, 'probe.sh'), script);
  const outputs = {};
  for (const [name, scenario] of Object.entries(scenarios)) {
    if (!only.test(name)) continue;
    const session = openSession(cluster, folder);
    try {
      await scenario(session);
    } catch (error) {
      throw new Error(`${name}: ${error.message}`, { cause: error });
    }
    outputs[name] = session.lines;
  }
  return outputs;
}

const scenarios = {
  async submit({ show }) {
    await show('sbatch', '--hold', '--wrap', 'exit 0');
    await show('sbatch', '--hold', '--parsable', '--array=0-3', 'probe.sh');
    await show('scancel', '--name', 'wrap');
    await show('scancel', '--name', 'probe');
  },

  async refused({ show }) {
    await show('sbatch', '-p', 'nope', 'probe.sh');
    await show('sbatch', '--array=0-1001', 'probe.sh');
    await show('sbatch', '--array=x', 'probe.sh');
    await show('sbatch', '--time=x', 'probe.sh');
    await show('sbatch', '--mem=x', 'probe.sh');
    await show('sbatch', '--mem=1T', 'probe.sh');
    await show('sbatch', '-C', 'nope', 'probe.sh');
    await show('sbatch', '--nope', 'probe.sh');
    await show('sbatch', 'nope.sh');
    await show('scancel', '999999');
    await show('scancel', 'nope');
    await show('squeue', '-h', '-j', '999999');
    await show('squeue', '-h', '-j', '999998,999999');
    await show('squeue', '-h', '-j', 'nope');
    await show('scontrol', 'show', 'job', '999999');
    await show('scontrol', 'requeue', '999999');
    await show('sacct', '-n', '-P', '-X', '-j', '999999');
    await show('sacct', '-n', '-P', '-X', '-j', '1', '--format=Nope');
  },

  async configuration({ show }) {
    await show('sinfo');
    await show('sinfo', '-h', '-o', '%P|%a|%l|%D|%T|%N|%c|%m');
    await show('scontrol', 'show', 'config');
    await show('sbatch', '--version');
  },

  async held({ submit, show, finish }) {
    await submit('--hold', '--array=0-3,7%2', '--time=5', 'probe.sh');
    await show('squeue', '-h', '-j', 'JOB', '-o', queue);
    await show('squeue', '-h', '-r', '-j', 'JOB', '-o', queue);
    await show('squeue', '-j', 'JOB');
    await show('scontrol', 'show', 'job', 'JOB');
    await finish();
    await submit('--hold', '--array=0-300:2', 'probe.sh');
    await show('squeue', '-h', '-j', 'JOB', '-o', '%i');
    await finish();
    await submit('--hold', '--wrap', 'exit 0');
    await show('squeue', '-h', '-j', 'JOB', '-o', queue);
    await finish();
  },

  async waiting({ submit, show, finish, run }) {
    await submit('--cpus-per-task=99', 'probe.sh');
    const reason = async () => (await run('squeue', '-h', '-o', '%r')).stdout.trim();
    await until(async () => (await reason()) === 'PartitionConfig', 60);
    await show('squeue', '-h', '-j', 'JOB', '-o', queue);
    await finish();
    await submit('--partition=short', '--time=60', 'probe.sh');
    await until(async () => (await reason()) === 'PartitionTimeLimit', 60);
    await show('squeue', '-h', '-j', 'JOB', '-o', queue);
    await finish();
  },

  async ended({ account, submit, show, reach, finish }) {
    await submit('--array=0-5', '--time=500', 'probe.sh');
    await reach({ 0: 'COMPLETED', 1: 'FAILED', 2: 'FAILED', 3: 'RUNNING', 4: 'RUNNING', 5: 'RUNNING' });
    await show('squeue', '-h', '-r', '-j', 'JOB', '-o', queue);
    await show(...states, '-j', 'JOB');
    await account({ 0: 'COMPLETED', 1: 'FAILED', 2: 'FAILED', 3: 'RUNNING', 4: 'RUNNING', 5: 'RUNNING' });
    await show('sacct', '-n', '-P', '-j', 'JOB', `--format=${accounting}`);
    await show('sacct', '-n', '-P', '-X', '-j', 'JOB');
    await show('sacct', '-X', '-j', 'JOB');
    for (const index of [0, 1, 2, 3]) show('scontrol', 'show', 'job', `JOB_${index}`);
    await show('scontrol', '-o', 'show', 'job', 'JOB_3');
    await show('scancel', 'JOB_0');
    await finish();
  },

  async pending({ account, submit, show, reach, finish }) {
    await submit('--array=3-9', 'probe.sh');
    await reach({ 3: 'RUNNING', 4: 'RUNNING', 5: 'RUNNING', 6: 'RUNNING', 7: 'PENDING' });
    await reach({ 9: 'PENDING' });
    await show('squeue', '-h', '-j', 'JOB', '-o', '%i|%T');
    await account({ 3: 'RUNNING', 4: 'RUNNING', 5: 'RUNNING', 6: 'RUNNING', '[7-9]': 'PENDING' });
    await show('sacct', '-n', '-P', '-X', '-j', 'JOB', '--format=JobID,State,NodeList,Start');
    await finish();
    await submit('--array=3-7', 'probe.sh');
    await reach({ 3: 'RUNNING', 4: 'RUNNING', 5: 'RUNNING', 6: 'RUNNING', 7: 'PENDING' });
    await show('squeue', '-h', '-j', 'JOB', '-o', '%i|%T');
    await finish();
  },

  async cancelled({ account, submit, show, reach, finish }) {
    await submit('--array=3-8', 'probe.sh');
    await reach({ 3: 'RUNNING', 4: 'RUNNING', 5: 'RUNNING', 6: 'RUNNING' });
    await show('scancel', 'JOB_8');
    await show('scancel', 'JOB_4');
    await reach({ 4: 'CANCELLED', 7: 'RUNNING' });
    await show(...states, '-j', 'JOB');
    await account({
      3: 'RUNNING',
      5: 'RUNNING',
      6: 'RUNNING',
      7: 'RUNNING',
      4: `CANCELLED by ${process.getuid()}`,
    });
    await show('sacct', '-n', '-P', '-j', 'JOB', '--format=JobID,State,ExitCode,NodeList');
    await show('scancel', '-s', 'TERM', '-b', 'JOB_5');
    await account({ 5: 'FAILED' });
    await show('sacct', '-n', '-P', '-X', '-j', 'JOB_5', '--format=JobID,State,ExitCode,NodeList');
    await finish();
  },

  async 'no log'({ account, submit, show, reach, finish }) {
    await submit('--output=/nope/%A.log', 'probe.sh');
    await reach({ job: 'FAILED' });
    await show(...states, '-j', 'JOB');
    await account({ job: 'FAILED' });
    await show('sacct', '-n', '-P', '-X', '-j', 'JOB', '--format=JobID,State,ExitCode,NodeList');
    await finish();
  },

  async 'time limit'({ account, submit, show, reach, finish }) {
    await submit('--array=3', '--time=1', 'probe.sh');
    await reach({ 3: 'TIMEOUT' });
    await show(...states, '-j', 'JOB');
    await account({ 3: 'TIMEOUT' });
    await show('sacct', '-n', '-P', '-j', 'JOB', '--format=JobID,State,ExitCode,NodeList');
    await show('scontrol', 'show', 'job', 'JOB_3');
    await finish();
  },

  async requeued({ account, cluster, submit, show, reach, finish }) {
    await submit('--array=3-4', 'probe.sh');
    await reach({ 3: 'RUNNING', 4: 'RUNNING' });
    await show('scontrol', 'requeue', 'JOB_3');
    await reach({ 3: 'PENDING' });
    await show(...states, '-j', 'JOB');
    cluster.begin?.();
    await reach({ 3: 'RUNNING' });
    await show(...states, '-j', 'JOB');
    await account({ 3: 'RUNNING', 4: 'RUNNING' });
    await show('sacct', '-n', '-P', '-X', '-j', 'JOB', '--format=JobID,State,ExitCode,NodeList');
    await show('sacct', '-n', '-P', '-X', '-D', '-j', 'JOB', '--format=JobID,State,ExitCode,NodeList');
    await show('scontrol', 'show', 'job', 'JOB_3');
    await finish();
  },

  async 'node failure'({ account, submit, show, reach, finish, cluster }) {
    await submit('--array=3', '--nodelist=n2', 'probe.sh');
    await reach({ 3: 'RUNNING' });
    cluster.killNode('n2');
    await reach({ 3: 'PENDING' });
    await show(...states, '-j', 'JOB');
    await show('sinfo', '-h', '-p', 'main', '-o', '%T|%N');
    await account({ 3: 'PENDING' });
    await show('sacct', '-n', '-P', '-X', '-D', '-j', 'JOB', '--format=JobID,State,ExitCode,NodeList');
    cluster.startNode('n2');
    cluster.begin?.();
    await reach({ 3: 'RUNNING' });
    await finish();
    await submit('--array=3', '--no-requeue', '--nodelist=n2', 'probe.sh');
    await reach({ 3: 'RUNNING' });
    cluster.killNode('n2');
    await reach({ 3: 'NODE_FAIL' });
    await show(...states, '-j', 'JOB');
    await account({ 3: 'NODE_FAIL' });
    await show('sacct', '-n', '-P', '-X', '-j', 'JOB', '--format=JobID,State,ExitCode,NodeList');
    await show('scontrol', 'show', 'job', 'JOB_3');
    cluster.startNode('n2');
    await finish();
  },

  async purged({ account, cluster, submit, show, reach, run }) {
    const id = await submit('--wrap', 'exit 0');
    await reach({ job: 'COMPLETED' });
    cluster.forget?.();
    if (!(await until(async () => (await run('squeue', '-h', '-j', id)).status !== 0, 60)))
      throw new Error(`${id} is not purged`);
    await show(...states, '-j', 'JOB');
    await show('scontrol', 'show', 'job', 'JOB');
    await account({ job: 'COMPLETED' });
    await show('sacct', '-n', '-P', '-X', '-j', 'JOB', '--format=JobID,State,ExitCode,NodeList');
  },

  async 'accounting is off'({ show }) {
    await show('sacct', '-n', '-P', '-X');
  },

  async 'without a controller'({ show, cluster }) {
    await cluster.stopController();
    await show('sbatch', 'probe.sh');
    await show('squeue', '-h');
    await show('squeue', '-h', '-j', '1');
    await show('scancel', '--name', 'probe');
    await show('scontrol', 'show', 'job', '1');
    await show('scontrol', 'show', 'config');
    await show('sinfo');
  },
};
