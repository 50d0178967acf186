import { Option } from 'commander';
import type { Sources } from '../datasets/dataset.ts';
import { checkLabel } from '../datasets/label.ts';
import { parseLabelNames } from '../datasets/label-names.ts';
import { UserError } from '../errors.ts';

/** What the user typed to choose data from files. */
interface DataFlags {
  readonly dataDir?: string | undefined;
  readonly dataName?: string | undefined;
  readonly labelNames?: string | undefined;
}

/** Where the data are and what the user calls them. Errors: an empty path, a name without a path or that cannot be shown. */
export function sourcesOf({ dataDir, dataName, labelNames }: DataFlags): Sources {
  if (dataDir === '') {
    throw new UserError({
      what: '--data-dir is empty',
      expected: 'the path of a folder with images',
      received: dataDir,
      remedy: 'write --data-dir . for this folder, or leave it out for the bundled MNIST',
    });
  }
  const named = labelNames === undefined ? {} : { labelNames: parseLabelNames(labelNames) };
  if (dataName === undefined) return { dataDir: dataDir ?? null, ...named };
  if (dataDir === undefined) {
    throw new UserError({
      what: '--data-name names the data of --data-dir, which is missing',
      received: dataName,
      remedy: 'leave out --data-name, or give the folder of the data with --data-dir',
    });
  }
  return { dataDir, dataName: checkLabel(dataName), ...named };
}

/** The options that choose data from files. */
export function dataFlags(): Option[] {
  return [
    new Option(
      '--data-dir <dir>',
      'folder with images to use instead of the bundled MNIST: IDX files, CSV or .npz',
    ),
    new Option('--data-name <name>', "what titles call the data of --data-dir (default: the folder's name)"),
    labelNamesFlag(),
  ];
}

export function labelNamesFlag(): Option {
  return new Option(
    '--label-names <names>',
    'names of the classes, in the order of their labels: cat,dog,fox, or the path of a text file with one name a line',
  );
}
