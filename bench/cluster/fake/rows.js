// Rows of tasks, and how Slurm writes indices, times and columns.
import { Refusal } from './options.js';
import { nameOf } from './tasks.js';

const two = (n) => String(n).padStart(2, '0');
export const time = (at) => (at === null ? 'Unknown' : new Date(at).toISOString().slice(0, 19));
export const secondsOf = ({ start, end }, now) =>
  start === null ? 0 : Math.max(0, Math.round(((end ?? now) - start) / 1000));
export const long = (seconds) =>
  `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
export const short = (seconds) => long(seconds).replace(/^0(?:0:0?)?/, '');

/** Indices as Slurm shortens them: 0-3,7 or, at equal distances, 0-300:2. */
export function rangesOf(indices, longest = 64) {
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
export function rowsOf(jobs, shown, { apart = false, longest = 64 } = {}) {
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
export function fit(text, width, right) {
  if (width === undefined) return text;
  return right ? text.slice(0, width).padStart(width) : text.slice(0, width).padEnd(width);
}

/** Writes rows by a format such as `%.18i|%T`, under titles unless there is to be no header. */
export function print(format, columns, rows, header) {
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

/** The jobs of a list such as 1,2_3, and which of their tasks it names. */
export function select(list, cluster, command) {
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
