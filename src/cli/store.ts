import type { Command } from 'commander';
import { exitCodes } from '../errors.ts';
import type { StoreReport } from '../store/survey.ts';
import { defaultStore } from './run-flags.ts';
import type { SetStatus } from './status.ts';
import { print, printWhole } from './terminal.ts';

interface Flags {
  readonly store: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

/** `fys-nn store`: look at the finished trials, mend what was damaged, tidy up. */
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
      const { kept, duplicates, otherNumerics, leftovers } = collected;
      const lines = [
        `${kept} records kept${flags.dryRun === true ? ' (dry run: nothing was changed)' : ''}`,
        `${duplicates} duplicates, ${otherNumerics} records of other numerics versions and ${leftovers} leftover files removed`,
        setAsideText(collected, flags.dryRun === true),
      ];
      await answer(flags, collected, lines);
    });
}

function setAsideText({ setAside, weights }: { setAside: number; weights: number }, dryRun: boolean): string {
  const count = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;
  const files =
    weights === 0 ? '' : ` and ${count(weights, 'damaged file of weights', 'damaged files of weights')}`;
  return `${count(setAside, 'damaged line', 'damaged lines')}${files} ${dryRun ? 'to set' : 'set'} aside`;
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

function checkLines({ store, sound, records, journals, problems }: StoreReport): string[] {
  const verdict = sound ? 'sound' : 'damaged: fys-nn store repair sets what is damaged aside';
  return [`${store}: ${records} records in ${journals} journals`, ...problems, verdict];
}

function statsLines(report: StoreReport): string[] {
  const { store, journals, bytes, records, done, diverged, duplicates, older, torn, failed, checkpoints } =
    report;
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
    `of older format     ${older}`,
    `failed trials       ${failed}`,
    `checkpoints         ${checkpoints}`,
    `problems            ${report.problems.length}`,
  ];
}
