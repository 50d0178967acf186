import type { Command } from 'commander';
import { counted, exitCodes } from '../errors.ts';
import type { Collected } from '../store/collect-garbage.ts';
import type { Repaired } from '../store/repair.ts';
import type { StoreReport } from '../store/report.ts';
import { attachmentKinds, attachments } from '../trial/attachments.ts';
import { addExamples } from './examples.ts';
import { defaultStore } from './run-flags.ts';
import type { SetStatus } from './status.ts';
import { addExportCommand, addImportCommand } from './store-bundle.ts';
import { addMergeCommand } from './store-merge.ts';
import { writeStderr, writeStdout, writeStdoutRaw } from './terminal.ts';

interface Flags {
  readonly store: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly keepFinals?: boolean;
}

/** `fys-nn store`: checks, counts, repairs and tidies up the finished trials. */
export function addStoreCommand(program: Command, setStatus: SetStatus): void {
  const store = program
    .command('store')
    .description('Check, repair, tidy up, merge, export or import finished trials')
    .helpCommand(false);
  addExamples(store, [
    ['store check', 'is every record sound?'],
    ['store gc --dry-run', 'what could be removed'],
    ['store merge shard-1 shard-2', 'add what two other machines computed'],
  ]);
  const subcommand = (name: string, description: string) =>
    addExamples(
      store
        .command(name)
        .description(description)
        .option('--store <dir>', 'folder that keeps finished trials', defaultStore)
        .option('--json', 'print as JSON'),
      [
        [`store ${name}`, 'the store in results/.trials'],
        [`store ${name} --store trials --json`, 'another one, for programs'],
      ],
    );
  subcommand(
    'check',
    'Read every record; exit 1 if one, or its weights or test outputs, is damaged, or if two results of a trial differ',
  ).action(async (flags: Flags) => {
    const report = await readReport(flags.store);
    await writeAnswer(flags, report, checkLines(report));
    setStatus(report.sound ? exitCodes.done : exitCodes.failed);
  });
  subcommand('stats', 'Print counts of everything in the store').action(async (flags: Flags) => {
    const report = await readReport(flags.store);
    await writeAnswer(flags, report, statsLines(report));
  });
  subcommand(
    'repair',
    'Move damaged records, weights and test outputs to damaged-… files in the store; delete nothing',
  )
    .option('--dry-run', 'only print what would be done')
    .action(async (flags: Flags) => {
      const { repairStore } = await import('../store/repair.ts');
      const repaired = await repairStore(flags.store, flags.dryRun === true, { onWait });
      const { file, ...counts } = repaired;
      const where = file === null ? '' : `, in ${flags.store}/${file}`;
      await writeAnswer(flags, repaired, [`${setAsideText(counts, flags.dryRun === true)}${where}`]);
    });
  subcommand(
    'gc',
    'Merge the records of this version into one journal; remove duplicates, records of other versions, leftovers and final checkpoints',
  )
    .option('--dry-run', 'only print what would be done')
    .option('--keep-finals', 'keep the final checkpoints, from which runs with more epochs continue')
    .action(async (flags: Flags) => {
      const { collectGarbage } = await import('../store/collect-garbage.ts');
      const collected = await collectGarbage(flags.store, { ...flags, onWait });
      await writeAnswer(flags, collected, collectedLines(collected, flags.dryRun === true));
    });
  for (const add of [addMergeCommand, addExportCommand, addImportCommand]) add(store, setStatus);
}

function onWait(milliseconds: number): void {
  const seconds = milliseconds / 1000;
  writeStderr(`note: waiting ${seconds} s, until every machine that shares this folder sees the new files`);
}

