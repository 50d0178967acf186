// A small fake of Slurm for tests: the commands sbatch, squeue, sacct, scancel, scontrol and sinfo print what those of Slurm 22.05
// print (data/fixtures/slurm), and tasks really run, as processes of this machine.
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answer } from './answer.js';
import { runAside } from './aside.js';
import { createController } from './controller.js';

const commands = ['sbatch', 'squeue', 'sacct', 'scancel', 'scontrol', 'sinfo'];

/**
 * Starts a fake cluster whose files are in `folder`, a new folder. In the environment `env`, its commands are the first on the path.
 *
 * Its clocks are `speed` times faster than Slurm's. Faults are injected by its methods, and by the variable FAKE_SLURM_FAULTS of a command, a
 * list of COMMAND=FAULT with `*N` for the first N times: `sbatch=refused`, `sbatch=lost` (the job is taken, but the answer does not
 * arrive), `sbatch=mute` (it is taken, and nothing is printed), `squeue=unreachable*2`, and of sbatch's jobs `task=killed@3`, `task=node-failure@3`, `task=not-launched@3`
 * (task 3, in its first run; the last is held after it, until it is released).
 */
export async function startFakeSlurm(folder, options = {}) {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  const script = fileURLToPath(new URL('command.js', import.meta.url));
  for (const name of commands) {
    const file = join(folder, 'bin', name);
    writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${script}' ${name} "$@"\n`);
    chmodSync(file, 0o755);
  }
  const controller = createController({
    ...{
      folder,
      nodes: ['n1', 'n2'],
      cpus: 2,
      memory: 2000,
      maxArraySize: 1001,
      accounting: true,
      speed: 60,
    },
    ...{ killWait: 5, requeueWait: 5, slurmdTimeout: 10, minJobAge: 300, accountingLag: 2 },
    partitions: { main: { limit: Infinity }, short: { limit: 600 } },
    ...{ version: '22.05.8', user: userInfo().username, uid: userInfo().uid },
    ...options,
  });
  const socket = join(folder, 'socket');
  const server = createServer((connection) => {
    let request = '';
    connection.setEncoding('utf8');
    connection.on('error', () => {});
    connection.on('data', (text) => {
      request += text;
      if (!request.endsWith('\n')) return;
      const said = answer(JSON.parse(request), controller);
      connection.end(said === null ? '' : JSON.stringify(said));
    });
  });
  await new Promise((done) => server.listen(socket, done));
  const env = {
    ...process.env,
    FAKE_SLURM: socket,
    PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}`,
  };
  return {
    folder,
    env,
    /** Runs a command; resolves to its output. The last argument may be options of spawn. */
    run: (name, ...args) => runAside(join(folder, 'bin', name), args, env),
    /** What a command would print, without starting it. */
    ask: (name, ...args) => {
      const { cwd = folder } = typeof args.at(-1) === 'object' ? args.pop() : {};
      return answer({ name, args, cwd, env, input: '', faults: '' }, controller);
    },
    killNode: controller.killNode,
    killSlurmd: controller.killSlurmd,
    startNode: controller.startNode,
    /** Lets requeued tasks start, and lets squeue forget what has ended, without waiting. */
    begin: controller.begin,
    forget: controller.forget,
    /** Kills the processes of a task, such as 1_3, with a signal. */
    killTask: controller.killTask,
    stopController: () => new Promise((done) => server.close(done)),
    async stop() {
      controller.stop();
      await new Promise((done) => server.close(done));
      rmSync(join(folder, 'spool'), { recursive: true, force: true });
    },
  };
}
