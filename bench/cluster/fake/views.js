// What squeue, sacct, scontrol and sinfo print of the fake cluster, as the fixtures of the real one have it.
import { resolve } from 'node:path';
import { Refusal } from './options.js';
import { nameOf } from './tasks.js';

const two = (n) => String(n).padStart(2, '0');
const time = (at) => (at === null ? 'Unknown' : new Date(at).toISOString().slice(0, 19));
const secondsOf = ({ start, end }, now) =>
  start === null ? 0 : Math.max(0, Math.round(((end ?? now) - start) / 1000));
const long = (seconds) =>
  `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
const short = (seconds) => long(seconds).replace(/^0(?:0:0?)?/, '');

/** The codes of the states, and the order in which squeue sorts them. */
const codes = {
  ...{ PENDING: 'PD', RUNNING: 'R', COMPLETING: 'CG', CANCELLED: 'CA', COMPLETED: 'CD', FAILED: 'F' },
  ...{ TIMEOUT: 'TO', NODE_FAIL: 'NF' },
};
const live = new Set(['PENDING', 'RUNNING', 'COMPLETING']);

/** Indices as Slurm shortens them: 0-3,7 or, at equal distances, 0-300:2. */
function rangesOf(indices, longest = 64) {
  const step = indices[1] - indices[0];
  if (indices.length > 2 && step > 1 && indices.every((index, i) => index === indices[0] + i * step))
    return `${indices[0]}-${indices.at(-1)}:${step}`;
  const ranges = [];
  for (const index of indices) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] + 1 === index) last[1] = index;
    else ranges.push([index, index]);
  }
  const text = ranges.map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`)).join(',');
  return longest > 0 && text.length > longest
    ? `${text.slice(0, text.lastIndexOf(',', longest - 4))},...`
    : text;
}

/**
 * The tasks that are `shown`, in rows: those of an array that have not started yet share one unless they are to be `apart`, with a list
 * of indices of at most `longest` characters (0: of any length). A row has the name of its tasks, and one task for all of them.
 */
function rowsOf(jobs, shown, { apart = false, longest = 64 } = {}) {
  return jobs.flatMap((job) => {
    const tasks = job.tasks.filter(shown);
    const waiting = tasks.filter(
      ({ state, rawId, index }) => state === 'PENDING' && rawId === job.id && index !== null,
    );
    const together = apart || waiting.length < 2 ? [] : waiting;
    const rows = tasks
      .filter((task) => !together.includes(task))
      .map((task) => ({ task, name: nameOf(task), ids: `${task.index}` }));
    if (together.length === 0) return rows;
    const ids = `${rangesOf(
      together.map(({ index }) => index),
      longest,
    )}${job.atOnce === Infinity ? '' : `%${job.atOnce}`}`;
    return [{ task: together[0], name: `${job.id}_[${ids}]`, ids }, ...rows];
  });
}

/** Pads or cuts a text to a width, as `%.8j` (to the right) and `%8j` ask. */
function fit(text, width, right) {
  if (width === undefined) return text;
  return right ? text.slice(0, width).padStart(width) : text.slice(0, width).padEnd(width);
}

/** Writes rows by a format such as `%.18i|%T`, under titles unless there is to be no header. */
function print(format, columns, rows, header) {
  const line = (cell) =>
    format.replace(/%(\.)?(\d+)?([A-Za-z])/g, (_, dot, width, letter) =>
      fit(cell(columns[letter] ?? ['', () => '']), width && Number(width), dot !== undefined),
    );
  return [
    ...(header ? [line(([title]) => title)] : []),
    ...rows.map((row) => line(([, value]) => value(row))),
  ]
    .map((text) => `${text}\n`)
    .join('');
}

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

/** The jobs of a list such as 1,2_3, and which of their tasks it names. */
function select(list, cluster, command) {
  const wanted = list.split(',').map((word) => {
    const [, id, index] = /^(\d+)(?:_(\d+))?$/.exec(word) ?? [];
    if (id === undefined) throw new Refusal(`${command}: error: Invalid job id: ${word}\n`);
    return { id: Number(id), index: index === undefined ? null : Number(index) };
  });
  return {
    ids: wanted.map(({ id }) => id),
    has: (task) =>
      wanted.some(
        ({ id, index }) =>
          (id === task.job.id && (index === null || index === task.index)) ||
          (id === task.rawId && index === null),
      ),
    known: cluster.tasks().filter(cluster.visible),
  };
}

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

