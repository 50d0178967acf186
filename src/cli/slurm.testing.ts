import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// @ts-expect-error: it is plain JavaScript, without types.
import { startFakeSlurm } from '../../bench/cluster/fake/index.js';
import { removeDirectory } from '../files/retry-while-busy.ts';
import { runProgram } from '../program.testing.ts';

/** Tasks of one trial each, looked at often. The clocks of the fake cluster run 60 times faster. */
export const oftenLooked = [
  ...['--launcher', 'slurm', '--task-time', '0.0001s', '--slurm-time', '10h'],
  ...['--slurm-poll', '0.05s', '--latency-wait', '0.1s'],
];

/** A fake cluster, and commands that are run in a folder whose name a shell would take apart. */
export async function startCluster(facts: object = {}, name = 'mïne & "yours"') {
  const root = await mkdtemp(join(tmpdir(), 'fys-nn-slurm-'));
  const directory = join(root, name);
  await mkdir(directory);
  const fake: {
    env: NodeJS.ProcessEnv;
    stop(): Promise<void>;
    ask(...args: string[]): { stdout: string };
    killTask(job: string, signal: string): void;
  } = await startFakeSlurm(join(root, 'slurm'), { accountingLag: 0, ...facts });
  const withEnv = (env: NodeJS.ProcessEnv = {}) => ({ cwd: directory, env: { ...fake.env, ...env } });
  return {
    ...{ root, directory, fake, withEnv },
    run: (args: readonly string[], env?: NodeJS.ProcessEnv) => runProgram(args, withEnv(env)),
    submissions: (store = 'store') => readdirSync(join(directory, store, 'slurm')).sort(),
    async stop(): Promise<void> {
      await fake.stop();
      await removeDirectory(root);
    },
  };
}
