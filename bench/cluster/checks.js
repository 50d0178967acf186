// The checks on a real cluster: results must have the same bytes as without it, whatever happens to tasks, nodes, logs and the
// command that submits.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { idsIn, start } from '../torture/program.js';
import { planChecks } from './plan-checks.js';
import { until } from './processes.js';

/** Six trials of some seconds each. */
const six = [
  ...['ffnn', '--samples', '2000', '--batch-size', '10', '--epochs', '4000', '--seed', '1..6'],
  ...['--no-figures'],
];
/** Tasks that run longer than Slurm waits for a node. */
const slow = six.map((word) => ({ 4000: '40000', '1..6': '1..4' })[word] ?? word);
/** One trial that takes longer than a time limit of two minutes leaves it. */
const long = [
  ...['ffnn', '--samples', '2000', '--batch-size', '10', '--epochs', '240000', '--seed', '1'],
  ...['--no-figures'],
];
/** With these, squeue would overlook all jobs, and sbatch refuse them. */
const variables = {
  ...{ SQUEUE_STATES: 'S', SQUEUE_USERS: 'nobody', SQUEUE_PARTITION: 'short', SCANCEL_STATE: 'SUSPENDED' },
  ...{ SBATCH_PARTITION: 'nope', SBATCH_TIMELIMIT: '1', SBATCH_EXPORT: 'NONE', SACCT_FORMAT: 'JobID' },
};
const slurm = ['--launcher', 'slurm', '--latency-wait', '2s'];
/** A task for each trial. */
const apart = ['--task-time', '1s'];

/**
 * The checks, in order. Each resolves to sentences about what is wrong, and may leave a remark. Files of the runs are left in
 * `folder`. With `full`, the report is verified as a whole.
 */
