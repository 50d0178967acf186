import { counted } from '../errors.ts';
import { leftoversIn } from './leftovers.ts';
import { describeProblems } from './problems.ts';
import type { Survey } from './survey.ts';

/** The result of a survey as text and numbers for a user. */
export interface StoreReport {
  readonly store: string;
  readonly sound: boolean;
  readonly journals: number;
  readonly bytes: number;
  readonly records: number;
  readonly done: number;
  readonly diverged: number;
  readonly duplicates: number;
  /** Records of each numerics version, and of each dataset. */
  readonly numerics: Readonly<Record<string, number>>;
  readonly datasets: Readonly<Record<string, number>>;
  readonly computedSeconds: number;
  /** Files with a journal's name that this program did not write. They are left alone. */
  readonly foreign: readonly string[];
  readonly newer: number;
  /** Journals whose last line was being written when their process died. */
  readonly torn: number;
  readonly failed: number;
  readonly checkpoints: number;
  /** Final checkpoints, from which more epochs continue, and their size. */
  readonly finalCheckpoints: number;
  readonly finalBytes: number;
  /** Those that are damaged. No training uses them, and `store gc` removes them. */
  readonly damagedFinals: readonly string[];
  /** Folders of submissions to a cluster that are being written, or whose process was killed before it submitted them. */
  readonly drafts: readonly string[];
  /** Files that are of no use, as killed processes leave them: `store gc` removes them. */
  readonly leftovers: number;
  /** One sentence per problem. */
  readonly problems: readonly string[];
}

export async function reportOn(directory: string, found: Survey): Promise<StoreReport> {
  const records = [...found.records.values()];
  const problems = await describeProblems(directory, found.problems);
  for (const [kind, { damaged }] of found.attachments) {
    for (const name of damaged.values()) problems.push(`${kind}/${name} was changed after it was written`);
  }
  if (found.newer > 0) {
    problems.push(
      `a newer version of fys-nn wrote ${counted(found.newer, 'line')}: update fys-nn to read them`,
    );
  }
  const done = records.filter(({ status }) => status === 'done').length;
  return {
    store: directory,
    sound: problems.length === 0,
    journals: found.journals.length,
    bytes: found.journals.reduce((sum, { bytes }) => sum + bytes, 0),
    records: records.length,
    done,
    diverged: records.length - done,
    duplicates: found.duplicates,
    numerics: countBy(records.map(({ numerics }) => String(numerics))),
    datasets: countBy(records.map(({ dataset }) => dataset)),
    computedSeconds: records.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0),
    foreign: found.foreign,
    newer: found.newer,
    torn: found.journals.filter(({ torn }) => torn > 0).length,
    failed: found.failed,
    checkpoints: found.checkpoints,
    finalCheckpoints: found.finals.whole,
    finalBytes: found.finals.bytes,
    damagedFinals: found.finals.damaged,
    drafts: found.drafts,
    leftovers: (await leftoversIn(directory, found)).length,
    problems,
  };
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].sort());
}
