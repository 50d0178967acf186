import { counted, exitCodes, quote } from '../errors.ts';
import type { Conflict } from '../store/conflicts.ts';
import type { Joined } from '../store/merge.ts';
import { attachmentKinds, attachments } from '../trial/attachments.ts';
import { shortId } from '../trial/id.ts';
import { onInterrupt } from './interrupt.ts';
import { writeStderr, writeStdout, writeStdoutRaw } from './terminal.ts';

export interface JoinFlags {
  readonly store: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly dryRun?: boolean;
}

/**
 * Runs an action that adds to a store, while no other process repairs it or tidies it up; others may compute trials meanwhile. What
 * an interrupt leaves half written is removed.
 */
export async function whileHeld<T>(directory: string, action: () => Promise<T>): Promise<T> {
  const { holdStore } = await import('./hold-store.ts');
  const { removeUnfinished } = await import('../files/write-whole.ts');
  return holdStore(directory, async (lease) => {
    // Waits for a process that already tidies up. It would not see this one's lease.
    await lease.claim(async () => []);
    const unregister = onInterrupt(removeUnfinished);
    try {
      return await action();
    } finally {
      unregister();
    }
  });
}

/** 3 for a conflict, 1 for damage. */
export function statusOf({ conflicts, damaged }: Pick<Faults, 'conflicts' | 'damaged'>): number {
  if (conflicts.length > 0) return exitCodes.contradicted;
  return damaged.length > 0 ? exitCodes.failed : exitCodes.done;
}

/** Prints what came into a store, and what is wrong. */
export async function showJoined(
  joined: Joined,
  lines: readonly string[],
  { json, quiet }: JoinFlags,
): Promise<void> {
  if (json === true) {
    const { toJson } = await import('../output/json.ts');
    writeStdoutRaw(toJson(joined));
    return;
  }
  writeStderr(...faultLines(joined));
  if (quiet !== true) writeStdout(...lines);
}

/** "results/.trials: 8 records and 8 files of weights added; 3 records are there already". */
export function joinedLine(
  { store, added, present, attachments: files }: Joined,
  more: readonly string[],
  dryRun: boolean,
): string {
  const verb = dryRun ? 'would be added' : 'added';
  const there = `${counted(present, 'record is', 'records are')} there already`;
  return `${store}: ${contentText(added, files, more)} ${verb}; ${there}`;
}

/** "8 records, 2 files of weights and 2 files of test outputs". */
export function contentText(
  records: number,
  files: Joined['attachments'],
  more: readonly string[] = [],
): string {
  const kinds = attachmentKinds
    .filter((kind) => files[kind] > 0)
    .map((kind) => counted(files[kind], `file of ${attachments[kind]}`, `files of ${attachments[kind]}`));
  const parts = [counted(records, 'record'), ...kinds, ...more];
  const last = parts.length > 1 ? ` and ${parts.pop()}` : '';
  return `${parts.join(', ')}${last}`;
}

const shownTrials = 3;

/** What is wrong with records or what belongs to them. */
export type Faults = Pick<Joined, 'store' | 'conflicts' | 'damaged' | 'missing'>;

/** What is wrong, in sentences. */
export function faultLines({ store, conflicts, damaged, missing }: Faults): string[] {
  const left = conflicts.some(({ keepsFirst }) => !keepsFirst);
  const kinds = attachmentKinds.filter((kind) => missing[kind].length > 0);
  return [
    ...damaged.map((text) => `damaged: ${text}`),
    ...(damaged.length === 0
      ? []
      : [
          'damaged lines and files are left out; fys-nn store repair sets them aside, and the trials are computed again',
        ]),
    ...conflicts.map(conflictLine),
    ...(left
      ? [
          `trials with two results are not added: the next run with --store ${store} computes them again and decides`,
        ]
      : []),
    ...kinds.map((kind) => {
      const ids = missing[kind].slice(0, shownTrials).map(shortId).join(', ');
      const others = missing[kind].length > shownTrials ? ', ...' : '';
      const trials = counted(missing[kind].length, 'trial');
      return `note: no ${attachments[kind]} of ${trials} (${ids}${others}): the command that ran them computes them again with --force`;
    }),
  ];
}

function conflictLine({ id, column, values, keepsFirst }: Conflict): string {
  const [first, second] = values;
  const kept = keepsFirst ? ' (kept)' : '';
  const isFile = first.value === null && second.value === null;
  return isFile
    ? `conflict: trial ${shortId(id)}: its ${column} in ${second.store} differ from those in ${first.store}${kept}`
    : `conflict: trial ${shortId(id)}: ${column} is ${quote(first.value)} in ${first.store}${kept} and ${quote(second.value)} in ${second.store}`;
}
