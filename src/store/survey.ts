import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
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
import type { Problem } from './problems.ts';

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
