// A real Slurm on one machine, for tests: its own munge, controller and nodes, and accounting if MariaDB is installed. Everything
// is in one folder, and nothing in /etc is read or written.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { slurmConf, slurmdbdConf } from './configuration.js';
import { installed } from './install.js';
import { end, runs, signal, startedWith, until } from './processes.js';

/**
 * Starts a cluster in a new folder and waits until its nodes are idle.
 *
 * `cpus` are those of each node. `accounting` is that of slurmdbd. Errors: a program that does not start, with the end of its log.
 */
export async function startSlurm(
  folder,
  { nodes = ['n1', 'n2'], cpus = 2, memory = 2000, maxArraySize = 1001, accounting = hasAccounting() } = {},
) {
  for (const name of ['munge', 'state', 'spool', 'log', 'db', ...nodes.map((node) => `spool/${node}`)])
    mkdirSync(join(folder, name), { recursive: true });
  // munged refuses a socket that not everybody can reach.
  for (const name of ['.', 'munge']) chmodSync(join(folder, name), 0o755);
  writeFileSync(join(folder, 'munge/key'), randomBytes(1024), { mode: 0o400 });
  const facts = {
    ...{ folder, nodes, cpus, memory, maxArraySize, accounting },
    host: hostname().replace(/\..*/, ''),
    user: userInfo().username,
    ports: await freePorts(3 + nodes.length),
  };
  writeFileSync(join(folder, 'slurm.conf'), slurmConf(facts));
  const cluster = clusterIn(folder);
  try {
    cluster.start('munged', ...mungedOptions(folder));
    if (accounting) await startAccounting(facts, cluster);
    cluster.start('slurmctld');
    for (const node of nodes) cluster.startNode(node);
    const idle = () => cluster.run('sinfo', '-h', '-o', '%T %D').stdout.trim() === `idle ${nodes.length}`;
    if (!(await until(idle, 60))) throw new Error(`the nodes are not idle:\n${cluster.log('slurmctld')}`);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return cluster;
}

/** A cluster that was started in a folder. */
export function clusterIn(folder) {
  const env = { ...process.env, SLURM_CONF: join(folder, 'slurm.conf') };
  const run = (name, ...args) => {
    const options = typeof args.at(-1) === 'object' ? args.pop() : {};
    return spawnSync(name, args, { env, encoding: 'utf8', ...options });
  };
  const pids = () =>
    [...readdirSync(folder), 'munge/pid']
      .filter((name) => /(^|\.|\/)pid$/.test(name) && existsSync(join(folder, name)))
      .map((name) => Number(readFileSync(join(folder, name), 'utf8')))
      .filter((pid) => pid > 0 && runs(pid));
  const configuration = readFileSync(join(folder, 'slurm.conf'), 'utf8');
  return {
    folder,
    /** Whether sacct knows anything. */
    accounting: configuration.includes('accounting_storage/slurmdbd'),
    /** The environment in which Slurm's commands talk to this cluster. */
    env,
    /** Runs one of Slurm's commands. The last argument may be options of spawnSync. */
    run,
    log: (name) =>
      readFileSync(join(folder, 'log', name), 'utf8')
        .split('\n')
        .slice(-20)
        .join('\n'),
    start(name, ...args) {
      const { status, stderr, error } = run(name, ...args);
      if (status !== 0) throw new Error(`${name}: ${error?.message ?? `exit ${status}: ${stderr}`}`);
    },
    /** Starts a node, again too after `killNode`. */
    startNode(node) {
      const child = spawnSync('slurmd', ['-N', node], {
        env: { ...env, FYS_NN_NODE: node },
        encoding: 'utf8',
      });
      if (child.status !== 0) throw new Error(`slurmd ${node}: exit ${child.status}: ${child.stderr}`);
    },
    stopController() {
      signal([Number(readFileSync(join(folder, 'slurmctld.pid'), 'utf8'))], 'SIGKILL');
    },
    /** Kills slurmd alone: its tasks run on, and Slurm cannot tell how they are. */
    killSlurmd(node) {
      signal([Number(readFileSync(join(folder, `slurmd.${node}.pid`), 'utf8'))], 'SIGKILL');
    },
    /** Kills slurmd and every process of the node's tasks, as a power failure does. */
    killNode(node) {
      const { SLURM_CONF } = env;
      const tasks = startedWith({ SLURM_CONF, SLURMD_NODENAME: node });
      signal([...startedWith({ SLURM_CONF, FYS_NN_NODE: node }), ...tasks], 'SIGKILL');
    },
    /** Cancels all tasks, then stops every program of this cluster. */
    async stop() {
      run('scancel', '--user', userInfo().username);
      await until(() => run('squeue', '-h').stdout.trim() === '', 15);
      await end(pids());
      signal(startedWith({ SLURM_CONF: env.SLURM_CONF }), 'SIGKILL');
    },
  };
}

const hasAccounting = () => ['slurmdbd', 'mariadbd'].every(installed);

const mungedOptions = (folder) =>
  Object.entries({
    'key-file': 'key',
    socket: 'socket',
    'pid-file': 'pid',
    'log-file': 'log',
    'seed-file': 'seed',
  })
    .map(([option, file]) => `--${option}=${join(folder, 'munge', file)}`)
    // As root or not, this is a folder that this program has just made.
    .concat('--force');

async function startAccounting(facts, cluster) {
  const { folder, user, ports } = facts;
  // slurmdbd refuses a file that others can read.
  writeFileSync(join(folder, 'slurmdbd.conf'), slurmdbdConf(facts), { mode: 0o600 });
  const log = openSync(join(folder, 'log/mariadbd'), 'a');
  const options = {
    datadir: join(folder, 'db'),
    socket: join(folder, 'db/socket'),
    'pid-file': join(folder, 'mariadbd.pid'),
    'bind-address': '127.0.0.1',
    port: ports[2],
    'innodb-buffer-pool-size': '32M',
    user,
  };
  const given = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  // Without the tables of users and their rights, which nobody needs here, nothing has to be installed first.
  const args = ['--no-defaults', '--skip-grant-tables', ...given];
  spawn('mariadbd', args, { detached: true, stdio: ['ignore', log, log], env: cluster.env }).unref();
  const ready = () => cluster.log('mariadbd').includes('ready for connections');
  if (!(await until(ready, 30))) throw new Error(`mariadbd is not ready:\n${cluster.log('mariadbd')}`);
  cluster.start('slurmdbd');
  const known = () => cluster.run('sacctmgr', '-i', 'add', 'cluster', 'test').status === 0;
  if (!(await until(known, 30))) throw new Error(`slurmdbd does not answer:\n${cluster.log('slurmdbd')}`);
}

/** Ports of this machine that nothing listens on. */
async function freePorts(count) {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise((done) => {
          const server = createServer().listen(0, '127.0.0.1', () => done(server));
        }),
    ),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