const accountColumns = (cluster) => ({
  Account: ({ task }) => task.job.account,
  AllocCPUS: ({ task }) => `${task.job.cpus}`,
  Cluster: () => 'test',
  DerivedExitCode: ({ batch }) => (batch ? '' : '0:0'),
  Elapsed: ({ run }) => long(secondsOf(run, Date.now())),
  ElapsedRaw: ({ run }) => `${secondsOf(run, Date.now())}`,
  End: ({ run }) => time(run.end),
  ExitCode: ({ run }) => [run.exit[0] & 127, run.exit[1]].join(':'),
  JobID: ({ name, batch }) => (batch ? `${name}.batch` : name),
  JobIDRaw: ({ task, batch }) => `${task.rawId}${batch ? '.batch' : ''}`,
  JobName: ({ task, batch }) => (batch ? 'batch' : task.job.name),
  NCPUS: ({ task }) => `${task.job.cpus}`,
  NodeList: ({ run }) => run.node ?? 'None assigned',
  Partition: ({ task, batch }) => (batch ? '' : task.job.partition),
  Reason: ({ task, batch }) => (batch ? '' : task.reason),
  Start: ({ run }) => time(run.start),
  State: ({ run }) =>
    run.state === 'CANCELLED' && run.batch !== true ? `CANCELLED by ${cluster.uid}` : run.state,
  Submit: ({ task }) => time(task.job.submitted),
  User: () => cluster.user,
});

export function sacct({ given }, cluster) {
  if (!cluster.accounting) throw new Refusal('Slurm accounting storage is disabled\n');
  const columns = accountColumns(cluster);
  const names = (given.format ?? 'JobID,JobName,Partition,Account,AllocCPUS,State,ExitCode')
    .split(',')
    .map((name) => {
      const [bare] = name.split('%');
      const known = Object.keys(columns).find((column) => column.toLowerCase() === bare.toLowerCase());
      if (known === undefined) throw new Refusal(`sacct: error: Invalid field requested: "${bare}"\n`);
      return known;
    });
  const has = given.jobs === undefined ? () => true : select(given.jobs, cluster, 'sacct').has;
  // Accounting lags behind: what has just changed is not there yet.
  const shown = (task) => has(task) && cluster.accounted(task) && !(task.removed && task.start === null);
  const rows = rowsOf([...cluster.jobs.values()], shown).flatMap(({ task, name }) => {
    const name_ = name.replace(/%\d+\]$/, ']');
    const runs = [...(given.duplicates === true ? task.earlier : []), runOf(task)];
    return runs.flatMap((run) => [
      { task, name: name_, run },
      ...(given.allocations === true || run.start === null
        ? []
        : [{ task, name: name_, run: batchOf(run), batch: true }]),
    ]);
  });
  const table = [
    ...(given.noheader === true
      ? []
      : [names, ...(given.parsable2 === true ? [] : [names.map(() => '-'.repeat(99))])]),
    ...rows.map((row) => names.map((name) => columns[name](row))),
  ];
  const widths = names.map((name) => ({ JobID: -12, ExitCode: 8 })[name] ?? 10);
  const plain = (cells) =>
    `${cells.map((cell, i) => fit(cell.length > Math.abs(widths[i]) && cell[0] !== '-' ? `${cell.slice(0, Math.abs(widths[i]) - 1)}+` : cell, Math.abs(widths[i]), widths[i] > 0)).join(' ')} `;
  return table.map((cells) => `${given.parsable2 === true ? cells.join('|') : plain(cells)}\n`).join('');
}

/** A task's present run, as accounting keeps it. */
const runOf = ({ state, node, start, end, exit, status }) => ({
  state: state === 'COMPLETING' ? 'RUNNING' : state,
  ...{ node, start, end, exit, status },
});

