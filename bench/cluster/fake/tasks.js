// The tasks that sbatch submits: one for each index of an array, or a single one.
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { optionsIn, Refusal, readArguments, readArray, readMemory, readTime } from './options.js';

const failed = (why, before = '') =>
  new Refusal(`${before}sbatch: error: Batch job submission failed: ${why}\n`);

/** Reads what sbatch is given to a job: its script, its options and its tasks, all pending. Errors: Refusal, as sbatch words it. */
export function readJob(id, { args, cwd, env, input }, { partitions, maxArraySize, memory, user }) {
  const { given: early, positionals } = readArguments('sbatch', args);
  const [file, ...rest] = positionals;
  const script = early.wrap === undefined ? readScript(file, cwd, input) : `#!/bin/sh\n${early.wrap}\n`;
  const given = { ...optionsIn(script), ...early };
  const limit = given.time === undefined ? Infinity : readTime(given.time);
  const wanted = given.mem === undefined ? 0 : readMemory(given.mem);
  const partition = given.partition ?? Object.keys(partitions)[0];
  if (partitions[partition] === undefined)
    throw failed(
      'Invalid partition name specified',
      `sbatch: error: invalid partition specified: ${partition}\n`,
    );
  const { indices, atOnce } =
    given.array === undefined ? { indices: [null], atOnce: Infinity } : readArray(given.array, maxArraySize);
  if (given.constraint !== undefined) throw failed('Invalid feature specification');
  if (wanted > memory)
    throw failed(
      'Requested node configuration is not available',
      'sbatch: error: Memory specification can not be satisfied\n',
    );
  const folder = resolve(cwd, given.chdir ?? '.');
  const job = {
    ...{ id, script, rest, env, partition, limit, atOnce, folder },
    name:
      given['job-name'] ??
      (given.wrap === undefined ? (file === undefined ? 'sbatch' : basename(file)) : 'wrap'),
    command: file === undefined ? '(null)' : resolve(cwd, file),
    account: given.account ?? user,
    cpus: Number(given['cpus-per-task'] ?? 1),
    requeue: given['no-requeue'] !== true,
    output: given.output ?? (given.array === undefined ? 'slurm-%j.out' : 'slurm-%A_%a.out'),
    error: given.error ?? null,
    append: given['open-mode'] === 'append',
    nodes: given.nodelist?.split(',') ?? null,
    signal: given.signal === undefined ? null : readSignal(given.signal),
    submitted: Date.now(),
  };
  job.tasks = indices.map((index) => pending(job, index, given.hold === true));
  return { job, parsable: given.parsable === true, quiet: given.quiet === true };
}

function readScript(file, cwd, input) {
  let script = input;
  try {
    if (file !== undefined) script = readFileSync(resolve(cwd, file), 'utf8');
  } catch {
    throw new Refusal(`sbatch: error: Unable to open file ${file}\n`);
  }
  if (script.startsWith('#!')) return script;
  throw new Refusal(
    'sbatch: error: This does not look like a batch script.  The first\n' +
      'sbatch: error: line must start with #! followed by the path to an interpreter.\n' +
      'sbatch: error: For instance: #!/bin/sh\n',
  );
}

/** --signal=B:USR1@60: which signal the script gets, how many seconds before the end. Without B, only its steps get it. */
function readSignal(given) {
  const [, batch, name, seconds = '60'] = /^(B:)?([A-Z][A-Z\d]*|\d+)(?:@(\d+))?$/.exec(given) ?? [];
  return batch === undefined
    ? null
    : { name: /^\d/.test(name) ? Number(name) : `SIG${name}`, seconds: Number(seconds) };
}

const pending = (job, index, held) => ({
  ...{ job, index },
  /** The id of its own that a task of an array gets when it starts. */
  rawId: job.id,
  state: 'PENDING',
  reason: held ? 'JobHeldUser' : 'None',
  held,
  node: null,
  child: null,
  exit: [0, 0],
  start: null,
  end: null,
  /** Whether it was requeued and may not start yet. */
  waits: false,
  /** Whether squeue and scontrol have forgotten it. */
  removed: false,
  /** When its state last changed. */
  changed: job.submitted,
  restarts: 0,
  /** What accounting keeps of earlier runs of it. */
  earlier: [],
});

/** A task as commands write it: 7 or 7_3. */
export const nameOf = ({ job, index }) => (index === null ? `${job.id}` : `${job.id}_${index}`);
