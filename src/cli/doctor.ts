import { type Command, Option } from 'commander';
import { exitCodes } from '../errors.ts';
import { withFlags } from './flags.ts';
import type { SetStatus } from './status.ts';
import { printWhole } from './terminal.ts';

interface DoctorFlags {
  readonly store?: string;
  readonly dataDir?: string;
  readonly golden?: string;
  readonly json?: boolean;
}

/** `fys-nn doctor`: are results from this machine right, and can they be had? */
export function addDoctorCommand(program: Command, setStatus: SetStatus): void {
  program
    .command('doctor')
    .description('Check this machine and installation: the same numbers as everywhere, data, disk, versions')
    .addOption(new Option('--store <dir>', 'the store to look at (default: "results/.trials")'))
    .addOption(new Option('--data-dir <dir>', 'look at the four IDX files of this folder too'))
    .addOption(new Option('--golden <file>', 'golden hashes in place of those that come along').hideHelp())
    .addOption(new Option('--json', 'print as JSON'))
    .addHelpText('after', '\nExit status: 0 nothing is wrong, 1 something is; a warning alone is no failure.')
    .action(async (flags: DoctorFlags) => setStatus(await runDoctor(flags)));
}

async function runDoctor({ store, dataDir, golden, json }: DoctorFlags): Promise<number> {
  const { examine } = await import('../doctor/index.ts');
  const examined = await examine({
    store: store ?? 'results/.trials',
    dataDir: dataDir ?? null,
    stdout: process.stdout,
    ...(golden === undefined ? {} : { golden }),
  });
  const checks = examined.map(({ found, remedy, ...check }) => ({
    ...check,
    found: withFlags(found),
    ...(remedy === undefined ? {} : { remedy: withFlags(remedy) }),
  }));
  const wrong = checks.filter(({ state }) => state === 'wrong').length;
  const warnings = checks.filter(({ state }) => state === 'warning').length;
  if (json === true) {
    const { toJson } = await import('../output/json.ts');
    printWhole(toJson({ ok: wrong === 0, wrong, warnings, checks }));
  } else {
    const { renderTable } = await import('./text-table.ts');
    const rows = checks.flatMap(({ what, state, found, remedy }) => [
      [state, what, found],
      ...(remedy === undefined ? [] : [['', '', `-> ${remedy}`]]),
    ]);
    const color = process.stdout.isTTY && process.stdout.hasColors();
    const table = renderTable(['', 'what', 'found'], rows, { color, width: process.stdout.columns ?? 120 });
    const verdict = wrong === 0 ? 'nothing is wrong' : `${wrong} wrong`;
    const also = warnings === 0 ? '' : `, ${warnings} warning${warnings === 1 ? '' : 's'}`;
    printWhole(`${table}\n\n${verdict}${also}\n`);
  }
  return wrong === 0 ? exitCodes.done : exitCodes.failed;
}
