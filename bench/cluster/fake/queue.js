// squeue and sinfo.
import { Refusal } from './options.js';
import { print, rangesOf, rowsOf, secondsOf, select, short } from './rows.js';

/** The codes of the states, and the order in which squeue sorts them. */
const codes = {
  ...{ PENDING: 'PD', RUNNING: 'R', COMPLETING: 'CG', CANCELLED: 'CA', COMPLETED: 'CD', FAILED: 'F' },
  ...{ TIMEOUT: 'TO', NODE_FAIL: 'NF' },
};
const live = new Set(['PENDING', 'RUNNING', 'COMPLETING']);

const queueColumns = (user) => ({
  A: ['JOBID', ({ task }) => `${task.rawId}`],
  C: ['CPUS', ({ task }) => `${task.job.cpus}`],
  D: ['NODES', () => '1'],
  F: ['ARRAY_JOB_ID', ({ task }) => `${task.job.id}`],
  K: ['ARRAY_TASK_ID', ({ task, ids }) => (task.index === null ? 'N/A' : ids)],
  M: ['TIME', ({ task }) => short(secondsOf(task, Date.now()))],
  N: ['NODELIST', ({ task }) => task.node ?? ''],
  P: ['PARTITION', ({ task }) => task.job.partition],
  R: ['NODELIST(REASON)', ({ task }) => (task.node === null ? `(${task.reason})` : task.node)],
  T: ['STATE', ({ task }) => task.state],
  i: ['JOBID', ({ name }) => name],
  j: ['NAME', ({ task }) => task.job.name],
  l: ['TIME_LIMIT', ({ task }) => (task.job.limit === Infinity ? 'UNLIMITED' : short(task.job.limit))],
  r: ['REASON', ({ task }) => task.reason],
  t: ['ST', ({ task }) => codes[task.state]],
  u: ['USER', () => user],
});

export function squeue({ given }, cluster, { SLURM_BITSTR_LEN: longest = '64' }) {
  const { known, has, ids } =
    given.jobs === undefined
      ? { known: cluster.tasks().filter(cluster.visible), has: () => true, ids: [] }
      : select(given.jobs, cluster, 'squeue');
  // Slurm asks for a single job by its id, for several it filters all.
  if (ids.length === 1 && !known.some(has))
    throw new Refusal('slurm_load_jobs error: Invalid job id specified\n');
  const states = given.states?.toUpperCase().split(',');
  const shown = (task) =>
    cluster.visible(task) &&
    has(task) &&
    (given.name === undefined || given.name.split(',').includes(task.job.name)) &&
    (states === undefined
      ? live.has(task.state)
      : states.includes('ALL') || states.includes(task.state) || states.includes(codes[task.state]));
  const order = Object.keys(codes);
  const rows = rowsOf([...cluster.jobs.values()], shown, {
    apart: given.array === true,
    longest: Number(longest),
  }).sort((a, b) => order.indexOf(a.task.state) - order.indexOf(b.task.state));
  const format = given.format ?? '%.18i %.9P %.8j %.8u %.2t %.10M %.6D %R';
  return print(format, queueColumns(cluster.user), rows, given.noheader !== true);
}

export function sinfo({ given }, cluster) {
  const stateOf = ({ name, up, answers }) => {
    const used = cluster.busy(name);
    const state = !up ? 'down' : used === 0 ? 'idle' : used < cluster.cpus ? 'mixed' : 'allocated';
    return answers ? state : `${state}*`;
  };
  const rows = Object.entries(cluster.partitions)
    .filter(([name]) => given.partition === undefined || name === given.partition)
    .flatMap(([partition, { limit }], i) => {
      const groups =
        Map.groupBy?.([...cluster.nodes.values()], stateOf) ?? group([...cluster.nodes.values()], stateOf);
      return [...groups].map(([state, nodes]) => ({
        partition: `${partition}${i === 0 ? '*' : ''}`,
        limit,
        state,
        nodes,
      }));
    });
  const columns = {
    D: ['NODES', ({ nodes }) => `${nodes.length}`],
    N: ['NODELIST', ({ nodes }) => listOf(nodes.map(({ name }) => name))],
    P: ['PARTITION', ({ partition }) => partition],
    T: ['STATE', ({ state }) => state],
    a: ['AVAIL', () => 'up'],
    c: ['CPUS', () => `${cluster.cpus}`],
    l: ['TIMELIMIT', ({ limit }) => (limit === Infinity ? 'infinite' : short(limit))],
    m: ['MEMORY', () => `${cluster.memory}`],
    t: ['STATE', ({ state }) => state.slice(0, 5)],
  };
  return print(given.format ?? '%9P %.5a %.10l %.6D %.6t %N', columns, rows, given.noheader !== true);
}

function group(values, keyOf) {
  const groups = new Map();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return groups;
}

const listOf = (names) =>
  names.length === 1 ? names[0] : `n[${rangesOf(names.map((name) => Number(name.slice(1))))}]`;