export function checksOf(cluster, folder, { full }) {
  const into = (name) => ['--out', `out-${name}`, '--store', `store-${name}`];
  const launch = (args, variables = {}) =>
    start(folder, args, { environment: { ...variables, SLURM_CONF: cluster.env.SLURM_CONF } });
  const run = (...args) => launch(args).ended;

  /** The tasks of a check that squeue shows: id, state and node. */
  const tasks = (state = 'all') =>
    cluster
      .run('squeue', '-h', '-r', '-t', state, '-o', '%i|%T|%N|%j')
      .stdout.split('\n')
      .filter((line) => line.includes('|fys-nn-'))
      .map((line) => line.split('|'))
      .map(([id, , node]) => ({ id, node }));

  /** Waits until tasks run. */
  async function running(count) {
    if (!(await until(() => tasks('R').length >= count, 120)))
      throw new Error(`not ${count} tasks run: ${cluster.run('squeue').stdout}`);
    return tasks('R');
  }

  const submissionsOf = (name) => {
    const place = join(folder, `store-${name}`, 'slurm');
    return existsSync(place) ? readdirSync(place).map((id) => join(place, id)) : [];
  };

  /** What a run without the cluster leaves, once for each command: its folder and its exit status. */
  const references = new Map();
  async function referenceOf(args) {
    const key = args.join(' ');
    if (!references.has(key)) {
      const name = `threads-${references.size + 1}`;
      const { status, stderr } = await run(...args, '--quiet', ...into(name));
      // Claims may be contradicted (3), or need a library that is not installed (4).
      if (![0, 3, 4].includes(status)) throw new Error(`without the cluster: exit ${status}: ${stderr}`);
      references.set(key, { name, status });
    }
    return references.get(key);
  }

  /** What is wrong with the results of `name`, made by a command that ended so. */
  async function problemsOf(args, name, { status, signal, stderr }) {
    const expected = await referenceOf(args);
    if (status !== expected.status)
      return [`it ended with ${status ?? signal}: ${stderr.trim().slice(-1000)}`];
    const ids = idsIn(join(folder, `store-${name}`));
    const lost = idsIn(join(folder, `store-${expected.name}`)).filter((id) => !ids.includes(id));
    return [
      ...(lost.length === 0 ? [] : [`${lost.length} records are missing in the store`]),
      ...differences(join(folder, `out-${name}`), join(folder, `out-${expected.name}`)),
    ];
  }

  /** How the tasks of a check ended, each run of each task: { COMPLETED: 6, NODE_FAIL: 1 }. Null without accounting. */
  async function statesOf(name) {
    if (!cluster.accounting) return null;
    const names = submissionsOf(name).flatMap((place) =>
      Array.from({ length: 9 }, (_, array) => `fys-nn-${basename(place)}-${array}`),
    );
    const options = ['-n', '-P', '-X', '-D', '-S', 'now-1days', '--format=State'];
    const read = () =>
      cluster
        .run('sacct', ...options, `--name=${names}`)
        .stdout.trim()
        .split('\n');
    // It lags behind.
    await until(() => !read().some((state) => /^(RUNNING|PENDING)/.test(state)), 20);
    const counts = {};
    for (const [state] of read().map((line) => line.split(' '))) counts[state] = (counts[state] ?? 0) + 1;
    return counts;
  }

  /**
   * Runs trials as a task each, and disturbs them when `count` of them run. One of the states `expected` shows that the disturbance
   * was one.
   */
  async function disturbed(name, disturb, { args = six, more = [], count = 2, expected = [] } = {}) {
    await referenceOf(args);
    const { child, ended } = launch([...args, '--quiet', ...slurm, ...apart, ...more, ...into(name)]);
    await disturb({ tasks: await running(count), child, ended });
    const problems = await problemsOf(args, name, await ended);
    const states = await statesOf(name);
    if (states === null) return { problems };
    if (expected.length > 0 && !expected.some((state) => states[state] > 0))
      problems.push(`no task has ended as ${expected.join(' or ')}`);
    const counts = Object.entries(states).map(([state, times]) => `${times} ${state}`);
    return { problems, remark: counts.join(', ') };
  }

  const again = async (args, name) => {
    const before = submissionsOf(name).length;
    const outcome = await run(...args, '--quiet', ...slurm, ...apart, ...into(name));
    const problems = await problemsOf(args, name, outcome);
    const more = submissionsOf(name).length - before;
    return { problems, more };
  };

  /** Runs a command as tasks of some seconds, and tells what differs from a run without the cluster. */
  async function compare(args, name, taskTime = '1s') {
    await referenceOf(args);
    const outcome = await run(...args, '--quiet', ...slurm, '--task-time', taskTime, ...into(name));
    return await problemsOf(args, name, outcome);
  }

  /** Brings back nodes that Slurm drains when they have a task that it does not expect. */
  const resume = () => cluster.run('scontrol', 'update', 'nodename=n[1-2]', 'state=resume');

  const checks = {
    'report --quick': async () => ({
      problems: await compare(['report', '--quick', '--no-figures'], 'report', '5s'),
    }),

    verify: async () => {
      const args = full ? ['verify', '--quick'] : ['verify', '--quick', '--claims', claimsFile(folder)];
      const problems = await compare(args, 'verify', '10s');
      return { problems, remark: full ? 'all claims' : 'claims of grid-search ridge, ffnn and activations' };
    },

    ...planChecks({ folder, run, compare, referenceOf, differences }),

    'scancel of two running tasks': () =>
      disturbed(
        'scancel',
        async ({ tasks: [one, two] }) => {
          cluster.run('scancel', one.id, two.id);
        },
        { expected: ['CANCELLED'] },
      ),

    'scontrol requeue of a running task': () =>
      disturbed(
        'requeue',
        async ({ tasks: [{ id }] }) => {
          cluster.run('scontrol', 'requeue', id);
        },
        { expected: ['REQUEUED'] },
      ),

    'a node that fails': () =>
      disturbed(
        'node',
        async () => {
          cluster.killNode('n2');
          const gone = () => cluster.run('sinfo', '-h', '-n', 'n2', '-o', '%T').stdout.includes('down');
          if (!(await until(gone, 60))) throw new Error('n2 is not down');
          cluster.startNode('n2');
        },
        { count: 4, expected: ['NODE_FAIL'] },
      ),

    'a killed slurmd, whose tasks run on': () =>
      disturbed(
        'slurmd',
        async () => {
          cluster.killSlurmd('n2');
          const gone = () => cluster.run('sinfo', '-h', '-n', 'n2', '-o', '%T').stdout.includes('down');
          if (!(await until(gone, 60))) throw new Error('n2 is not down');
          cluster.startNode('n2');
        },
        { args: slow, count: 4, expected: ['NODE_FAIL'] },
      ),

    'a killed slurmctld': () =>
      disturbed('slurmctld', async () => {
        cluster.stopController();
        // Longer than between two looks at the queue.
        await until(() => false, 15);
        cluster.start('slurmctld');
      }),

    'a full disk under the logs': async () => {
      await referenceOf(six);
      const held = ['--sbatch-option', '--hold'];
      const { ended } = launch([...six, '--quiet', ...slurm, ...apart, ...held, ...into('logs')]);
      if (!(await until(() => tasks('PD').length === 6, 120))) throw new Error('no task waits');
      const logs = join(submissionsOf('logs')[0], 'logs');
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', logs]);
      if (mounted.status !== 0) {
        cluster.run('scontrol', 'release', ...jobsOf(tasks('PD')));
        await ended;
        return { problems: [], remark: `not tested: ${mounted.stderr}` };
      }
      try {
        fill(join(logs, 'full'));
        for (const job of jobsOf(tasks('PD'))) cluster.run('scontrol', 'release', job);
        return { problems: await problemsOf(six, 'logs', await ended), remark: '64 KiB, all of it used' };
      } finally {
        spawnSync('umount', ['-l', logs]);
      }
    },

    'a submitting process that is killed, then the same command': async () => {
      await referenceOf(six);
      const { child, ended } = launch([...six, '--quiet', ...slurm, ...apart, ...into('host')]);
      await running(2);
      child.kill('SIGKILL');
      await ended;
      const { problems, more } = await again(six, 'host');
      return { problems: [...problems, ...(more === 0 ? [] : [`${more} more submissions`])] };
    },

    'detach, then attach': async () => {
      await referenceOf(six);
      const left = await run(...six, '--quiet', ...slurm, ...apart, '--detach', ...into('attach'));
      if (left.status !== 0) return { problems: [`--detach ended with ${left.status}: ${left.stderr}`] };
      const outcome = await run('attach', '--store', 'store-attach');
      const count = submissionsOf('attach').length;
      const problems = await problemsOf(six, 'attach', outcome);
      return { problems: [...problems, ...(count === 1 ? [] : [`${count} submissions instead of one`])] };
    },

    'detach, cancel, then the same command': async () => {
      await referenceOf(six);
      const left = await run(...six, '--quiet', ...slurm, ...apart, '--detach', ...into('cancel'));
      if (left.status !== 0) return { problems: [`--detach ended with ${left.status}: ${left.stderr}`] };
      await running(1);
      const { status, stderr } = await run('cancel', '--store', 'store-cancel');
      const empty = await until(() => tasks('PD,R,CG').length === 0, 60);
      const { problems } = await again(six, 'cancel');
      return {
        problems: [
          ...(status === 0 ? [] : [`cancel ended with ${status}: ${stderr}`]),
          ...(empty ? [] : ['tasks are left after cancel']),
          ...problems,
        ],
      };
    },

    'options of Slurm in variables of the user': async () => {
      await referenceOf(six);
      const args = [...six, '--quiet', ...slurm, ...apart, ...into('variables')];
      const problems = await problemsOf(six, 'variables', await launch(args, variables).ended);
      const count = submissionsOf('variables').length;
      return { problems: [...problems, ...(count === 1 ? [] : [`${count} submissions instead of one`])] };
    },

    'a time limit': () =>
      disturbed('limit', () => {}, {
        args: long,
        more: ['--slurm-time', '2m'],
        count: 1,
        expected: ['REQUEUED', 'TIMEOUT'],
      }),
  };
  return Object.entries(checks).map(([what, check]) => ({ what, check: () => check().finally(resume) }));
}

