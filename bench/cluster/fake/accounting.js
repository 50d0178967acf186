// sacct.
import { Refusal } from './options.js';
import { fit, long, rowsOf, secondsOf, select, time } from './rows.js';

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
  const rows = rowsOf([...cluster.jobs.values()], shown).flatMap(({ task, name: listed }) => {
    const name = listed.replace(/%\d+\]$/, ']');
    const runs = [...(given.duplicates === true ? task.earlier : []), runOf(task)];
    return runs.flatMap((run) => [
      { task, name, run },
      ...(given.allocations === true || run.start === null
        ? []
        : [{ task, name, run: batchOf(run), batch: true }]),
    ]);
  });
  const cells = rows.map((row) => names.map((name) => columns[name](row)));
  const head = given.noheader === true ? [] : [names];
  if (given.parsable2 === true) return [...head, ...cells].map((row) => `${row.join('|')}\n`).join('');
  const widths = names.map((name) => ({ JobID: -12, ExitCode: 8 })[name] ?? 10);
  const rule = head.map(() => widths.map((width) => '-'.repeat(Math.abs(width))));
  return [...head, ...rule, ...cells]
    .map((row) => `${row.map((cell, i) => column(cell, widths[i])).join(' ')} \n`)
    .join('');
}

/** A cell of a column, at the right end of it, or at the left if the width is negative; what is cut off ends with +. */
function column(cell, width) {
  const size = Math.abs(width);
  return fit(cell.length > size ? `${cell.slice(0, size - 1)}+` : cell, size, width > 0);
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
