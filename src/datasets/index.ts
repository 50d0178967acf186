import type { Dataset, DatasetEntry, Sources } from './dataset.ts';
import { franke } from './franke.ts';
import { mnist } from './mnist.ts';

/** Every dataset; a new one is its own file, its test, and one line here. */
export const datasets = { franke, mnist };

export type DatasetName = keyof typeof datasets;
export const datasetNames = Object.keys(datasets) as DatasetName[];

/** The part of a trial's config that says which data it has. */
export type DataConfig = {
  [Name in DatasetName]: Parameters<(typeof datasets)[Name]['load']>[0];
}[DatasetName];

/** The entry of a dataset. TypeScript does not see that a name and its config belong together. */
export function datasetEntry(name: DatasetName): DatasetEntry<DataConfig> {
  return datasets[name] as unknown as DatasetEntry<DataConfig>;
}

/** The data of a trial. Errors: files that are not those of the config. */
export function loadData(config: DataConfig, seed: number, sources: Sources): Promise<Dataset> {
  return datasetEntry(config.dataset).load(config, seed, sources);
}
