import { type Command, Option } from 'commander';
import type { Dataset } from '../datasets/dataset.ts';
import { type DatasetName, datasets } from '../datasets/index.ts';
import { UserError } from '../errors.ts';
import { parseOption } from '../experiment/options.ts';
import { parseChoice, parseInteger } from '../experiment/value-list.ts';

const formats = ['idx', 'csv'] as const;

interface Flags {
  readonly first?: string;
  readonly format: string;
  readonly out: string;
  readonly dataDir?: string;
  readonly seed: string;
  readonly samples: string;
  readonly noise: string;
  readonly target: string;
}

/** `fys-nn data`: what there is, and how to take it along. */
export function addDataCommand(program: Command): void {
  const data = program.command('data').description('Look at the datasets or export them');
  data
    .command('list')
    .description('List the datasets, their sources and licences')
    .action(() => {
      for (const [name, { description, source, license }] of Object.entries(datasets)) {
        process.stdout.write(`${name}: ${description}\n  source:  ${source}\n  licence: ${license}\n`);
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
    .addOption(new Option('--seed <n>', 'franke: seed').default('2020'))
    .addOption(new Option('--samples <n>', 'franke: number of points').default('1000'))
    .addOption(new Option('--noise <x>', 'franke: standard deviation of the noise').default('1'))
    .addOption(new Option('--target <expression>', 'franke: surface').default('franke'))
    .action(async (name: string, flags: Flags) => {
      const dataset =
        await loaders[parseChoice(name, Object.keys(datasets) as DatasetName[], '<dataset>')](flags);
      const format = parseChoice(flags.format, formats, '--format');
      const { exportCsv, exportIdx } = await import('../datasets/export.ts');
      const write = format === 'idx' ? exportIdx : exportCsv;
      const files = await write(dataset, flags.first === undefined ? null : positive(flags.first), flags.out);
      for (const file of files) process.stdout.write(`${file}\n`);
    });
}

const loaders: Record<DatasetName, (flags: Flags) => Promise<Dataset>> = {
  mnist: ({ dataDir }) => datasets.mnist.load(dataDir ?? null),
  franke: (flags) => {
    const one = (option: 'seed' | 'samples' | 'noise') => parseOption(option, flags[option])[0] as number;
    const target = flags.target === 'franke' ? null : flags.target;
    return datasets.franke.load({ samples: one('samples'), noise: one('noise'), target }, one('seed'));
  },
};

function positive(text: string): number {
  const count = parseInteger(text, '--first');
  if (count >= 1) return count;
  throw new UserError({
    what: '--first is out of range',
    expected: 'a whole number >= 1',
    received: text,
    remedy: 'leave it out for all rows',
  });
}
