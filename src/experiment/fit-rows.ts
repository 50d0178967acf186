import type { Sources } from '../datasets/dataset.ts';
import { type DatasetName, datasetEntry, describeData } from '../datasets/index.ts';
import type { SettingLists, Settings } from './options.ts';

export interface FittedRows {
  readonly lists: SettingLists;
  readonly notes: readonly string[];
}

/** The share of test rows of data without a test part of their own. */
const usualShare = 0.2;

/**
 * The lists with defaults of the rows that fit other data than the report's: what the user did not give asks for no more
 * rows than there are. Test rows that would be more than half of the rows become the share of the data's own test part, or a fifth.
 */
export async function fitRows(
  dataset: DatasetName,
  lists: SettingLists,
  given: SettingLists,
  first: Settings,
  sources: Sources,
): Promise<FittedRows> {
  const entry = datasetEntry(dataset);
  if (!entry.fromFiles || sources.dataDir === null) return { lists, notes: [] };
  if (given.samples !== undefined && given.testSize !== undefined) return { lists, notes: [] };
  const { config, facts } = await entry.resolve(first, sources);
  const { rows, canonicalTrainRows } = facts;
  if (describeData(config, facts, null).isReports) return { lists, notes: [] };
  const fitted: { -readonly [name in keyof SettingLists]: SettingLists[name] } = { ...lists };
  const words: string[] = [];
  const [wanted] = lists.samples!;
  if (given.samples === undefined && wanted !== 'all' && Number(wanted) > rows) {
    fitted.samples = ['all'];
    words.push(`rows: all ${rows} in {dataDir}, which has fewer than ${wanted}`);
  }
  const totals = fitted.samples!.map((count) => (count === 'all' ? rows : Number(count)));
  const total = Math.min(...totals);
  const testRows = Number(lists.testSize![0]);
  const published = canonicalTrainRows === null ? rows * usualShare : rows - canonicalTrainRows;
  const unpublished =
    canonicalTrainRows !== null &&
    lists.split!.includes('canonical') &&
    (testRows > published || Math.max(...totals) - testRows > canonicalTrainRows);
  if (given.testSize === undefined && (2 * testRows > total || unpublished)) {
    const share = Math.max(1, Math.round((total * published) / rows));
    fitted.testSize = [share];
    words.push(
      `test rows: ${share} of ${total} in place of ${testRows}${canonicalTrainRows === null ? '' : ", as in the data's own split"}`,
    );
  }
  return { lists: fitted, notes: words.length === 0 ? [] : [words.join('; ')] };
}
