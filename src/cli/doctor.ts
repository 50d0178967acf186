import { type Command, Option } from 'commander';
import { counted, exitCodes } from '../errors.ts';
import { sourcesOf } from './data-flags.ts';
import { addExamples } from './examples.ts';
import { withFlags } from './flags.ts';
import type { SetStatus } from './status.ts';
import { writeStdoutRaw } from './terminal.ts';

interface DoctorFlags {
  readonly store?: string;
  readonly dataDir?: string;
  readonly golden?: string;
  readonly json?: boolean;
}

/** `fys-nn doctor`: does this machine compute the right numbers, and does it have all that a run needs? */
export function addDoctorCommand(program: Command, setStatus: SetStatus): void {
  const command = program
    .command('doctor')
    .description('Check that this machine computes the right numbers; check data, disk and versions')
    .addOption(new Option('--store <dir>', 'the store to check (default: results/.trials)'))
    .addOption(new Option('--data-dir <dir>', 'also check the images in this folder'))
    .addOption(new Option('--golden <file>', 'golden hashes to use instead of the bundled ones').hideHelp())
    .addOption(new Option('--json', 'print as JSON'))
    .addHelpText('after', '\nExit status: 0 nothing is wrong, 1 something is wrong. Warnings do not count.')
    .action(async (flags: DoctorFlags) => setStatus(await runDoctor(flags)));
  addExamples(command, [
    ['doctor', 'this machine, and the store in results/.trials'],
    ['doctor --json', 'for programs'],
  ]);
}

async function runDoctor({ store, dataDir, golden, json }: DoctorFlags): Promise<number> {
  const { examine } = await import('../doctor/index.ts');
  const examined = await examine({
    store: store ?? 'results/.trials',
    dataDir: sourcesOf({ dataDir }).dataDir,
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
    writeStdoutRaw(toJson({ ok: wrong === 0, wrong, warnings, checks }));
  } else {
    const { renderTable } = await import('./text-table.ts');
    const rows = checks.flatMap(({ what, state, found, remedy }) => [
      [state, what, found],
      ...(remedy === undefined ? [] : [['', '', `-> ${remedy}`]]),
    ]);
    const { screenOf } = await import('./screen.ts');
    const table = renderTable(['', 'check', 'result'], rows, screenOf(process.stdout));
    const verdict = wrong === 0 ? 'nothing is wrong' : `${wrong} wrong`;
    const warningText = warnings === 0 ? '' : `, ${counted(warnings, 'warning')}`;
    writeStdoutRaw(`${table}\n\n${verdict}${warningText}\n`);
  }
  return wrong === 0 ? exitCodes.done : exitCodes.failed;
}
