import { access } from 'node:fs/promises';
import type { Command } from 'commander';
import { counted, exitCodes, UserError } from '../errors.ts';
import { isDiskFault, reasonOf } from '../files/errno.ts';
import type { Exported } from '../store/bundle.ts';
import { createIdSet, type IdSet } from '../trial/id-set.ts';
import { addExamples } from './examples.ts';
import { onInterrupt } from './interrupt.ts';
import {
  contentText,
  faultLines,
  type JoinFlags,
  joinedLine,
  showJoined,
  statusOf,
  whileHeld,
} from './joined.ts';
import { storeFlag } from './run-flags.ts';
import type { SetStatus } from './status.ts';
import { writeStderr, writeStdout, writeStdoutRaw } from './terminal.ts';

interface ExportFlags extends Omit<JoinFlags, 'dryRun'> {
  readonly of?: string;
  readonly weights?: boolean;
  readonly force?: boolean;
}

/** `fys-nn store export`: the records of a store in one file. */
export function addExportCommand(store: Command, setStatus: SetStatus): void {
  const exporting = store
    .command('export')
    .argument('<file>', 'the file to write, such as trials.jsonl.gz')
    .description('Write the records to one file, to import elsewhere or to attach to a paper')
    .addOption(storeFlag())
    .option('--of <dir>', 'only the trials of a results folder, such as results/ffnn')
    .option('--weights', 'with weights, test outputs and models')
    .option('--force', 'replace the file if it is there')
    .option('--json', 'print as JSON')
    .option('--quiet', 'print only what is wrong');
  addExamples(exporting, [
    ['store export all.jsonl.gz --weights', 'everything in results/.trials'],
    ['store export ffnn.jsonl.gz --of results/ffnn', 'the trials of one run'],
  ]);
  exporting.action(async (file: string, flags: ExportFlags) => {
    const exported = await exportRecords(file, flags);
    await showExported(exported, flags);
    setStatus(exported.lacked > 0 ? exitCodes.incomplete : statusOf({ ...exported, conflicts: [] }));
  });
}

/** With how many trials of the results folder have no record. */
interface ExportedRun extends Exported {
  readonly lacked: number;
}

async function showExported(exported: ExportedRun, { store, of, json, quiet }: ExportFlags): Promise<void> {
  if (json === true) {
    const { toJson } = await import('../output/json.ts');
    writeStdoutRaw(toJson(exported));
    return;
  }
  const { file, records, attachments, lacked } = exported;
  writeStderr(...faultLines({ ...exported, store, conflicts: [] }));
  if (lacked > 0) writeStderr(`note: ${store} has no record of ${counted(lacked, 'trial')} of ${of}`);
  if (quiet !== true) writeStdout(`${file}: ${contentText(records, attachments)}`);
}

async function exportRecords(file: string, flags: ExportFlags): Promise<ExportedRun> {
  if (flags.force !== true) await refuseExisting(file);
  const { exportBundle } = await import('../store/bundle.ts');
  const { openStore } = await import('../store/store.ts');
  const ids = flags.of === undefined ? undefined : await idsOfFolder(flags.of);
  const store = await openStore(flags.store, ids);
  if (store.ids()[Symbol.iterator]().next().done === true) throw nothingToExport(flags);
  let lacked = 0;
  for (const id of ids ?? []) if (!store.has(id)) lacked++;
  const { removeUnfinished } = await import('../files/write-whole.ts');
  const unregister = onInterrupt(removeUnfinished);
  try {
    return { ...(await exportBundle(store, file, flags.weights === true)), lacked };
  } catch (error) {
    throw error instanceof UserError ? error : unwritable(file, error);
  } finally {
    unregister();
  }
}

/** The trials of a results folder; of a report, those of all its experiments. */
async function idsOfFolder(folder: string): Promise<IdSet> {
  const { readRun, reportParts } = await import('../output/stored-run.ts');
  const run = await readRun(folder);
  const runs = run.kind === 'report' ? [run, ...(await reportParts(run))] : [run];
  return createIdSet(runs.flatMap(({ ids }) => ids).filter((id) => /^t[0-9a-f]{64}$/.test(id)));
}

/** `fys-nn store import`: the records of such a file. */
export function addImportCommand(store: Command, setStatus: SetStatus): void {
  const importing = store
    .command('import')
    .argument('<file>', 'a file that fys-nn store export wrote')
    .description('Add the records of a file; exit 3 if two results of a trial differ')
    .addOption(storeFlag())
    .option('--dry-run', 'check the file, and print what would be done')
    .option('--json', 'print as JSON')
    .option('--quiet', 'print only what is wrong');
  addExamples(importing, [
    ['store import trials.jsonl.gz', 'into results/.trials'],
    ['store import trials.jsonl.gz --dry-run', 'is the file whole, and what is new in it?'],
  ]);
  importing.action(async (file: string, flags: JoinFlags) => {
    const { importInto, verifyBundle } = await import('../store/import.ts');
    const ids = await verifyBundle(file);
    const dryRun = flags.dryRun === true;
    const imported = dryRun
      ? await importInto(flags.store, file, ids, true)
      : await whileHeld(flags.store, () => importInto(flags.store, file, ids));
    await showJoined(imported, [joinedLine(imported, [], dryRun)], flags);
    setStatus(statusOf(imported));
  });
}

async function refuseExisting(file: string): Promise<void> {
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  throw new UserError({
    what: `${file} already exists, and is left as it is`,
    expected: 'the name of a new file',
    remedy: 'name another file, or add --force to replace it',
  });
}

function nothingToExport({ store, of }: ExportFlags): UserError {
  return new UserError({
    what: of === undefined ? 'there are no records to export' : `${store} has no record of a trial of ${of}`,
    expected: 'a store of finished trials',
    received: store,
    remedy: 'give the --store of your runs',
  });
}

function unwritable(file: string, error: unknown): UserError {
  return new UserError(
    {
      what: `${file} cannot be written: ${reasonOf(error)}`,
      expected: 'the name of a file in a folder that can be written',
      remedy: 'name another file',
    },
    isDiskFault(error) ? exitCodes.failed : exitCodes.usage,
  );
}
