import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { counted, UserError } from '../errors.ts';
import { isGone } from '../files/errno.ts';
import { forEachLine } from '../files/lines.ts';
import type { AttachmentKind } from '../trial/attachments.ts';
import { type FoundAttachments, findAttachments } from './attachments.ts';
import { checkpointFolder, trialOfCheckpoint } from './checkpoints.ts';
import { findDrafts } from './drafts.ts';
import { readFailures } from './failures.ts';
import { type FoundFinals, findFinals } from './final-care.ts';
import { decodeLine, isOurLine, openedJournalsIn, resultText, storeError } from './journal.ts';
import type { Place } from './line-table.ts';
import { isOwn, kinds, storeFilesIn } from './own-files.ts';
import { describeProblems, type Problem } from './problems.ts';

/** Everything about a store, from reading every line. Indexes are not used. */
export interface Survey {
  readonly journals: readonly { readonly name: string; readonly bytes: number; readonly torn: number }[];
  /** The line to use of each trial. */
  readonly records: ReadonlyMap<string, Chosen>;
  /** Damaged lines, and lines whose result differs from an earlier one. */
  readonly problems: readonly Problem[];
  readonly attachments: ReadonlyMap<AttachmentKind, FoundAttachments>;
  /** Files with a journal's name that this program did not write. */
  readonly foreign: readonly string[];
  /** Lines that repeat an earlier result. */
  readonly duplicates: number;
  /** Lines of a newer version, which are not read. */
  readonly newer: number;
  /** Trials that failed and have no record. */
  readonly failed: number;
  readonly checkpoints: number;
  readonly finals: FoundFinals;
  /** Folders of submissions that no process has submitted yet. */
  readonly drafts: readonly string[];
}

export interface Chosen {
  readonly place: Place;
  readonly at: string;
  readonly status: 'done' | 'diverged';
  readonly numerics: number;
  readonly dataset: string;
  readonly seconds: number;
  /** The digest of the record, without its time and duration. */
  readonly digest: string;
}

/** Another process may tidy up during the survey and remove journals. */
const attempts = 5;

/** Reads every line of every journal. Errors: there is no store. */
export async function surveyStore(directory: string): Promise<Survey> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await survey(directory);
    } catch (error) {
      if (!isGone(error) || attempt === attempts) throw storeError(directory, error);
    }
  }
}

async function survey(directory: string): Promise<Survey> {
  const lines = new Map<string, Chosen[]>();
  const journals: { name: string; bytes: number; torn: number }[] = [];
  const problems: Problem[] = [];
  const foreign: string[] = [];
  const counts = { duplicates: 0, newer: 0 };
  for (const [name, { size }] of await openedJournalsIn(directory)) {
    const bad: Problem[] = [];
    // An empty journal, or one with only a torn line, is recognised by its name.
    let ours = isOwn(kinds.journal, directory, name);
    const end = await forEachLine(join(directory, name), 0, (line, offset) => {
      const place: Place = { journal: name, offset, length: line.length };
      const decoded = decodeLine(line.toString());
      ours ||= isOurLine(line) || ('fault' in decoded && decoded.fault === 'newer');
      if ('fault' in decoded) {
        if (decoded.fault === 'newer') counts.newer++;
        else bad.push({ kind: decoded.fault, place });
        return;
      }
      const { record } = decoded;
      const { id, at, status, config, seconds } = record;
      const digest = createHash('sha256').update(resultText(record)).digest('base64').slice(0, 12);
      const dataset = config.data?.dataset ?? 'unknown';
      const chosen: Chosen = { place, at, status, numerics: config.numerics, dataset, seconds, digest };
      const known = lines.get(id);
      if (known === undefined) lines.set(id, [chosen]);
      else known.push(chosen);
    });
    if (!ours) {
      foreign.push(name);
      continue;
    }
    for (const problem of bad) problems.push(problem);
    journals.push({ name, bytes: size, torn: size - end });
  }
  if (journals.length === 0) throw noStore(directory);
  const records = new Map<string, Chosen>();
  for (const [id, [first, ...others]] of lines) {
    const used = others.reduce((earliest, line) => (line.at < earliest.at ? line : earliest), first);
    records.set(id, used);
    for (const other of [first, ...others]) {
      if (other === used) continue;
      if (other.digest === used.digest) counts.duplicates++;
      else problems.push({ kind: 'conflict', id, used: used.place, place: other.place });
    }
  }
  const failures = [...(await readFailures(directory)).keys()].filter((id) => !records.has(id));
  const states = (await storeFilesIn(checkpointFolder(directory))).filter(
    (name) => trialOfCheckpoint(directory, name) !== null,
  );
  return {
    ...{ journals, foreign, records, problems, ...counts },
    attachments: await findAttachments(directory, (id) => records.has(id)),
    failed: failures.length,
    checkpoints: states.length,
    finals: await findFinals(directory),
    drafts: await findDrafts(directory),
  };
}

export function noStore(directory: string): UserError {
  return new UserError({
    what: 'there is no trial store here',
    expected: 'a folder with journal-….jsonl files in it',
    received: directory,
    remedy: 'give the {store} of your runs, or run an experiment first',
  });
}

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
    problems,
  };
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].sort());
}
