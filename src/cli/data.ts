import type { Command } from 'commander';
import { type BuiltIn, builtIns } from '../datasets/built-in.ts';
import type { Dataset, DatasetOption, Description } from '../datasets/dataset.ts';
import { type DatasetName, datasetEntry, datasetNames, datasets } from '../datasets/index.ts';
import { knownImages } from '../datasets/known-images.ts';
import { knownTables } from '../datasets/known-tables.ts';
import { labelOf } from '../datasets/label.ts';
import { UserError } from '../errors.ts';
import { checkGrid } from '../experiment/no-effect.ts';
import { flagOf, type OptionName, options, parseOption, type Setting } from '../experiment/options.ts';
import { frankeSettings } from '../experiment/presets.ts';
import { parseChoice, parseInteger } from '../parsing/value-list.ts';
import { addDescribeCommand } from './data-describe.ts';
import { sourcesOf } from './data-flags.ts';
import { addExamples } from './examples.ts';
import { olderFlags, settingFlag } from './flags.ts';
import { onInterrupt } from './interrupt.ts';
import { writeStderr, writeStdout } from './terminal.ts';

const formats = ['idx', 'csv'] as const;

interface Flags extends Readonly<Partial<Record<OptionName, string>>> {
  readonly first?: string;
  readonly format: string;
  readonly out: string;
  readonly dataDir?: string;
}

/** `fys-nn data`: lists the datasets and exports them as files. */
export function addDataCommand(program: Command): void {
  const data = program
    .command('data')
    .description('List the datasets, describe a table, or export data')
    .helpCommand(false);
  addExamples(data, [
    ['data list', 'sources and licences'],
    ['data describe iris', 'columns, ranges and missing values of a table'],
    ['data export franke --samples 100', 'as CSV'],
  ]);
  const list = data
    .command('list')
    .description('List the datasets, their sources and licences')
    .action(() => {
      for (const [name, { description, source, license }] of Object.entries(datasets)) {
        writeStdout(`${name}: ${description}`, `  source:  ${source}`, `  licence: ${license}`);
      }
      writeStdout('tables that are built in, by their names after --data:');
      for (const [name, { description, sha256 }] of builtInTables) {
        const { source, license } = knownTables[sha256!];
        writeStdout(`  ${name}: ${description}, by ${source} (licence: ${license})`);
      }
      writeStdout('images that are recognised in any folder given with --data-dir:');
      for (const { title, source, license } of Object.values(knownImages)) {
        writeStdout(`  ${title}, by ${source} (licence: ${license})`);
      }
    });
  addExamples(list, [
    ['data list', 'sources and licences'],
    ['data list --help', 'this help'],
  ]);
  addDescribeCommand(data);
  const exporting = data
    .command('export')
    .argument('<dataset>', exportable.join(', '))
    .description('Write a dataset as IDX or CSV files')
    .option('--first <n>', 'only the first n rows of the training set and of the test set')
    .option('--format <name>', formats.join(' or '), 'csv')
    .option('--out <dir>', 'where to write the files', 'data/downloads');
  exporting.option(
    '--data-dir <path>',
    'images: folder with images to use instead of the bundled ones; terrain: the GeoTIFF file',
  );
  for (const name of Object.keys(optionDefaults) as OptionName[]) {
    const { description } = options[name];
    exporting.addOption(
      settingFlag(name, `${ownersOf(name).join(', ')}: ${description} (default: ${defaultsText(name)})`),
    );
  }
  for (const option of olderFlags(exporting.options)) exporting.addOption(option);
  addExamples(exporting, [
    ['data export mnist --first 100 --format idx --out small', 'the first images of both parts'],
    ['data export franke --samples 100 --noise 0 --out franke', 'points on the surface, as CSV'],
    ['data export breast-cancer --out .', 'a bundled table'],
    ['data export formula --formula "exp(-x^2)" --domain -2:2 --grid 100', 'a function of your own'],
  ]);
  exporting.action(async (name: string, flags: Flags) => {
    const choice = parseChoice(name, exportable, '<dataset>');
    const table = builtInTables.find(([known]) => known === choice)?.[1];
    if (table !== undefined) return exportTable(choice, table, flags);
    const builtIn = aliases[choice] ?? { dataset: choice as DatasetName };
    const { dataset, title, source, license } = await loadRows(choice, builtIn, flags);
    const { checkOutputDirectory } = await import('../files/write-files.ts');
    await checkOutputDirectory(flags.out, '--out');
    const format = parseChoice(flags.format, formats, '--format');
    const { exportCsv, exportIdx } = await import('../datasets/export.ts');
    const write = format === 'idx' ? exportIdx : exportCsv;
    const { removeUnfinished } = await import('../files/write-whole.ts');
    onInterrupt(removeUnfinished);
    const files = await write(
      dataset,
      flags.first === undefined ? null : parseInteger(flags.first, '--first', 1),
      flags.out,
    );
    writeStdout(...files);
    const credit = source === null ? '' : `; source: ${source}; licence: ${license}`;
    writeStderr(`${title}${credit}`);
  });
}

/** Built-in data of a dataset, by the name that people know. */
const aliases: Readonly<Record<string, BuiltIn>> = Object.fromEntries(
  Object.entries<BuiltIn>(builtIns).filter(([name, { file }]) => file === undefined && !(name in datasets)),
);

/** Tables that are bundled. */
const builtInTables = Object.entries<BuiltIn>(builtIns).filter(([, { file }]) => file !== undefined);

