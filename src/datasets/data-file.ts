import { isIdx } from './idx.ts';
import type { DatasetName } from './index.ts';
import { formatOf, tableFormats, tableStart } from './table-formats.ts';
import { isTiff } from './tiff-directory.ts';

/** The dataset that reads a file, by its first bytes. Errors: UserError for one that cannot be read. */
export async function datasetOfFile(path: string): Promise<DatasetName> {
  const { hasImages } = await import('./image-npz.ts');
  const start = await tableStart(path);
  if (isTiff(start)) return 'terrain';
  return isIdx(start) || (formatOf(start) === tableFormats.npz && (await hasImages(path)))
    ? 'images'
    : 'table';
}
