import type { Task } from '../stats/metrics.ts';
import type { DataFacts, DataNames, Dataset, DatasetEntry, Description, Sources } from './dataset.ts';
import { franke } from './franke.ts';
import { functionData } from './function.ts';
import { images } from './images.ts';
import { table } from './table.ts';
import { terrain } from './terrain.ts';

/** Every dataset. A new one needs its own file, its test, and one line here. */
export const datasets = { franke, function: functionData, images, table, terrain };

export type DatasetName = keyof typeof datasets;
export const datasetNames = Object.keys(datasets) as DatasetName[];

/** The part of a trial's config that identifies its data. */
export type DataConfig = {
  [Name in DatasetName]: Parameters<(typeof datasets)[Name]['load']>[0];
}[DatasetName];

/** Everything that a view may say of the data of some trials. It follows from their config, except for the label. */
export interface DataDescription extends Description, DataNames, Pick<DataFacts, 'columns' | 'classes'> {
  readonly dataset: DatasetName;
  readonly config: DataConfig;
  /** As in tables: see `dataName`. */
  readonly name: string;
  /** What the user calls the data; null for bundled and generated data. */
  readonly label: string | null;
}

/** The entry of a dataset. TypeScript cannot tell that a config belongs to the dataset of that name. */
export function datasetEntry(name: DatasetName): DatasetEntry<DataConfig> {
  return datasets[name] as unknown as DatasetEntry<DataConfig>;
}

/** Loads the data of a trial. Errors: files that do not match the config. */
export function loadData(config: DataConfig, seed: number, sources: Sources): Promise<Dataset> {
  return datasetEntry(config.dataset).load(config, seed, sources);
}

/** The task of the data of a config. */
export function taskOf(config: DataConfig): Task {
  return datasetEntry(config.dataset).taskOf(config);
}

/** What tables call the data of a config: "franke", or "sha256:" and 12 digits for data from files. */
export function dataName(config: DataConfig): string {
  return datasetEntry(config.dataset).dataName(config);
}

export function describeData(
  config: DataConfig,
  {
    columns,
    classes,
    featureNames,
    targetName,
    classNames,
  }: DataNames & Pick<DataFacts, 'columns' | 'classes'>,
  label: string | null,
): DataDescription {
  const { dataset } = config;
  const entry = datasetEntry(dataset);
  return {
    dataset,
    config,
    name: dataName(config),
    label,
    ...entry.describe(config, label),
    columns,
    classes,
    ...(featureNames === undefined ? {} : { featureNames }),
    ...(targetName === undefined ? {} : { targetName }),
    ...(classNames === undefined ? {} : { classNames }),
  };
}
