import type { Command } from 'commander';
import { counted, exitCodes, quote } from '../errors.ts';
import type { Conflict } from '../store/conflicts.ts';
import type { Joined, Merged } from '../store/merge.ts';
import { attachmentKinds, attachments } from '../trial/attachments.ts';
import { shortId } from '../trial/id.ts';
import { addExamples } from './examples.ts';
import { onInterrupt } from './interrupt.ts';
import { storeFlag } from './run-flags.ts';
import type { SetStatus } from './status.ts';
import { writeStderr, writeStdout, writeStdoutRaw } from './terminal.ts';

interface JoinFlags {
  readonly store: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly dryRun?: boolean;
}

/** `fys-nn store merge`: the records of several stores in one. */
export function addMergeCommand(store: Command, setStatus: SetStatus): void {
  const merge = store
    .command('merge')
    .argument('<dirs...>', 'stores of other machines; they are only read')
    .description(
      'Add the records, weights and final checkpoints of other stores; exit 3 if two results of a trial differ, 1 if a record is damaged',
    )
    .addOption(storeFlag())
    .option('--dry-run', 'only print what would be done')
    .option('--json', 'print as JSON')
    .option('--quiet', 'print only what is wrong');
  addExamples(merge, [
    ['store merge shard-1 shard-2 --store results/.trials', 'what two machines computed'],
    ['store merge shard-1 --dry-run', 'what would be added'],
  ]);
  merge.action(async (dirs: string[], flags: JoinFlags) => {
    const { gatherFor, mergeInto } = await import('../store/merge.ts');
    const gathered = await gatherFor(flags.store, dirs);
    const dryRun = flags.dryRun === true;
    const merged = dryRun
      ? await mergeInto(flags.store, gathered, true)
      : await whileHeld(flags.store, () => mergeInto(flags.store, gathered));
    await show(merged, mergedLines(merged, dryRun), flags);
    setStatus(statusOf(merged));
  });
}

/**
 * Runs an action that adds to a store, while no other process repairs it or tidies it up; others may compute trials meanwhile. What
 * an interrupt leaves half written is removed.
 */
async function whileHeld<T>(directory: string, action: () => Promise<T>): Promise<T> {
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

function statusOf({ conflicts, damaged }: Joined): number {
  if (conflicts.length > 0) return exitCodes.contradicted;
  return damaged.length > 0 ? exitCodes.failed : exitCodes.done;
}

async function show(joined: Joined, lines: readonly string[], { json, quiet }: JoinFlags): Promise<void> {
  if (json === true) {
    const { toJson } = await import('../output/json.ts');
    writeStdoutRaw(toJson(joined));
    return;
  }
  writeStderr(...problemLines(joined));
  if (quiet !== true) writeStdout(...lines);
}

function mergedLines({ sources, finals, ...merged }: Merged, dryRun: boolean): string[] {
  const read = sources.map(({ store, records }) => `${store}: ${counted(records, 'record')}`);
  const foreign = sources.flatMap(({ store, foreign }) =>
    foreign.map((name) => `${store}: ${name} was not written by fys-nn and is left alone`),
  );
  const more = finals === 0 ? [] : [counted(finals, 'final checkpoint')];
  return [...read, ...foreign, joinedLine(merged, more, dryRun)];
}

/** "results/.trials: 8 records and 8 files of weights added; 3 records were there already". */
function joinedLine(
  { store, added, present, attachments: files }: Joined,
  more: readonly string[],
  dryRun: boolean,
): string {
  const kinds = attachmentKinds
    .filter((kind) => files[kind] > 0)
    .map((kind) => counted(files[kind], `file of ${attachments[kind]}`, `files of ${attachments[kind]}`));
  const parts = [counted(added, 'record'), ...kinds, ...more];
  const last = parts.length > 1 ? ` and ${parts.pop()}` : '';
  const verb = dryRun ? ' would be added' : ' added';
  const there = `${counted(present, 'record is', 'records are')} there already`;
  return `${store}: ${parts.join(', ')}${last}${verb}; ${there}`;
}

const shownTrials = 3;

function problemLines({ store, conflicts, damaged, missing }: Joined): string[] {
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
