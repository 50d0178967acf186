import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type ConfigWords, configWords } from '../experiment/config-words.ts';
import type { OptionName, Setting } from '../experiment/options.ts';
import { codeOf } from '../files/errno.ts';
import { forEachLine } from '../files/lines.ts';
import { createIdSet, type IdSet } from '../trial/id-set.ts';
import { metricColumn } from '../trial/metrics.ts';
import type { TrialRecord } from '../trial/trial.ts';
import { decodeLine, journalsIn, storeError } from './journal.ts';

/** The trials of one kind of model on the same data. */
export interface TrialKind extends Pick<ConfigWords, 'task' | 'data'> {
  /** The values of each setting, in order of appearance: at most `mostValues`. */
  readonly values: ReadonlyMap<OptionName, ReadonlySet<Setting>>;
  readonly trials: number;
  readonly diverged: number;
  /** When the first and the last trial ended, in ISO 8601. */
  readonly first: string;
  readonly last: string;
  /** Computing time of all, in seconds. */
  readonly seconds: number;
  /** The best value of a trial, by the metric of its test rows, or of its validation rows where all have some. */
  readonly best: {
    readonly metric: string;
    readonly title: string;
    readonly value: number;
    readonly id: string;
  } | null;
  /** The tags of runs that have one of these trials. */
  readonly tags: readonly string[];
}

export interface Catalog {
  /** The last first. */
  readonly kinds: readonly TrialKind[];
  readonly trials: number;
  /** Lines that are no records of this version's store. */
  readonly unread: number;
}

/** Which trials are wanted. */
export interface Wanted {
  /** The earliest time, in ISO 8601. */
  readonly since: string | null;
  /** The ids of the tagged runs; with `onlyTagged`, no other trials. */
  readonly tagged: readonly { readonly tags: readonly string[]; readonly ids: IdSet }[];
  readonly onlyTagged: boolean;
}

/** A setting with more values than this has "many". */
export const mostValues = 1000;

interface Growing extends Omit<TrialKind, 'values' | 'best' | 'tags'> {
  readonly values: Map<OptionName, Set<Setting>>;
  readonly bests: Map<string, { value: number; id: string }>;
  validated: number;
  readonly tags: Set<string>;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * Reads every record of a store once, and counts what they are of. Only counts, values and ids are kept, so the memory does not
 * depend on the length of the records. A store that does not exist is empty. Of two records of a trial, one counts; records
 * are not checked against their checksums, which `fys-nn store check` does.
 */
export async function catalogOf(directory: string, { since, tagged, onlyTagged }: Wanted): Promise<Catalog> {
  const kinds = new Map<string, Mutable<Growing>>();
  const seen = createIdSet();
  let unread = 0;
  const add = (record: TrialRecord): void => {
    if (since !== null && !(record.at >= since)) return;
    const tags = tagged.flatMap((run) => (run.ids.has(record.id) ? run.tags : []));
    if (onlyTagged && tags.length === 0) return;
    const count = seen.size;
    if (seen.add(record.id) < count) return;
    countIn(kinds, record, tags);
  };
  try {
    for (const name of await journalsIn(directory)) {
      await forEachLine(join(directory, name), 0, (line) => {
        const decoded = decodeLine(line.toString(), true);
        if ('record' in decoded) add(decoded.record);
        else unread++;
      });
      await setImmediate(); // lets Ctrl-C through
    }
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw storeError(directory, error);
  }
  const all = [...kinds.values()].map(finished).sort((a, b) => (a.last < b.last ? 1 : -1));
  return { kinds: all, trials: seen.size, unread };
}

function countIn(kinds: Map<string, Mutable<Growing>>, record: TrialRecord, tags: readonly string[]): void {
  const { id, at, seconds, status, config, metrics } = record;
  const { kind, settings, task, data } = configWords(config);
  let group = kinds.get(kind);
  if (group === undefined) {
    group = {
      ...{ task, data, trials: 0, diverged: 0, first: at, last: at, seconds: 0, validated: 0 },
      ...{ values: new Map(), bests: new Map(), tags: new Set() },
    };
    kinds.set(kind, group);
  }
  group.trials++;
  if (status === 'diverged') group.diverged++;
  if (at < group.first) group.first = at;
  if (at > group.last) group.last = at;
  group.seconds += seconds;
  for (const [option, value] of settings) {
    const values = group.values.get(option) ?? new Set<Setting>();
    if (values.size <= mostValues) group.values.set(option, values.add(value));
  }
  for (const tag of tags) group.tags.add(tag);
  const validated = validationMetric(group.task) in metrics;
  if (validated) group.validated++;
  for (const name of [testMetric(group.task), validationMetric(group.task)]) {
    const value = metrics[name] ?? null;
    if (value === null || status !== 'done') continue;
    const before = group.bests.get(name);
    const isBetter =
      before === undefined ||
      (metricColumn(name).better === 'higher' ? value > before.value : value < before.value);
    if (isBetter) group.bests.set(name, { value, id });
  }
}

const testMetric = (task: ConfigWords['task']): string =>
  task === 'regression' ? 'test_mse' : 'test_accuracy';
const validationMetric = (task: ConfigWords['task']): string =>
  testMetric(task).replace('test', 'validation');

function finished({ bests, validated, tags, ...group }: Growing): TrialKind {
  const metric = validated === group.trials ? validationMetric(group.task) : testMetric(group.task);
  const best = bests.get(metric);
  return {
    ...group,
    best: best === undefined ? null : { metric, title: metricColumn(metric).title, ...best },
    tags: [...tags].sort(),
  };
}
