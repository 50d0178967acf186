import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import definition from '../../experiments/activation-functions.ts';
import { counted } from '../errors.ts';
import { type FunctionValue, functionValues } from '../experiment/functions.ts';
import { figureNames } from '../figures/files.ts';
import type { Figure } from '../figures/index.ts';
import type { Look } from '../figures/look.ts';
import { activationNames } from '../nn/activations.ts';
import { type Difference, folderName, withDifferences } from '../output/folder-name.ts';
import type { FormatName } from '../output/formats.ts';
import type { Table } from '../output/table.ts';
import { parseChoice, parseList, parseNumber } from '../parsing/value-list.ts';
import { significant } from '../stats/significant.ts';
import { addExamples } from './examples.ts';
import { writeStderr, writeStdoutRaw } from './terminal.ts';

export const functionsFolder = folderName(definition.name);

interface Flags {
  readonly activation: string;
  readonly x: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly figures?: boolean;
}

/** `fys-nn activation-functions`: Figure 2 as a table. */
export function addActivationFunctionsCommand(program: Command): void {
  const { name, title, figure, activation, x } = definition;
  const command = program
    .command(name)
    .description(`${title} (${figure})`)
    .option('--activation <names>', 'activation functions to tabulate', activation.join(','))
    .option('--x <values>', 'arguments: a list, a..b or linspace(a,b,n)', x)
    .option('--out <dir>', `where to write the results (default: ${join('results', name)})`)
    .option('--json', 'print the values as JSON')
    .option('--no-figures', 'draw no figure')
    .option('--quiet', 'print no notes')
    .action(async (flags: Flags) => {
      const out = flags.out ?? join('results', withDifferences(name, differencesOf(flags)));
      writeStdoutRaw(await writeFunctions(flags, out));
      if (flags.quiet !== true) writeStderr(`wrote ${out}/`);
    });
  addExamples(command, [
    [`${name} --x "linspace(-3,3,61)"`, 'other arguments'],
    [`${name} --activation relu,sigmoid --json`, 'two functions, for programs'],
  ]);
}

/** Writes the values to a folder and returns the text to print. Also used by `fys-nn report`. */
export async function writeFunctions(
  flags: Partial<Flags>,
  out: string,
  formats?: readonly FormatName[],
): Promise<string> {
  const { name, title, figure } = definition;
  const { names, xs } = valuesOf(flags);
  const { tableFiles } = await import('../output/result-files.ts');
  const { tableToRecords, toJson } = await import('../output/json.ts');
  const { checkOutFolder, noteKept } = await import('./out-folder.ts');
  const { writeRunFolder } = await import('../output/run-folder.ts');
  const { programAndMachine } = await import('../output/manifest.ts');
  await checkOutFolder(out, await functionsNames(formats, flags.figures !== false));
  const values = functionValues(names, xs);
  const table = functionsTable(values);
  const files = tableFiles(name, `${title} (${figure})`, [table], formats);
  if (flags.figures !== false) {
    const { figureFiles } = await import('../figures/files.ts');
    const { functionsFigure } = await import('../figures/functions.ts');
    for (const [file, content] of await figureFiles([functionsFigure(definition, values)])) {
      files.set(file, content);
    }
  }
  const manifest = {
    ...{ experiment: name, title, figure, settings: { activation: names, x: xs } },
    ...{ run: { command: process.argv.slice(2) }, ...(await programAndMachine()) },
  };
  noteKept(out, await writeRunFolder(out, files, (listed) => toJson({ ...manifest, files: listed })));
  if (flags.json === true) return toJson(tableToRecords(table));
  return `${title} (${figure})\n\n${await sampleTable(values)}\n\n`;
}

/** The files that writeFunctions writes. */
export async function functionsNames(
  formats: readonly FormatName[] | undefined,
  withFigure: boolean,
): Promise<string[]> {
  const { tableNames } = await import('../output/result-files.ts');
  return [...tableNames(['functions'], formats), ...(withFigure ? figureNames('functions') : [])];
}

