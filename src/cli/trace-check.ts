import type { Command } from 'commander';
import type { CheckResult } from '../diagnosis/check-result.ts';
import { exitCodes, UserError } from '../errors.ts';
import { addExamples } from './examples.ts';
import { screenOf } from './screen.ts';
import type { SetStatus } from './status.ts';
import { writeStderr, writeStdoutRaw } from './terminal.ts';
import { checkPage, writePage } from './trace-page.ts';
import { toleranceOf } from './trace-tolerance.ts';

interface TraceCheckFlags {
  readonly tolerance: string;
  readonly json?: boolean;
  readonly html?: string;
}

/** `fys-nn trace check FILE...`: where a program's own numbers first differ from the exercise's, and why. */
export function addTraceCheckCommand(trace: Command, setStatus: SetStatus): void {
  const command = trace
    .command('check')
    .description('Find the first number of your own backpropagation that is wrong, and what makes it so')
    .argument('<files...>', 'what your program recorded, written by fys_trace.py or in the same format')
    .option('--tolerance <x>', 'largest relative difference that counts as rounding', '1e-10')
    .option('--json', 'print as JSON')
    .option('--html <file>', 'also write a page of one recording: network, equation, numbers and cause')
    .addHelpText(
      'after',
      '\nEach recorded quantity is compared with what follows from the numbers recorded\n' +
        'before it, in the order in which a step computes them. Known mistakes are then\n' +
        'tried one by one: those that reproduce your numbers are named.\n' +
        'Exit status: 3 if something differs; 2 if a file cannot be checked, after the\nresults of the others.',
    )
    .action(async (files: string[], flags: TraceCheckFlags) => setStatus(await runCheck(files, flags)));
  addExamples(command, [
    ['trace check mine.json', 'the first difference, and its cause'],
    [
      'trace check mine.json --html mine.html',
      'the same with a drawing and the equation, to print or to send',
    ],
    ['trace check mine.json --json', 'for programs'],
  ]);
}

async function runCheck(files: readonly string[], flags: TraceCheckFlags): Promise<number> {
  const { readRecording } = await import('../trace/read-recording.ts');
  const { checkRecording } = await import('../diagnosis/check-recording.ts');
  const { shapeError } = await import('../trace/shape-error.ts');
  const tolerance = toleranceOf(flags.tolerance);
  if (flags.html !== undefined) await checkPage(flags.html, files);
  const checked = async (file: string): Promise<CheckResult> => {
    const recording = await readRecording(file);
    const result = checkRecording(recording, tolerance);
    const { first } = result;
    if (first !== null && first.ours === null && first.explanations.length === 0)
      throw shapeError(file, recording, first.quantity.batch, first.quantity.place);
    return result;
  };
  const results: { file: string; result: CheckResult }[] = [];
  const refused = new Map<string, UserError>();
  for (const file of files) {
    try {
      results.push({ file, result: await checked(file) });
    } catch (error) {
      // Of several files, the others are checked all the same.
      if (!(error instanceof UserError) || files.length === 1) throw error;
      refused.set(file, error);
    }
  }
  if (flags.json === true) {
    const { toJson } = await import('../output/json.ts');
    const { checkAsJson } = await import('../diagnosis/check-json.ts');
    const entries = [
      ...results.map(({ file, result }) => ({ file, ...checkAsJson(result) })),
      ...[...refused].map(([file, { message }]) => ({ file, error: message })),
    ].toSorted((a, b) => files.indexOf(a.file) - files.indexOf(b.file));
    writeStdoutRaw(toJson(entries));
  } else {
    const { checkText } = await import('./show-check.ts');
    const screen = screenOf(process.stdout);
    writeStdoutRaw(results.map(({ file, result }) => `${checkText(file, result, screen)}\n`).join('\n'));
  }
  if (flags.html !== undefined) await writePage(flags.html, results[0], flags.tolerance);
  for (const { message } of refused.values()) writeStderr(...`error: ${message}`.split('\n'));
  if (refused.size > 0) return exitCodes.usage;
  return results.some(({ result }) => result.first !== null) ? exitCodes.contradicted : exitCodes.done;
}
