import type { TableConfig, TableDataset } from './table-dataset.ts';

/** The datasets of this process, by their configs: these identify the contents, wherever they are. */
const loaded = new Map<string, TableDataset>();
const widths = new Map<string, number>();

/** Caches the rows of a table for the life of the process. */
export function rememberTable(dataset: TableDataset): TableDataset {
  const key = keyOf(dataset.config);
  loaded.set(key, dataset);
  widths.set(key, dataset.columns);
  return dataset;
}

/** The rows that a config describes, if this process has them. */
export function knownTable(config: TableConfig): TableDataset | undefined {
  return loaded.get(keyOf(config));
}

/** The number of their inputs. */
export function knownColumns(config: TableConfig): number | undefined {
  return widths.get(keyOf(config));
}

function keyOf({ sha256, target, task, features, categorical, missing, decimalComma }: TableConfig): string {
  return JSON.stringify([sha256, target, task, features, categorical, missing, decimalComma]);
}