/** The functions and arguments to tabulate. */
function valuesOf({ activation, x }: Partial<Flags>) {
  const names = parseList(activation ?? definition.activation.join(','), '--activation').map((text) =>
    parseChoice(text, activationNames, '--activation'),
  );
  return { names, xs: parseList(x ?? definition.x, '--x').map((text) => parseNumber(text, '--x')) };
}

/** In what the table differs from the report's. */
function differencesOf(flags: Flags): Difference[] {
  const [own, given] = [valuesOf({}), valuesOf(flags)];
  const names = [...new Set(given.names)].sort();
  const isOwnX = given.xs.join() === own.xs.join();
  return [
    ...(names.join() === [...own.names].sort().join()
      ? []
      : [{ text: `activation-${names.join('+')}`, isExact: true, value: names }]),
    ...(isOwnX
      ? []
      : [
          {
            text: `x-${counted(given.xs.length, 'value').replace(' ', '-')}`,
            isExact: false,
            value: given.xs,
          },
        ]),
  ];
}

export async function isFunctionsFolder(folder: string): Promise<boolean> {
  const { readManifest } = await import('../output/earlier-run.ts');
  const manifest = await readManifest(folder);
  if (manifest !== null) return manifest.experiment === definition.name;
  const names: string[] = await readdir(folder).catch(() => []);
  return names.includes('functions.csv') && !names.includes('manifest.json');
}

/** Reads a folder that this command wrote and returns its figure. Used by `fys-nn plot`. */
export async function readFunctionsFigure(folder: string): Promise<(look: Partial<Look>) => Figure> {
  const { damagedResults } = await import('../figures/folder-errors.ts');
  const { parseCell, readTable } = await import('../figures/folder-table.ts');
  const { functionsFigure } = await import('../figures/functions.ts');
  const values: FunctionValue[] = [];
  const { writtenFiles } = await import('../output/earlier-run.ts');
  const columns = ['activation', 'x', 'value', 'gradient'];
  await readTable(folder, 'functions.csv', { columns }, await writtenFiles(folder), (row) => {
    values.push({
      activation: parseCell(row, 'activation', (text, name) => parseChoice(text, activationNames, name)),
      x: parseCell(row, 'x', parseNumber),
      value: parseCell(row, 'value', parseNumber),
      gradient: parseCell(row, 'gradient', parseNumber),
    });
  });
  if (values.length === 0) throw damagedResults(folder, 'functions.csv has no rows');
  return (look) => functionsFigure(definition, values, look);
}

function functionsTable(values: readonly FunctionValue[]): Table {
  return {
    name: 'functions',
    description: 'values and gradients of the activation functions',
    columns: [
      { name: 'activation', type: 'string', description: 'name of the function' },
      { name: 'x', type: 'number', description: 'argument' },
      { name: 'value', type: 'number', description: 'f(x)' },
      { name: 'gradient', type: 'number', description: "f'(x)" },
    ],
    primaryKey: ['activation', 'x'],
    rows: values.map(({ activation, x, value, gradient }) => [activation, x, value, gradient]),
  };
}

/** A table for the terminal with at most eleven evenly spaced arguments; the CSV file has all of them. */
async function sampleTable(values: readonly FunctionValue[]): Promise<string> {
  const { renderTable } = await import('./text-table.ts');
  const xs = [...new Set(values.map(({ x }) => x))];
  const picked = [
    ...new Set(Array.from({ length: 11 }, (_, i) => xs[Math.round((i * (xs.length - 1)) / 10)])),
  ];
  const names = [...new Set(values.map(({ activation }) => activation))];
  const rows = picked.map((x) => [
    String(x),
    ...names.flatMap((name) => {
      const { value, gradient } = values.find((row) => row.activation === name && row.x === x)!;
      return [value, gradient].map((number) => String(significant(number, 3)));
    }),
  ]);
  const header = ['x', ...names.flatMap((name) => [name, 'gradient'])];
  const color = process.stdout.isTTY && process.stdout.hasColors();
  return renderTable(header, rows, { align: header.map(() => 'right'), color });
}
