// Runs Slurm's commands in a scenario and keeps what they print.
import { until } from './processes.js';

/** The tools of one scenario. In commands, JOB is the id of the last submission. */
export function openSession(cluster, folder) {
  const lines = [];
  let id = '0';
  const run = async (...command) => cluster.run(...command, { cwd: folder });

  /** Waits until each task, by its index or as `job`, has the state that `lines` of the command show. */
  async function reached(wanted, separator, seen) {
    let text;
    const rows = Object.entries(wanted).map(
      ([index, state]) => `${id}${index === 'job' ? '' : `_${index}`}${separator}${state}`,
    );
    const holds = async () => {
      text = await seen();
      return rows.every((row) => text.split('\n').includes(row));
    };
    if (!(await until(holds, 120))) throw new Error(`not ${rows.join(', ')}, but ${text}`);
  }

  return {
    cluster,
    lines,
    run,
    /** Submits tasks. Resolves to their id. */
    async submit(...options) {
      const { stdout, stderr, status } = await run('sbatch', '--parsable', ...options);
      if (status !== 0) throw new Error(`sbatch: ${stderr}`);
      id = stdout.trim();
      return id;
    },
    /** Runs a command and keeps what it prints. */
    async show(...command) {
      const { stdout, stderr, status } = await run(...command.map((word) => word.replaceAll('JOB', id)));
      lines.push(`$ ${command.join(' ')}`, ...normalize(command, stdout, stderr, { id, folder }));
      lines.push(`exit ${status}`);
    },
    reach: (wanted) =>
      reached(wanted, ' ', async () => {
        // Of a single id that is not known any more, squeue says only that.
        const { stdout } = await run('squeue', '-h', '-r', '-t', 'all', '-j', `${id},999999`, '-o', '%i %T');
        return stdout;
      }),
    /** Waits until sacct, which lags behind, shows these states. */
    account: (wanted) =>
      reached(wanted, '|', async () => {
        const { stdout } = await run('sacct', '-n', '-P', '-X', '-j', id, '--format=JobID,State');
        return stdout;
      }),
    async finish() {
      await run('scancel', id);
      const empty = async () => (await run('squeue', '-h')).stdout.trim() === '';
      if (!(await until(empty, 60))) throw new Error(`${id} is still there`);
    },
  };
}

/** The lines of an output, with what differs from run to run replaced. Rows of tasks are sorted: their order follows their start. */
function normalize([name, ...args], stdout, stderr, { id, folder }) {
  const clean = (text) =>
    text
      .replaceAll(folder, 'FOLDER')
      // sbatch says the one or the other of a controller that does not answer.
      .replace('Transport endpoint is not connected', 'Unable to contact slurm controller (connect failure)')
      .replace(new RegExp(`(?<!\\.)\\b${id}(?=[_.\\s|]|$)`, 'gm'), 'JOB')
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/g, 'TIME')
      .replace(/\b\d\d:\d\d:\d\d\b|\|\d+:\d\d(?=\|)(?=.*probe|.*wrap)/g, (time) =>
        time[0] === '|' ? '|0:00' : '00:00:00',
      )
      .replace(/\bn[12]\b(?!\|idle)/g, 'NODE');
  const lines = clean(stdout)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
  if (name === 'scontrol')
    return [...lines.flatMap((line) => facts(line, args)), ...complaints(clean(stderr))];
  if (name === 'sbatch')
    return [
      ...lines.map((line) => line.replace(/^(Submitted batch job )?\d+$/, '$1JOB')),
      ...complaints(clean(stderr)),
    ];
  // The width of a column of sacct depends on the ids.
  const rows = name === 'sacct' ? lines.map((line) => line.replace(/ +/g, ' ')) : lines;
  return [...rows.sort(), ...complaints(clean(stderr))];
}

const complaints = (text) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `stderr: ${line}`);

/** What scontrol says that does not depend on the machine. */
function facts(line, [, what, kind]) {
  if (kind === 'config' || what === 'config')
    return /^(MaxArraySize|KillWait|ClusterName|SLURM_VERSION|AccountingStorageType|JobRequeue) /.test(line)
      ? [line]
      : line.includes('error')
        ? [line]
        : [];
  return [
    line
      .replace(
        /\b(JobId|Priority|AllocNode:Sid|UserId|GroupId|Account|TRES|TimeLimit|Scheduler)=\S+/g,
        '$1=…',
      )
      .replace(/\bTIME\b|\bUnknown\b/g, 'TIME'),
  ];
}
