import type { Command } from 'commander';
import { exitCodes } from '../errors.ts';
import type { Collected } from '../store/care.ts';
import type { StoreReport } from '../store/survey.ts';
import { defaultStore } from './run-flags.ts';
import type { SetStatus } from './status.ts';
import { print, printWhole } from './terminal.ts';

interface Flags {
  readonly store: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

/** `fys-nn store`: look at the finished trials, set aside what is damaged, tidy up. */
export function addStoreCommand(program: Command, setStatus: SetStatus): void {
  const store = program.command('store').description('Look after the store of finished trials');
  const subcommand = (name: string, description: string) =>
    store
      .command(name)
      .description(description)
      .option('--store <dir>', 'where finished trials are kept', defaultStore)
      .option('--json', 'print as JSON');
  subcommand(
    'check',
    'Read every record; exit 1 if one is damaged or two differ, or weights are damaged',
  ).action(async (flags: Flags) => {
    const report = await surveyed(flags.store);
    await answer(flags, report, checkLines(report));
    setStatus(report.sound ? exitCodes.done : exitCodes.failed);
  });
  subcommand('stats', 'Count what is in the store').action(async (flags: Flags) => {
    const report = await surveyed(flags.store);
    await answer(flags, report, statsLines(report));
  });
  subcommand('repair', 'Set what is damaged aside, into damaged-… files in the store; nothing is deleted')
    .option('--dry-run', 'only say what would be done')
    .action(async (flags: Flags) => {
      const { repairStore } = await import('../store/care.ts');
      const repaired = await repairStore(flags.store, flags.dryRun === true);
      const { file, ...counts } = repaired;
      const where = file === null ? '' : `, in ${flags.store}/${file}`;
      await answer(flags, repaired, [`${setAsideText(counts, flags.dryRun === true)}${where}`]);
    });
  subcommand('gc', 'Write the records of this version into one journal, each once; remove what nobody needs')
    .option('--dry-run', 'only say what would be done')
    .action(async (flags: Flags) => {
      const { collectGarbage } = await import('../store/care.ts');
      const collected = await collectGarbage(flags.store, flags.dryRun === true);
      await answer(flags, collected, collectedLines(collected, flags.dryRun === true));
    });
}

function collectedLines(collected: Collected, dryRun: boolean): string[] {
  const { kept, duplicates, otherNumerics, leftovers } = collected;
  const gone = [
    counted(duplicates, 'duplicate', 'duplicates'),
    counted(otherNumerics, 'record of another numerics version', 'records of other numerics versions'),
    counted(leftovers, 'leftover file', 'leftover files'),
  ];
  return [
    `${counted(kept, 'record', 'records')} kept${dryRun ? ' (dry run: nothing is changed)' : ''}`,
    `${gone[0]}, ${gone[1]} and ${gone[2]} ${dryRun ? 'would be removed' : 'removed'}`,
    setAsideText(collected, dryRun),
  ];
}

const counted = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

function setAsideText({ setAside, weights }: { setAside: number; weights: number }, dryRun: boolean): string {
  const files =
    weights === 0 ? '' : ` and ${counted(weights, 'damaged file of weights', 'damaged files of weights')}`;
  const verb = dryRun ? 'would be set' : 'set';
  return `${counted(setAside, 'damaged line', 'damaged lines')}${files} ${verb} aside`;
}

async function surveyed(directory: string): Promise<StoreReport> {
  const { reportOn, surveyStore } = await import('../store/survey.ts');
  return reportOn(directory, await surveyStore(directory));
}

async function answer({ json }: Flags, value: unknown, lines: readonly string[]): Promise<void> {
  const { toJson } = await import('../output/json.ts');
  if (json === true) printWhole(toJson(value));
  else for (const line of lines) print(line);
}

function checkLines({ store, sound, records, journals, foreign, problems }: StoreReport): string[] {
  const verdict = sound ? 'sound' : 'damaged: fys-nn store repair sets what is damaged aside';
  const others = foreign.map((name) => `${name} was not written by fys-nn: it is left alone`);
  const found = `${store}: ${counted(records, 'record', 'records')} in ${counted(journals, 'journal', 'journals')}`;
  return [found, ...others, ...problems, verdict];
}

function statsLines(report: StoreReport): string[] {
  const { store, journals, bytes, records, done, diverged, duplicates, torn, failed, checkpoints } = report;
  const listed = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([name, count]) => `${name}: ${count}`)
      .join(', ');
  return [
    store,
    `journals            ${journals}, ${(bytes / 2 ** 20).toFixed(1)} MiB, ${torn} with a torn last line`,
    `records             ${records}: ${done} done, ${diverged} diverged; computed in ${report.computedSeconds.toFixed(0)} s`,
    `by numerics version ${listed(report.numerics)}`,
    `by dataset          ${listed(report.datasets)}`,
    `duplicates          ${duplicates}`,
    `failed trials       ${failed}`,
    `checkpoints         ${checkpoints}`,
    `problems            ${report.problems.length}`,
  ];
}
