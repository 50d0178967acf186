import type { Option, Setting, Settings } from '../parsing/option.ts';
import type { ShapeOf } from '../parsing/shape.ts';
import type { Task } from '../stats/metrics.ts';

/** A table of inputs and targets, all rows in memory. */
export interface Dataset {
  readonly name: string;
  readonly task: Task;
  readonly rows: number;
  /** D, the inputs of one row. */
  readonly columns: number;
  /** [rows][columns] row-major; an input's value is inputs[i] / divisor. */
  readonly inputs: Float64Array | Uint8Array;
  /** 1, or 255 for pixels. */
  readonly divisor: number;
  /** [rows] real values for regression, labels 0 .. classes - 1 for classification. */
  readonly targets: Float64Array | Uint8Array;
  /** 1 for regression. */
  readonly classes: number;
  /** How many of the first rows are the published training set; null where none was published. */
  readonly canonicalTrainRows: number | null;
  /** For images: [height, width], whose product is `columns`. */
  readonly imageShape?: readonly [number, number];
}

/** Where data lie on this machine: never part of a trial's config. */
export interface Sources {
  /** Folder with the four IDX files; null is the copy that is bundled. */
  readonly dataDir: string | null;
}

/** What a plan needs to know of data before a trial has them; the config's digest or settings stand for it. */
export interface DataFacts {
  /** Of all data, of which a trial may take a part. */
  readonly rows: number;
  readonly columns: number;
  readonly classes: number;
  readonly canonicalTrainRows: number | null;
  /** Whether most inputs are 0: then they are kept as sparse rows, unless they are centred. */
  readonly sparse: boolean;
}

/** An option of one dataset alone, with the value that it has unless an experiment or the user gives another. */
export type DatasetOption = Option & { readonly default: Setting };

/** All there is of one kind of data: how to choose it, describe it, and get its rows. */
export interface DatasetEntry<Config extends { readonly dataset: string } = { readonly dataset: string }> {
  /** In a title: "Franke function". */
  readonly title: string;
  /** In a list of all datasets. */
  readonly description: string;
  readonly source: string;
  readonly license: string;
  readonly task: Task;
  /** Whether it is read from files, which --data-dir can replace; otherwise it is generated from the seed. */
  readonly fromFiles: boolean;
  readonly options: Readonly<Record<string, DatasetOption>>;
  /** Fields of the config that are left out of a trial's id as long as they have these values. */
  readonly defaults: Partial<Config>;
  /** The config's form, without its `dataset`. */
  readonly schema: ShapeOf;
  /** Inputs of a row, as far as the config tells; used to guess how long a trial takes. */
  readonly columns: (config: Config) => number;
  /** Whether `resolve` looks at the seed; otherwise its answer is kept for all seeds. */
  readonly resolvesPerSeed: (settings: Settings) => boolean;
  /** From settings to the config, and what only the data know. Errors: data that are missing or damaged. */
  readonly resolve: (settings: Settings, sources: Sources) => Promise<{ config: Config; facts: DataFacts }>;
  /** The rows of a config. Errors: files that are not those of the config. */
  readonly load: (config: Config, seed: number, sources: Sources) => Promise<Dataset>;
  /** Keeps rows that another thread has read, so that `load` returns these; null where each trial has its own. */
  readonly keep: ((dataset: Dataset, sources: Sources) => void) | null;
}
