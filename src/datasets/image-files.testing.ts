import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { imageFiles } from './image-layouts.ts';

// Writes small IDX files for tests.

export type ImagePart = keyof typeof imageFiles;
export const imageParts = Object.keys(imageFiles) as ImagePart[];

/** An IDX file of bytes: its header, then the values. */
export function idxBytes(sizes: readonly number[], values: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * sizes.length + values.length);
  bytes.set([0, 0, 8, sizes.length]);
  const view = new DataView(bytes.buffer);
  for (const [i, size] of sizes.entries()) view.setUint32(4 + 4 * i, size);
  bytes.set(Uint8Array.from(values), 4 + 4 * sizes.length);
  return bytes;
}

export interface SmallImages {
  readonly height: number;
  readonly width: number;
  readonly trainRows: number;
  readonly testRows: number;
  /** The label of a row. Test rows follow the training rows. */
  readonly label: (row: number) => number;
  readonly pixel: (row: number, y: number, x: number) => number;
}

/** Noise of 6 x 6 pixels under which each label has a pattern of its own. */
export const noise: SmallImages = {
  height: 6,
  width: 6,
  trainRows: 60,
  testRows: 20,
  label: (row) => (row * 7) % 10,
  pixel: (row, y, x) => ((row * 7) % 10 === (6 * y + x) % 10 ? 200 : 0) + ((row * 31 + y * 17 + x * 13) % 56),
};

/** The bytes of the four files. */
export function imageBytes(images: SmallImages): Record<ImagePart, Uint8Array> {
  const { height, width, trainRows, testRows, label, pixel } = images;
  const part = (from: number, rows: number) => {
    const pixels: number[] = [];
    for (let row = from; row < from + rows; row++) {
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) pixels.push(pixel(row, y, x));
    }
    const labels = Array.from({ length: rows }, (_, n) => label(from + n));
    return { images: idxBytes([rows, height, width], pixels), labels: idxBytes([rows], labels) };
  };
  const train = part(0, trainRows);
  const test = part(trainRows, testRows);
  return {
    trainImages: train.images,
    trainLabels: train.labels,
    testImages: test.images,
    testLabels: test.labels,
  };
}

/** Writes the four files into a folder, which is created; null leaves a file out. Returns the folder. */
export async function writeImages(
  folder: string,
  images: Partial<SmallImages> = {},
  changes: Partial<Record<ImagePart, Uint8Array | null>> = {},
  { gzip = false } = {},
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const bytes = { ...imageBytes({ ...noise, ...images }), ...changes };
  for (const part of imageParts) {
    const content = bytes[part];
    if (content === null) continue;
    const name = imageFiles[part] + (gzip ? '.gz' : '');
    await writeFile(join(folder, name), gzip ? gzipSync(content) : content);
  }
  return folder;
}
