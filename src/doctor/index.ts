import { readImages } from '../datasets/image-folder.ts';
import { divisorOf } from '../datasets/scale.ts';
import { sparseInputs } from '../datasets/sparse.ts';
import type { SharedData } from '../trial/shared-data.ts';
import { type Check, settled } from './check.ts';
import { checkData } from './check-data.ts';
import { checkDisk } from './check-disk.ts';
import { checkGolden } from './check-golden.ts';
import { checkMachine, checkReferences } from './check-machine.ts';
import { goldenFile, readGolden } from './golden.ts';

export type { Check } from './check.ts';

export interface DoctorOptions {
  readonly store: string;
  readonly dataDir: string | null;
  readonly stdout: NodeJS.WriteStream;
  /** A file of golden hashes to use instead of the bundled one. */
  readonly golden?: string;
}

/** Checks everything that results on this machine depend on: program, numbers, data, disk and other libraries. */
export async function examine({
  store,
  dataDir,
  stdout,
  golden = goldenFile,
}: DoctorOptions): Promise<Check[]> {
  const checks = await Promise.all([
    checkMachine(stdout),
    settled('golden hashes', () => checkNumbers(golden, dataDir)),
    settled('store', () => checkDisk(store)),
    settled('other libraries', checkReferences),
  ]);
  return checks.flat();
}

/** Checks the bundled data, the data in `dataDir`, and small runs on the bundled data. */
async function checkNumbers(goldenPath: string, dataDir: string | null): Promise<Check[]> {
  const golden = await readGolden(goldenPath);
  const given = dataDir === null ? [] : await settled('--data-dir', () => checkData(dataDir, golden.mnist));
  const bundled = await settled('MNIST', () => checkData(null, golden.mnist));
  // Without MNIST, the runs that need it report their own error.
  const shared = await shareMnist().catch(() => []);
  return [...bundled, ...given, ...(await checkGolden(golden, shared))];
}

/** Reads MNIST once for all threads. */
async function shareMnist(): Promise<SharedData> {
  const dataset = await readImages(null);
  const divisor = divisorOf('pixels', dataset.largest);
  const csr = sparseInputs(dataset, divisor, 'float32');
  return [{ name: 'images', dataset, matrices: csr === null ? [] : [{ divisor, dtype: 'float32', csr }] }];
}
