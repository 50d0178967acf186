import type { DatasetName } from './index.ts';
import { tableStart } from './table-formats.ts';
import { isTiff } from './tiff-directory.ts';

/** The dataset that reads a file, by its first bytes. Errors: UserError for one that cannot be read. */
export async function datasetOfFile(path: string): Promise<DatasetName> {
  return isTiff(await tableStart(path)) ? 'terrain' : 'table';
}
