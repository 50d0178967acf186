import { UserError } from '../errors.ts';
import { type DatasetName, datasetNames } from './index.ts';

/** The dataset that reads a file. Errors: none does. */
export async function datasetOfFile(path: string): Promise<DatasetName> {
  const found = datasetNames.find((name) => (name as string) === 'table');
  if (found !== undefined) return found;
  throw new UserError({
    what: `${path} is a file of a format that is not read`,
    expected: 'a folder with images',
    received: path,
    remedy: 'give a folder',
  });
}