function collectedLines(collected: Collected, dryRun: boolean): string[] {
  const { kept, duplicates, otherNumerics, leftovers, finals, finalBytes } = collected;
  const gone = [
    counted(duplicates, 'duplicate'),
    counted(otherNumerics, 'record of another numerics version', 'records of other numerics versions'),
    counted(leftovers, 'leftover file'),
  ];
  const removed = dryRun ? 'would be removed' : 'removed';
  const more = dryRun ? 'would start' : 'start';
  return [
    `${counted(kept, 'record')} kept${dryRun ? ' (dry run: nothing is changed)' : ''}`,
    `${gone[0]}, ${gone[1]} and ${gone[2]} ${removed}`,
    ...(finals === 0
      ? []
      : [
          `${counted(finals, 'final checkpoint')} (${mebibytes(finalBytes)}) ${removed}: runs with more epochs ${more} from the beginning`,
        ]),
    setAsideText(collected, dryRun),
  ];
}

function setAsideText({ setAside, ...counts }: Omit<Repaired, 'file'>, dryRun: boolean): string {
  const parts = attachmentKinds
    .filter((kind) => counts[kind] > 0)
    .map((kind) => {
      const name = attachments[kind];
      return counted(counts[kind], `damaged file of ${name}`, `damaged files of ${name}`);
    });
  const verb = dryRun ? 'would be set' : 'set';
  return `${[counted(setAside, 'damaged line'), ...parts].join(' and ')} ${verb} aside`;
}

async function readReport(directory: string): Promise<StoreReport> {
  const { reportOn } = await import('../store/report.ts');
  const { surveyStore } = await import('../store/survey.ts');
  return reportOn(directory, await surveyStore(directory));
}

async function writeAnswer({ json }: Flags, value: unknown, lines: readonly string[]): Promise<void> {
  const { toJson } = await import('../output/json.ts');
  if (json === true) writeStdoutRaw(toJson(value));
  else for (const line of lines) writeStdout(line);
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

function checkLines({
  store,
  sound,
  records,
  journals,
  foreign,
  damagedFinals,
  drafts,
  leftovers,
  problems,
}: StoreReport): string[] {
  const useless = damagedFinals.length;
  const finals =
    useless === 0
      ? ''
      : `; ${counted(useless, 'final checkpoint is', 'final checkpoints are')} of no use, which costs only time`;
  const verdict = sound
    ? `sound${finals}`
    : `damaged: run fys-nn store repair to set aside what is damaged${finals}`;
  const others = [
    ...foreign.map((name) => `${name} was not written by fys-nn and is left alone`),
    ...damagedFinals.map(
      (name) => `${name} is damaged, so no training continues from it; fys-nn store gc removes it`,
    ),
    ...drafts.map(
      (name) => `${name} was never submitted, unless a command is just doing so; fys-nn store gc removes it`,
    ),
    ...(leftovers === 0
      ? []
      : [
          `${counted(leftovers, 'file is', 'files are')} of no use any more; fys-nn store gc removes ${leftovers === 1 ? 'it' : 'them'}`,
        ]),
  ];
  const found = `${store}: ${counted(records, 'record')} in ${counted(journals, 'journal')}`;
  return [found, ...others, ...problems, verdict];
}

function statsLines(report: StoreReport): string[] {
  const { store, journals, bytes, records, done, diverged, duplicates, torn, failed, checkpoints } = report;
  const { finalCheckpoints, finalBytes } = report;
  const listed = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([name, count]) => `${name}: ${count}`)
      .join(', ');
  return [
    store,
    `journals            ${journals}, ${mebibytes(bytes)}, ${torn} with a torn last line`,
    `records             ${records}: ${done} done, ${diverged} diverged; computed in ${report.computedSeconds.toFixed(0)} s`,
    `by numerics version ${listed(report.numerics)}`,
    `by dataset          ${listed(report.datasets)}`,
    `duplicates          ${duplicates}`,
    `failed trials       ${failed}`,
    `checkpoints         ${checkpoints}`,
    `final checkpoints   ${finalCheckpoints}, ${mebibytes(finalBytes)}: runs with more epochs continue from them`,
    `leftovers           ${counted(report.leftovers, 'file')} of no use any more, which fys-nn store gc removes`,
    `problems            ${report.problems.length}`,
  ];
}
