import type { Command } from 'commander';
import type { Dataset } from '../datasets/dataset.ts';
import { type DatasetName, datasets } from '../datasets/index.ts';
import { UserError } from '../errors.ts';
import { type OptionName, options, parseOption } from '../experiment/options.ts';
import { frankeSettings } from '../experiment/presets.ts';
import { parseChoice, parseInteger } from '../parsing/value-list.ts';
import { onInterrupt } from './interrupt.ts';
import { print } from './terminal.ts';

const formats = ['idx', 'csv'] as const;

interface Flags {
  readonly first?: string;
  readonly format: string;
  readonly out: string;
  readonly dataDir?: string;
  readonly seed?: string;
  readonly samples?: string;
  readonly noise?: string;
  readonly target?: string;
}

/** `fys-nn data`: what there is, and how to take it along. */
export function addDataCommand(program: Command): void {
  const data = program.command('data').description('Look at the datasets or export them');
  data
    .command('list')
    .description('List the datasets, their sources and licences')
    .action(() => {
      for (const [name, { description, source, license }] of Object.entries(datasets)) {
        print(`${name}: ${description}`, `  source:  ${source}`, `  licence: ${license}`);
      }
    });
  data
    .command('export')
    .argument('<dataset>', Object.keys(datasets).join(' or '))
    .description('Write a dataset as IDX or CSV files')
    .option('--first <n>', 'only the first n rows of the training and of the test set')
    .option('--format <name>', formats.join(' or '), 'csv')
    .option('--out <dir>', 'where the files go', 'data/downloads')
    .option('--data-dir <dir>', 'mnist: folder with four IDX files in place of those that come along')
    .option('--seed <n>', `franke: seed (default: ${frankeSettings.seed})`)
    .option('--samples <n>', `franke: number of points (default: ${frankeSettings.samples})`)
    .option('--noise <x>', `franke: standard deviation of the noise (default: ${frankeSettings.noise})`)
    .option('--target <expression>', `franke: surface (default: ${frankeSettings.target})`)
    .action(async (name: string, flags: Flags) => {
      const dataset =
        await loaders[parseChoice(name, Object.keys(datasets) as DatasetName[], '<dataset>')](flags);
      const { checkOutputDirectory } = await import('../files/write-files.ts');
      await checkOutputDirectory(flags.out);
      const format = parseChoice(flags.format, formats, '--format');
      const { exportCsv, exportIdx } = await import('../datasets/export.ts');
      const { removeUnfinished } = await import('../files/write-whole.ts');
      const write = format === 'idx' ? exportIdx : exportCsv;
      onInterrupt(removeUnfinished);
      const files = await write(
        dataset,
        flags.first === undefined ? null : parseInteger(flags.first, '--first', 1),
        flags.out,
      );
      print(...files);
    });
}

const loaders: Record<DatasetName, (flags: Flags) => Promise<Dataset>> = {
  mnist: (flags) => {
    refuse(flags, ['seed', 'samples', 'noise', 'target'], 'mnist');
    return datasets.mnist.load(flags.dataDir ?? null);
  },
  franke: (flags) => {
    refuse(flags, ['dataDir'], 'franke');
    const { seed, samples, noise } = frankeSettings;
    const target = flags.target === undefined || flags.target === 'franke' ? null : flags.target;
    const config = { samples: one('samples', flags, samples), noise: one('noise', flags, noise), target };
    return datasets.franke.load(config, one('seed', flags, seed));
  },
};

/** Refuses options that belong to another dataset. */
function refuse(flags: Flags, names: readonly (keyof Flags)[], dataset: string): void {
  const given = names.find((name) => flags[name] !== undefined);
  if (given === undefined) return;
  const flag = given === 'dataDir' ? '--data-dir' : options[given as OptionName].flag;
  throw new UserError({
    what: `${flag} has no meaning for ${dataset}`,
    expected: 'options of that dataset only (see --help)',
    received: flags[given],
    remedy: `leave out ${flag}`,
  });
}

/** The one number of an option that takes a list elsewhere. */
function one(name: 'seed' | 'samples' | 'noise', flags: Flags, preset: number): number {
  const text = flags[name];
  if (text === undefined) return preset;
  const values = parseOption(name, text);
  if (values.length === 1 && typeof values[0] === 'number') return values[0];
  throw new UserError({
    what: `${options[name].flag} takes one number here`,
    expected: 'one number',
    received: text,
    remedy: 'export one dataset at a time',
  });
}
