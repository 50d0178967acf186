import type { Command } from 'commander';
import { counted } from '../errors.ts';
import type { Merged } from '../store/merge.ts';
import { addExamples } from './examples.ts';
import { type JoinFlags, joinedLine, showJoined, statusOf, whileHeld } from './joined.ts';
import { storeFlag } from './run-flags.ts';
import type { SetStatus } from './status.ts';

/** `fys-nn store merge`: the records of several stores in one. */
export function addMergeCommand(store: Command, setStatus: SetStatus): void {
  const merge = store
    .command('merge')
    .argument('<dirs...>', 'stores of other machines; they are only read')
    .description(
      'Add the records, weights, test outputs, models and final checkpoints of other stores; exit 3 if two results of a trial differ, 1 if a record is damaged',
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
    await showJoined(merged, mergedLines(merged, dryRun), flags);
    setStatus(statusOf(merged));
  });
}

function mergedLines({ sources, finals, ...merged }: Merged, dryRun: boolean): string[] {
  const read = sources.map(({ store, records }) => `${store}: ${counted(records, 'record')}`);
  const foreign = sources.flatMap(({ store, foreign }) =>
    foreign.map((name) => `${store}: ${name} was not written by fys-nn and is left alone`),
  );
  const more = finals === 0 ? [] : [counted(finals, 'final checkpoint')];
  return [...read, ...foreign, joinedLine(merged, more, dryRun)];
}
