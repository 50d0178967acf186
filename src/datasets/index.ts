import type { Dataset, DatasetEntry, Sources } from './dataset.ts';
import { franke } from './franke.ts';
import { mnist } from './mnist.ts';

/** Every dataset. A new one needs its own file, its test, and one line here. */
export const datasets = { franke, mnist };

export type DatasetName = keyof typeof datasets;
export const datasetNames = Object.keys(datasets) as DatasetName[];

/** The part of a trial's config that identifies its data. */
export type DataConfig = {
  [Name in DatasetName]: Parameters<(typeof datasets)[Name]['load']>[0];
}[DatasetName];

/** The entry of a dataset. TypeScript cannot tell that a config belongs to the dataset of that name. */
export function datasetEntry(name: DatasetName): DatasetEntry<DataConfig> {
  return datasets[name] as unknown as DatasetEntry<DataConfig>;
}

/** Loads the data of a trial. Errors: files that do not match the config. */
export function loadData(config: DataConfig, seed: number, sources: Sources): Promise<Dataset> {
  return datasetEntry(config.dataset).load(config, seed, sources);
}