/** The step of the script itself. */
function batchOf({ state, node, start, end, status = [0, 0] }) {
  const own =
    status[1] !== 0 ? 'CANCELLED' : state === 'RUNNING' ? state : status[0] === 0 ? 'COMPLETED' : 'FAILED';
  return { state: own, batch: true, node, start, end, exit: status };
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

export function showConfiguration(cluster) {
  const facts = {
    AccountingStorageType: `accounting_storage/${cluster.accounting ? 'slurmdbd' : 'none'}`,
    ClusterName: 'test',
    JobRequeue: '1',
    KillWait: `${cluster.killWait} sec`,
    MaxArraySize: `${cluster.maxArraySize}`,
    MinJobAge: `${cluster.minJobAge} sec`,
    SLURM_VERSION: cluster.version,
  };
  const lines = Object.entries(facts).map(([name, value]) => `${name.padEnd(23)} = ${value}\n`);
  return `Configuration data as of ${time(Date.now())}\n${lines.join('')}\nSlurmctld(primary) at fake is UP\n`;
}

export function showJob(list, cluster, oneLine) {
  const { known, has } = select(list, cluster, 'scontrol');
  if (!known.some(has)) throw new Refusal('slurm_load_jobs error: Invalid job id specified\n');
  const rows = rowsOf([...cluster.jobs.values()], (task) => cluster.visible(task) && has(task));
  return rows
    .map((row) => `${describe(row).join(oneLine ? ' ' : '\n   ')}${oneLine ? ' ' : '\n   '}\n`)
    .join('');
}

function describe({ task, ids }) {
  const { job } = task;
  const many = /\D/.test(ids);
  const index = many ? 4294967294 : (task.index ?? 4294967294);
  const file = (pattern) =>
    resolve(
      job.folder,
      pattern.replace(/%([Aaj])/g, (_, letter) => ({ A: job.id, a: index, j: task.rawId })[letter]),
    );
  const array =
    task.index === null
      ? ''
      : ` ArrayJobId=${job.id} ArrayTaskId=${ids}${job.atOnce === Infinity || !many ? '' : ` ArrayTaskThrottle=${job.atOnce}`}`;
  return [
    `JobId=${task.rawId}${array} JobName=${job.name}`,
    'UserId=root(0) GroupId=root(0) MCS_label=N/A',
    `Priority=1 Nice=0 Account=${job.account} QOS=normal`,
    `JobState=${task.state} Reason=${task.reason} Dependency=(null)`,
    `Requeue=${job.requeue ? 1 : 0} Restarts=${task.restarts} BatchFlag=1 Reboot=0 ExitCode=${(task.status ?? [0, 0]).join(':')}`,
    `RunTime=${long(secondsOf(task, Date.now()))} TimeLimit=${job.limit === Infinity ? 'UNLIMITED' : long(job.limit)} TimeMin=N/A`,
    `SubmitTime=${time(job.submitted)} EligibleTime=${time(task.held ? null : job.submitted)}`,
    `AccrueTime=${time(task.held ? null : job.submitted)}`,
    `StartTime=${time(task.start)} EndTime=${time(task.end)} Deadline=N/A`,
    `SuspendTime=None SecsPreSuspend=0 LastSchedEval=${time(Date.now())} Scheduler=Main`,
    `Partition=${job.partition} AllocNode:Sid=fake:1`,
    `ReqNodeList=${job.nodes?.join(',') ?? '(null)'} ExcNodeList=(null)`,
    `NodeList=${task.node ?? ''}`,
    ...(task.node === null ? [] : [`BatchHost=${task.node}`]),
    `NumNodes=1 NumCPUs=${job.cpus} NumTasks=1 CPUs/Task=${job.cpus} ReqB:S:C:T=0:0:*:*`,
    `TRES=cpu=${job.cpus},node=1,billing=${job.cpus}`,
    'Socks/Node=* NtasksPerN:B:S:C=0:0:*:* CoreSpec=*',
    `MinCPUsNode=${job.cpus} MinMemoryNode=0 MinTmpDiskNode=0`,
    'Features=(null) DelayBoot=00:00:00',
    'OverSubscribe=OK Contiguous=0 Licenses=(null) Network=(null)',
    `Command=${job.command}`,
    `WorkDir=${job.folder}`,
    `StdErr=${file(job.error ?? job.output)}`,
    'StdIn=/dev/null',
    `StdOut=${file(job.output)}`,
    'Power=',
  ];
}
