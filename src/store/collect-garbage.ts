import { join } from 'node:path';
import { syncDirectory } from '../files/directories.ts';
import { createReader } from '../files/lines.ts';
import { removeDirectory, removeFile } from '../files/retry-while-busy.ts';
import { writeWhole } from '../files/write-whole.ts';
import { numerics } from '../trial/trial.ts';
import { type Retired, retireJournal, type Waiting, withExclusiveAccess } from './exclusive-access.ts';
import { forgetFailures } from './failures.ts';
import { joinFinals, removeFinals } from './final-care.ts';
import { decodeLine, encodeLine, newJournalName } from './journal.ts';
import { leftoversIn } from './leftovers.ts';
import { type Repaired, setAside } from './repair.ts';
import type { Chosen } from './survey.ts';

export interface Collected extends Repaired {
  /** Records that are kept, without duplicates and records of other numerics versions. */
  readonly kept: number;
  readonly duplicates: number;
  readonly otherNumerics: number;
  /** Checkpoints of finished trials, and temporary files and folders of killed processes. */
  readonly leftovers: number;
  /** Final checkpoints, from which more epochs would have continued, and their bytes. */
  readonly finals: number;
  readonly finalBytes: number;
}

export interface Collecting extends Waiting {
  /** Whether only to say what would be done. */
  readonly dryRun?: boolean;
  /** Whether to keep final checkpoints, from which more epochs continue. */
  readonly keepFinals?: boolean;
}

/**
 * Merges the records of this numerics version into one journal without duplicates, and removes files that are no longer
 * needed, and final checkpoints. Damaged lines are set aside first. The new journal is complete on disk before an old one is removed.
 */
export function collectGarbage(
  directory: string,
  { dryRun = false, keepFinals = false, ...waiting }: Collecting = {},
): Promise<Collected> {
  return withExclusiveAccess(directory, waiting, async (found) => {
    const repaired = await setAside(directory, found, dryRun);
    const kept = [...found.records.values()].filter((record) => record.numerics === numerics);
    const leftovers = await leftoversIn(directory, found);
    const result: Collected = {
      ...repaired,
      kept: kept.length,
      duplicates: found.duplicates,
      otherNumerics: found.records.size - kept.length,
      leftovers: leftovers.length + found.finals.damaged.length + found.drafts.length,
      finals: keepFinals ? 0 : found.finals.whole,
      finalBytes: keepFinals ? 0 : found.finals.bytes,
    };
    const retired: Retired[] = [];
    if (dryRun) return { result, retired };
    const compact =
      found.journals.length === 1 && found.duplicates + result.otherNumerics + repaired.setAside === 0;
    // They cost only time, and a full disk needs their room for the new journal.
    if (!keepFinals) await removeFinals(directory, found.finals);
    if (!compact) {
      if (kept.length > 0) await writeWhole(join(directory, newJournalName()), linesToKeep(directory, kept));
      for (const journal of found.journals) retired.push(await retireJournal(directory, journal, found));
    }
    for (const path of leftovers) await removeFile(path);
    for (const path of found.drafts) await removeDirectory(join(directory, path));
    if (keepFinals) await joinFinals(directory, found.finals);
    await forgetFailures(directory, found.records);
    await syncDirectory(directory);
    return { result, retired };
  });
}

/** Yields the lines of these records, as this version writes them. */
async function* linesToKeep(directory: string, kept: readonly Chosen[]): AsyncGenerator<string> {
  const reader = createReader(directory);
  for (const { place } of kept) {
    const bytes = reader.read(place.journal, place.offset, place.length);
    const decoded = decodeLine(bytes.toString());
    if ('fault' in decoded) throw new Error(`${place.journal} changed while it was read`);
    yield encodeLine(decoded.record);
  }
}
