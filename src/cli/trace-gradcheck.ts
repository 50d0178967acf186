import type { Command } from 'commander';
import type { GradcheckResult } from '../diagnosis/gradcheck.ts';
import { exitCodes, UserError } from '../errors.ts';
import { addExamples } from './examples.ts';
import { screenOf } from './screen.ts';
import type { SetStatus } from './status.ts';
import { writeStdoutRaw } from './terminal.ts';
import { toleranceOf } from './trace-tolerance.ts';

interface TraceGradcheckFlags {
  readonly tolerance: string;
  readonly json?: boolean;
}

/** `fys-nn trace gradcheck FILE...`: whether recorded gradients are those of the loss, at the program's own weights. */
export function addTraceGradcheckCommand(trace: Command, setStatus: SetStatus): void {
  const command = trace
    .command('gradcheck')
    .description('Compare your gradients with finite differences of the loss at your own weights')
    .argument('<files...>', 'what your program recorded, with kernel_gradient or bias_gradient')
    .option('--tolerance <x>', 'largest relative difference that counts as right', '1e-6')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      '\nA gradient can be right although it differs from the exercise’s: after a wrong\n' +
        'update, the weights are others. Record the weights after each step too: without\n' +
        'them, only the first step can be checked.\n' +
        'Exit status: 3 if a gradient is wrong.',
    )
    .action(async (files: string[], flags: TraceGradcheckFlags) =>
      setStatus(await runGradcheck(files, flags)),
    );
  addExamples(command, [
    ['trace gradcheck mine.json', 'which gradients are right, and the worst element of each'],
    ['trace gradcheck mine.json --json', 'for programs'],
  ]);
}

async function runGradcheck(files: readonly string[], flags: TraceGradcheckFlags): Promise<number> {
  const { readRecording } = await import('../trace/read-recording.ts');
  const { checkGradients } = await import('../diagnosis/gradcheck.ts');
  const { gradcheckAsJson, isWrong } = await import('../diagnosis/gradcheck-json.ts');
  const tolerance = toleranceOf(flags.tolerance);
  const results: { file: string; result: GradcheckResult }[] = [];
  for (const file of files) {
    const result = checkGradients(await readRecording(file), tolerance);
    requireChecked(file, result);
    results.push({ file, result });
  }
  if (flags.json === true) {
    const { toJson } = await import('../output/json.ts');
    writeStdoutRaw(toJson(results.map(({ file, result }) => ({ file, ...gradcheckAsJson(result) }))));
  } else {
    const { gradcheckText } = await import('./show-gradcheck.ts');
    const screen = screenOf(process.stdout);
    writeStdoutRaw(results.map(({ file, result }) => `${gradcheckText(file, result, screen)}\n`).join('\n'));
  }
  const isContradicted = results.some(({ result }) => result.gradients.some(isWrong));
  return isContradicted ? exitCodes.contradicted : exitCodes.done;
}

/** Refuses a recording of which no gradient can be checked. */
function requireChecked(file: string, { gradients }: GradcheckResult): void {
  if (gradients.some(({ status }) => status !== 'unknown')) return;
  throw new UserError(
    gradients.length === 0
      ? {
          what: `${file} has no gradients`,
          expected: 'kernel_gradient or bias_gradient of at least one layer and step',
          received: 'other quantities alone',
          remedy: 'record them: trace.record(layer, kernel_gradient=…, bias_gradient=…)',
        }
      : {
          what: `${file} has no gradients at known weights`,
          expected: 'the gradients of step 0, or kernel and bias of every layer after the step before',
          received: 'gradients of later steps without the weights before them',
          remedy: 'record the weights too: trace.record(layer, kernel=…, bias=…)',
        },
  );
}
