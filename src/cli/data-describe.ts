import { type Command, Option } from 'commander';
import { addExamples } from './examples.ts';
import { type TableFlags, tableChoicesOf, tableFlags } from './table-flags.ts';
import { printableJson, writeStdout, writeStdoutRaw } from './terminal.ts';

interface Flags extends TableFlags {
  readonly json?: boolean;
  readonly all?: boolean;
}

/** The columns that a terminal shows unless the user wants all. */
const mostColumns = 40;

/** `fys-nn data describe`: what a table holds, and what `train` would do with it. */
export function addDescribeCommand(data: Command): void {
  const command = data
    .command('describe')
    .argument('<file>', 'a table (CSV, TSV, npz, Parquet), or the name of a built-in one')
    .description('Say what a table holds: columns, ranges, missing values, and what train would do with it');
  for (const option of tableFlags()) command.addOption(option);
  command
    .addOption(new Option('--all', `every column, also of tables with more than ${mostColumns}`))
    .addOption(new Option('--json', 'as JSON'));
  addExamples(command, [
    ['data describe iris', 'its columns, and what train would do'],
    ['data describe breast-cancer --missing drop --drop area_mean', 'with choices of train'],
    ['data describe iris --json', 'for programs'],
  ]);
  command.action(async (file: string, flags: Flags) => {
    const { describedTable, describedTableText } = await import('./table-description.ts');
    const description = await describedTable(file, tableChoicesOf(flags));
    if (flags.json === true) writeStdoutRaw(`${printableJson(JSON.stringify(description, null, 2))}\n`);
    else writeStdout(...describedTableText(description, flags.all === true ? null : mostColumns));
  });
}
