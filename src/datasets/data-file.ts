import type { DatasetName } from './index.ts';

/** The dataset that reads a file. */
export async function datasetOfFile(_path: string): Promise<DatasetName> {
  return 'table';
}
