import type { DataFacts, Sources } from '../datasets/dataset.ts';
import {
  type DataConfig,
  type DataDescription,
  type DatasetName,
  datasetEntry,
  describeData,
} from '../datasets/index.ts';
import { labelOf } from '../datasets/label.ts';
import { checkSplit, type SplitConfig, type SplitMethod } from '../datasets/split.ts';
import { UserError } from '../errors.ts';
import type { Settings } from '../parsing/option.ts';

/** The data that settings describe, and facts that only the data can give. */
export interface ResolvedData {
  readonly data: DataConfig;
  readonly split: SplitConfig;
  /** Not part of a config: they follow from `data`. */
  readonly facts: DataFacts;
  /** What views say of the data. Not part of a config either. */
  readonly description: DataDescription;
  /** What the user should know of them, each a sentence without a full stop. */
  readonly notes: readonly string[];
}

/** Resolves settings to data and a split. Errors: missing or damaged data, more rows than they have. */
export async function resolveData(
  name: DatasetName,
  settings: Settings,
  sources: Sources,
): Promise<ResolvedData> {
  const { config, facts, notes = [] } = await datasetEntry(name).resolve(withDataSeed(settings), sources);
  const { fromFiles } = datasetEntry(name);
  const description = describeData(config, facts, fromFiles ? labelOf(sources) : null);
  // There are as many generated rows as were asked for, or as a grid has points.
  const split = splitOf(fromFiles ? settings : { ...settings, samples: 'all' }, facts);
  return { data: config, split, facts, description, notes };
}

/** A key that is the same for all settings that resolve to the same data. */
export function dataKey(name: DatasetName, settings: Settings): string {
  const { options, resolvesPerSeed } = datasetEntry(name);
  const { samples, testSize, validationSize, folds, split, stratify, seed } = withDataSeed(settings);
  const own = Object.keys(options).map((option) => settings[option]);
  const sizes = [samples, testSize, validationSize, folds, split, stratify];
  return JSON.stringify([sizes, own, resolvesPerSeed(settings) ? seed : null]);
}

/** The settings with the seed that the data are drawn from. */
function withDataSeed(settings: Settings): Settings {
  return typeof settings.dataSeed === 'number' ? { ...settings, seed: settings.dataSeed } : settings;
}

function splitOf(settings: Settings, facts: DataFacts): SplitConfig {
  const { samples, testSize, validationSize = 0, folds = 'none', split } = settings;
  const total = samples === 'all' ? facts.rows : (samples as number);
  const testRows = rowsOf(total, testSize as number);
  if (testRows >= total) {
    throw new UserError({
      what: '{testSize} leaves no rows to train on',
      expected: `fewer than ${total} test rows`,
      received: testRows,
      remedy: 'lower it, or raise {samples}',
    });
  }
  const trainRows = total - testRows;
  const validationRows = rowsOf(trainRows, validationSize as number);
  const config: SplitConfig = {
    method: split as SplitMethod,
    trainRows,
    testRows,
    ...(validationRows > 0 ? { validationRows } : {}),
    ...(folds === 'none' ? {} : { folds: folds as number }),
    ...(settings.stratify === 'yes' ? { stratified: true } : {}),
  };
  checkSplit(facts, config);
  return config;
}

/**
 * A number of test or validation rows: a count is returned unchanged, a share of the rows is rounded up. A product that equals a
 * whole number up to rounding errors becomes that number: 7 % of 100 rows are 7, although 100 x 0.07 in float64 is
 * above 7.
 */
export function rowsOf(total: number, size: number): number {
  if (size >= 1) return size;
  const rows = total * size;
  const nearest = Math.round(rows);
  return Math.abs(rows - nearest) <= 4 * Number.EPSILON * rows ? nearest : Math.ceil(rows);
}
