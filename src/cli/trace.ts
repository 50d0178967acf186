import type { Command } from 'commander';
import { counted, exitCodes } from '../errors.ts';
import type { TraceDifference } from '../trace/replay-trace.ts';
import { addExamples } from './examples.ts';
import type { SetStatus } from './status.ts';
import { writeStdout, writeStdoutRaw } from './terminal.ts';
import { addTraceCheckCommand } from './trace-check.ts';
import { addTraceGradcheckCommand } from './trace-gradcheck.ts';
import { addTraceGradeCommand } from './trace-grade.ts';
import { addTraceNewCommand } from './trace-new.ts';
import { replayToleranceOf } from './trace-tolerance.ts';

/**
 * `fys-nn trace`: exercises for one's own backpropagation and what is wrong with it; and `fys-nn trace FILE...`, which
 * replays recorded runs and prints how much this program's numbers differ.
 */
export function addTraceCommand(program: Command, setStatus: SetStatus): void {
  const command = program
    .command('trace')
    .enablePositionalOptions()
    .description('Replay recorded training runs and print the largest relative difference of each quantity')
    .argument('<files...>', 'traces, such as data/fixtures/traces/*.json')
    .option('--tolerance <x>', 'largest relative difference that counts as the same', '1e-10')
    .option(
      '--closed-form-tolerance <x>',
      'the same for closed forms, where features are nearly collinear',
      '1e-6',
    )
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      '\nThe difference of a quantity is max |ours - recorded| / max |recorded|. If a\n' +
        'number is NaN or infinite, the difference is infinite (null in JSON).\n' +
        'Exit status: 3 if a difference exceeds its tolerance.',
    )
    .action(
      async (files: string[], flags: { tolerance: string; closedFormTolerance: string; json?: boolean }) => {
        const { replayFiles } = await import('../trace/replay.ts');
        const tolerance = replayToleranceOf(flags.tolerance);
        const closedFormTolerance = replayToleranceOf(flags.closedFormTolerance, '--closed-form-tolerance');
        const replays = await replayFiles(files);
        const results: (TraceDifference & {
          file: string;
          trace: string;
          tolerance: number;
          holds: boolean;
        })[] = [];
        for (const { file, name, closedForm, differences } of replays) {
          const limit = closedForm ? closedFormTolerance : tolerance;
          for (const { quantity, difference } of differences) {
            results.push({
              file,
              trace: name,
              quantity,
              difference,
              tolerance: limit,
              holds: difference <= limit,
            });
          }
        }
        if (results.some(({ holds }) => !holds)) setStatus(exitCodes.contradicted);
        if (flags.json === true) {
          const { toJson } = await import('../output/json.ts');
          // JSON has no infinity.
          const printable = results.map((result) => ({
            ...result,
            difference: Number.isFinite(result.difference) ? result.difference : null,
          }));
          writeStdoutRaw(toJson(printable));
          return;
        }
        const { renderTable } = await import('./text-table.ts');
        const rows = results.map(({ trace, quantity, difference, holds }, index) => [
          index > 0 && results[index - 1].trace === trace ? '' : trace,
          quantity,
          differenceText(difference),
          holds ? '' : 'EXCEEDS',
        ]);
        const color = process.stdout.isTTY && process.stdout.hasColors();
        const header = ['trace', 'quantity', 'difference', ''];
        writeStdoutRaw(`${renderTable(header, rows, { align: ['left', 'left', 'right'], color })}\n`);
        const exceeding = results.filter(({ holds }) => !holds).length;
        writeStdout(
          '',
          `${counted(results.length, 'quantity', 'quantities')} of ${counted(replays.length, 'trace')}: ${exceeding === 0 ? 'all within' : `${exceeding} beyond`} the tolerance`,
        );
      },
    );
  addExamples(command, [
    ['trace data/fixtures/traces/*.json', 'the recorded runs that are part of this program'],
    ['trace my-run.json --tolerance 1e-8', 'a run of your own implementation'],
  ]);
  addTraceNewCommand(command);
  addTraceCheckCommand(command, setStatus);
  addTraceGradcheckCommand(command, setStatus);
  addTraceGradeCommand(command, setStatus);
}

function differenceText(difference: number): string {
  if (difference === 0) return '0';
  return Number.isFinite(difference) ? difference.toExponential(1) : 'infinite';
}