/** Data that can be written as files: a user's tables are files already. */
const exportable = [
  ...datasetNames.filter((name) => name !== 'table'),
  ...Object.keys(aliases),
  ...builtInTables.map(([name]) => name),
];

/** Writes a bundled table, or its first rows, as CSV. Errors: flags of other data. */
async function exportTable(name: string, { file, sha256 }: BuiltIn, flags: Flags): Promise<void> {
  const others = [...(Object.keys(optionDefaults) as OptionName[]), 'dataDir'] as (keyof Flags)[];
  const other = others.find((flag) => flags[flag] !== undefined);
  if (other !== undefined) {
    const flag = other === 'dataDir' ? '--data-dir' : flagOf(other as OptionName);
    throw doesNotApply(flag, flags[other], name);
  }
  if (flags.format !== 'csv') throw doesNotApply('--format', flags.format, name);
  const { checkOutputDirectory } = await import('../files/write-files.ts');
  await checkOutputDirectory(flags.out, '--out');
  const { exportTableFile } = await import('../datasets/export.ts');
  const { removeUnfinished } = await import('../files/write-whole.ts');
  onInterrupt(removeUnfinished);
  const first = flags.first === undefined ? null : parseInteger(flags.first, '--first', 1);
  writeStdout(await exportTableFile(name, file!, first, flags.out));
  const { title, source, license } = knownTables[sha256!];
  writeStderr(`${title}; source: ${source}; licence: ${license}`);
}

function isBundled(name: string, received: string): UserError {
  return new UserError({
    what: `--data-dir does not apply to ${name}, which is bundled`,
    expected: `data export ${aliases[name].dataset} --data-dir DIR`,
    received,
    remedy: `write ${aliases[name].dataset} instead of ${name}`,
  });
}

/** Generates or reads a dataset according to the flags. Errors: flags of another dataset. */
async function loadRows(
  choice: string,
  { dataset: name, settings: known }: Pick<BuiltIn, 'dataset' | 'settings'>,
  flags: Flags,
): Promise<Description & { dataset: Dataset }> {
  if (choice in aliases && flags.dataDir !== undefined && datasets[name].fromFiles)
    throw isBundled(choice, flags.dataDir);
  const entry = datasetEntry(name);
  const accepted = optionNamesOf(name);
  for (const flag of Object.keys(optionDefaults) as OptionName[]) {
    if (flags[flag] !== undefined && !accepted.includes(flag))
      throw doesNotApply(flagOf(flag), flags[flag], name);
  }
  if (flags.dataDir !== undefined && !entry.fromFiles) throw doesNotApply('--data-dir', flags.dataDir, name);
  checkGrid(
    Object.fromEntries(
      accepted.flatMap((option) => (flags[option] === undefined ? [] : [[option, [flags[option]]]])),
    ),
  );
  const settings = Object.fromEntries(
    accepted.map((option) => [
      option,
      singleSetting(option, flags[option]) ?? known?.[option] ?? defaultOf(option, name),
    ]),
  );
  const sources = sourcesOf(flags);
  const { config } = await entry.resolve(settings, sources);
  const dataset = await entry.load(config, Number(settings.seed ?? 0), sources);
  return { dataset, ...entry.describe(config, labelOf(sources)) };
}

/** The options of generated data with the report's values, and each dataset's own options. */
const optionDefaults: Readonly<Partial<Record<OptionName, Setting>>> = {
  seed: frankeSettings.seed,
  samples: frankeSettings.samples,
  ...Object.fromEntries(
    Object.values(datasets).flatMap((entry) =>
      Object.entries(entry.options as Record<string, DatasetOption>).map(([name, option]) => [
        name,
        option.default,
      ]),
    ),
  ),
};

function optionNamesOf(name: DatasetName): OptionName[] {
  const { options: own, fromFiles } = datasetEntry(name);
  return [...(fromFiles ? [] : ['seed', 'samples']), ...Object.keys(own)] as OptionName[];
}

/** The datasets that take an option, such as "franke". */
function ownersOf(option: OptionName): DatasetName[] {
  return datasetNames.filter((name) => optionNamesOf(name).includes(option));
}

/** "1000", or "1 for franke, 0 for function" where datasets differ. */
function defaultsText(option: OptionName): string {
  const byOwner = ownersOf(option).map((name) => [name, defaultOf(option, name)] as const);
  return new Set(byOwner.map(([, value]) => value)).size === 1
    ? String(byOwner[0][1])
    : byOwner.map(([name, value]) => `${value} for ${name}`).join(', ');
}

function defaultOf(option: OptionName, dataset: DatasetName): Setting {
  return datasetEntry(dataset).options[option]?.default ?? optionDefaults[option]!;
}

function doesNotApply(flag: string, received: unknown, dataset: string): UserError {
  return new UserError({
    what: `${flag} does not apply to ${dataset}`,
    expected: 'only options of this dataset (see --help)',
    received,
    remedy: `leave out ${flag}`,
  });
}

/** The single value of an option that is given; experiments allow a list here. */
function singleSetting(name: OptionName, text: string | undefined): Setting | undefined {
  if (text === undefined) return undefined;
  const values = parseOption(name, text);
  if (values.length === 1) return values[0];
  throw new UserError({
    what: `${flagOf(name)} takes one value here`,
    expected: 'one value',
    received: text,
    remedy: 'export each of them with a command of its own',
  });
}