const jobsOf = (tasks) => [...new Set(tasks.map(({ id }) => id.split('_')[0]))];

/** Writes a file that takes all space of its disk. */
function fill(file) {
  for (let size = 65_536; size >= 1; size = Math.floor(size / 2)) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
    } catch (error) {
      if (error.code !== 'ENOSPC') throw error;
    }
  }
}

/** One sentence for each file, at any depth, that differs. `manifest.json` names the command and the machine. */
function differences(folder, other) {
  const namesIn = (place) =>
    readdirSync(place, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !['manifest.json', 'report.html'].includes(entry.name))
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(place.length + 1))
      .sort();
  const names = namesIn(folder);
  if (names.length === 0) return [`${folder} has no files`];
  if (`${names}` !== `${namesIn(other)}`) return [`the files differ: ${names}; ${namesIn(other)}`];
  // A certificate says when it was made.
  const read = (place, name) => {
    const bytes = readFileSync(join(place, name), 'latin1');
    return name.startsWith('certificate.') ? bytes.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '') : bytes;
  };
  return names
    .filter((name) => read(folder, name) !== read(other, name))
    .map((name) => `${name} has different bytes`);
}

/** Some of the report's claims, of experiments that take seconds. */
function claimsFile(folder) {
  const file = join(folder, 'claims.json');
  const all = JSON.parse(readFileSync(new URL('../../data/claims.json', import.meta.url), 'utf8'));
  const claims = all.claims.filter(({ experiment }) =>
    ['grid-search ridge', 'ffnn', 'activations'].includes(experiment),
  );
  const { $schema: _, ...rest } = all;
  writeFileSync(file, JSON.stringify({ ...rest, claims }));
  return file;
}
