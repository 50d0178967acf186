import { basename, dirname, extname } from 'node:path';
import { type Command, Option } from 'commander';
import type { Check } from '../check/check.ts';
import type { VerdictFormatName } from '../claims/verdict-formats.ts';
import { counted, exitCodes, UserError } from '../errors.ts';
import { parseChoice } from '../parsing/value-list.ts';
import { checkReplaceable, type ReportFile } from './earlier-report.ts';
import { addExamples } from './examples.ts';
import type { SetStatus } from './status.ts';
import { writeStderr, writeStdoutRaw } from './terminal.ts';

interface CheckFlags {
  readonly baseline?: string;
  readonly tolerance: readonly string[];
  readonly format?: string;
  readonly output?: string;
}

/** `fys-nn check RESULTS --baseline DIR`: which numbers have changed since the baseline? */
export function addCheckCommand(program: Command, setStatus: SetStatus): void {
  const command = program
    .command('check')
    .description('Compare a folder of results with an earlier one, row by row')
    .argument('<results>', 'results/, or the folder of one experiment')
    .addOption(new Option('--baseline <dir>', 'the folder to compare with'))
    .addOption(
      new Option(
        '--tolerance <list>',
        'allowed difference: 1e-9 or rel:1e-9 (relative to the baseline), abs:0.01, or for one column test_mse=rel:0.01',
      )
        .argParser((text: string, before: readonly string[]) => [...before, text])
        .default([], 'none, numbers must be equal'),
    )
    .addOption(
      new Option('--format <name>', 'markdown, json, junit or csv (default: a table for the terminal)'),
    )
    .addOption(
      new Option(
        '--output <file>',
        'write to a file; without --format, its ending selects the format: .md, .json, .xml or .csv',
      ),
    )
    .addHelpText(
      'after',
      '\nEvery row of the baseline must be present and unchanged. Exit status:\n' +
        '0 all are, 3 something has changed, 4 something is missing but nothing has\n' +
        'changed, 2 the folders cannot be compared.',
    )
    .action(async (results: string, flags: CheckFlags) => setStatus(await runCheck(results, flags)));
  addExamples(command, [
    ['check results --baseline baseline', 'every number of every table'],
    ['check results --baseline baseline --tolerance 1e-9 --output check.xml', 'for a CI server'],
  ]);
}

async function runCheck(results: string, flags: CheckFlags): Promise<number> {
  if (flags.baseline === undefined) {
    throw new UserError({
      what: '--baseline is missing',
      expected: 'an earlier folder of results',
      remedy: 'run fys-nn check results --baseline DIR',
    });
  }
  const { readTables } = await import('../output/read-tables.ts');
  const { checkTables } = await import('../check/check.ts');
  const { checkBelongs } = await import('../check/belongs.ts');
  const { parseTolerances } = await import('../check/tolerance.ts');
  const { checkReport } = await import('../check/check-report.ts');
  const { verdictFormats } = await import('../claims/verdict-formats.ts');
  if (flags.output !== undefined) await checkReplaceable(reportFile(flags.output));
  const format = await chosenFormat(flags);
  const tolerances = parseTolerances(flags.tolerance);
  const baseline = await readTables(flags.baseline);
  await checkBelongs(flags.baseline, baseline);
  const now = await readTables(results, undefined, baseline);
  await checkBelongs(results, new Map([...now].filter(([file]) => baseline.has(file))));
  const check = checkTables(baseline, now, tolerances);
  const text = format === null ? null : await verdictFormats[format].render(checkReport(check));
  if (text !== null && flags.output !== undefined) {
    const { writeFiles } = await import('../files/write-files.ts');
    await writeFiles(dirname(flags.output), new Map([[basename(flags.output), text]]));
  }
  writeStdoutRaw(text === null || flags.output !== undefined ? await terminalText(check) : text);
  for (const note of check.notes) writeStderr(note);
  if (check.differences.some(({ verdict }) => verdict === 'contradicted')) return exitCodes.contradicted;
  return check.differences.length > 0 ? exitCodes.incomplete : exitCodes.done;
}

const reportFile = (path: string): ReportFile => ({
  ...{ path, option: '--output', command: 'fys-nn check', usual: 'check.xml' },
  starts: [
    /^### fys-nn check/,
    /^\{\s*"summary": "[^"]* of the baseline: /,
    /^<\?xml[\s\S]*classname="fys-nn check"/,
    /^file,row,column,baseline,now,difference,/,
  ],
});

/** The requested format: named by --format, or selected by the ending of --output. */
async function chosenFormat({ format, output }: CheckFlags): Promise<VerdictFormatName | null> {
  const { verdictFormatNames, verdictFormats } = await import('../claims/verdict-formats.ts');
  if (format !== undefined) return parseChoice(format, verdictFormatNames, '--format');
  if (output === undefined) return null;
  const extension = extname(output).slice(1);
  const name = verdictFormatNames.find((one) => verdictFormats[one].extension === extension);
  if (name !== undefined) return name;
  throw new UserError({
    what: '--output has an ending that selects no format',
    expected: `a file that ends in ${verdictFormatNames.map((one) => `.${verdictFormats[one].extension}`).join(', ')}`,
    received: output,
    remedy: `add --format ${verdictFormatNames[0]}`,
  });
}

/** What has moved, by file and column, and the summary, as text for a terminal. */
async function terminalText(check: Check): Promise<string> {
  const mostColumns = 12;
  const { checkSummary } = await import('../check/check-report.ts');
  const summary = `${checkSummary(check)}\n`;
  if (check.differences.length === 0) return summary;
  const { movedFiles } = await import('../check/check-groups.ts');
  const { renderTable } = await import('./text-table.ts');
  const color = process.stdout.isTTY && process.stdout.hasColors();
  const width = process.stdout.columns ?? 80;
  const parts = movedFiles(check).map(({ heading, common, columns }) => {
    const rows = columns
      .slice(0, mostColumns)
      .map(({ column, rows: count, change, where }) => [
        column,
        count === 0 ? '' : String(count),
        change,
        where,
      ]);
    const header = ['column', 'rows', 'largest change', 'in the row'];
    const table = renderTable(header, rows, { align: ['left', 'right', 'left', 'left'], color, width });
    const left = columns.length - mostColumns;
    const more = left > 0 ? `\n... and ${counted(left, 'column')} more: --format csv lists all` : '';
    return [heading, ...(common === '' ? [] : [common]), table].join('\n') + more;
  });
  return `${parts.join('\n\n')}\n\n${summary}`;
}
