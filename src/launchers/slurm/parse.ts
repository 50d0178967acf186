/** One job of the queue: a task of an array, or several that are still waiting together. */
export interface QueuedTasks {
  /** The name that its script gave it. */
  readonly name: string;
  /** The number of the array's job, which all of its tasks share. */
  readonly job: string;
  readonly indices: readonly number[];
  /** As Slurm names it: PENDING, RUNNING, COMPLETING, ... */
  readonly state: string;
  /** Why it waits; empty if it does not. */
  readonly reason: string;
  readonly node: string;
}

/** How a task of an array ended, as far as Slurm tells. */
export interface TaskEnd {
  readonly state: string;
  /** "1:0": the exit status, and the signal that ended it. */
  readonly exitCode: string;
  readonly node: string;
}

/** The fields of `parseQueue`, for squeue's --format. */
export const queueFormat = '%F|%K|%T|%r|%N|%j';
/** The fields of `parseAccounting`, for sacct's --format. */
export const accountingFormat = 'JobID,State,ExitCode,NodeList';

/** Reads what squeue prints without a header. Lines of another form are skipped. */
export function parseQueue(text: string): QueuedTasks[] {
  return text.split('\n').flatMap((line) => {
    const [job, index, state, reason, node, ...name] = line.split('|');
    const indices = name.length === 0 ? null : parseIndices(index);
    if (indices === null || !/^\d+$/.test(job)) return [];
    const waits = reason === 'None' || reason === '(null)' ? '' : reason;
    return [{ name: name.join('|').trim(), job, indices, state, reason: waits, node }];
  });
}

/** An array has at most this many tasks, in any configuration of Slurm. */
const mostTasks = 4_000_001;

/** Reads "3", "0-4,7,10-20:5%8", "[0-4]"; null for anything else. */
export function parseIndices(text: string): number[] | null {
  const list = /^\[?([\d,:-]+)(?:%\d+)?\]?$/.exec(text)?.[1];
  if (list === undefined) return null;
  const indices: number[] = [];
  for (const part of list.split(',')) {
    const [, first, last = first, step = '1'] = /^(\d{1,9})(?:-(\d{1,9})(?::(\d{1,9}))?)?$/.exec(part) ?? [];
    if (first === undefined || Number(last) - Number(first) > mostTasks || Number(step) === 0) return null;
    for (let index = Number(first); index <= Number(last); index += Number(step)) indices.push(index);
  }
  return indices;
}

/** Reads what sacct prints with -n -P -X: how tasks ended, by "job_index". */
export function parseAccounting(text: string): Map<string, TaskEnd> {
  const ends = new Map<string, TaskEnd>();
  for (const line of text.split('\n')) {
    const [id, state, exitCode, node] = line.split('|');
    if (node === undefined || !/^\d+_\d+$/.test(id)) continue;
    // "CANCELLED by 1000"
    ends.set(id, { state: state.split(' ')[0], exitCode, node });
  }
  return ends;
}

/** Reads what scontrol show job prints with -o: how tasks ended, by "job_index". */
export function parseJobs(text: string): Map<string, TaskEnd> {
  const ends = new Map<string, TaskEnd>();
  for (const line of text.split('\n')) {
    const field = (name: string) => new RegExp(`(?:^| )${name}=(\\S*)`).exec(line)?.[1] ?? '';
    const [job, index] = [field('ArrayJobId'), field('ArrayTaskId')];
    if (!/^\d+$/.test(job) || !/^\d+$/.test(index)) continue;
    const node = field('NodeList');
    const end = {
      state: field('JobState'),
      exitCode: field('ExitCode'),
      node: node === '(null)' ? '' : node,
    };
    ends.set(`${job}_${index}`, end);
  }
  return ends;
}

/** The number of the job that sbatch --parsable prints: "1234" or "1234;cluster"; null for anything else. */
export function parseSubmitted(text: string): string | null {
  return /^(\d+)(?:;\S*)?$/m.exec(text.trim())?.[1] ?? null;
}

/** The number of tasks that an array may have, from scontrol show config; null if it does not say. */
export function parseMaxArraySize(text: string): number | null {
  const size = /^\s*MaxArraySize\s*=\s*(\d+)\s*$/m.exec(text)?.[1];
  return size === undefined ? null : Number(size);
}
