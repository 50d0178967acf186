import type { LayerWeights } from '../nn/network.ts';
import type { Option, Setting, Settings } from '../parsing/option.ts';
import type { ShapeOf } from '../parsing/shape.ts';
import type { Task } from '../stats/metrics.ts';
import type { TableChoices } from './table-choices.ts';
import type { InputColumn } from './table-inputs.ts';

/** A table of inputs and targets, all rows in memory. */
export interface Dataset extends DataNames {
  readonly name: string;
  readonly task: Task;
  readonly rows: number;
  /** D, the inputs of one row. */
  readonly columns: number;
  /** [rows][columns] row-major */
  readonly inputs: Float64Array | Uint8Array;
  /** Whether some inputs are NaN: they become the mean of the training rows. Absent: no. */
  readonly hasMissing?: boolean;
  /** The largest input: for bytes, of those that occur. */
  readonly largest: number;
  /** [rows] real values for regression, labels 0 .. classes - 1 for classification. */
  readonly targets: Float64Array | Uint8Array | Uint16Array;
  /** [rows] the targets of generated data without their noise; absent if they are not known. */
  readonly noiseFree?: Float64Array;
  /** 1 for regression. */
  readonly classes: number;
  /** The number of leading rows that form the published training set; null if none was published. */
  readonly canonicalTrainRows: number | null;
  /** For images: [height, width], whose product is `columns`. */
  readonly imageShape?: readonly [number, number];
  /** What the files have for each class, if `classNames` are not that: labels of images. */
  readonly levels?: readonly string[];
  /** Of a table: the columns that the inputs come from, in order. */
  readonly inputColumns?: readonly InputColumn[];
}

/** What the columns and the classes of data are called; absent if they have no names. */
export interface DataNames {
  /** One name per input. */
  readonly featureNames?: readonly string[];
  readonly targetName?: string;
  /** One name per class, in the order of the labels. */
  readonly classNames?: readonly string[];
}

/** Where data are on this machine, and what the user says of them. Never part of a trial's config. */
export interface Sources {
  /** The folder or the file with the data; null for the bundled copy. */
  readonly dataDir: string | null;
  /** A name for the data of `dataDir` instead of the file's or folder's. */
  readonly dataName?: string | null;
  /** What the user calls the classes, in the order of their labels. */
  readonly labelNames?: readonly string[] | null;
  /** How a table is read. */
  readonly table?: TableChoices;
  /** The initial weights of networks that are not to draw them, by the digest in their config. */
  readonly initialWeights?: Readonly<Record<string, readonly LayerWeights[]>>;
  /** The folders and files of several data, by the digest in their config. */
  readonly located?: Readonly<Record<string, string>>;
}

/** Where the data with this digest are; null for the bundled copy. */
export function pathOf(sha256: string, { dataDir, located }: Sources): string | null {
  return located?.[sha256] ?? dataDir;
}

/** What a dataset's entry says of the data that one config identifies. */
export interface Description {
  /** In titles: "Franke function", "MNIST", `images "letters" (sha256:1a2b3c4d5e6f)`. */
  readonly title: string;
  /** Who made the data; null if that is not known. */
  readonly source: string | null;
  readonly license: string | null;
  /** Whether the report used these data, so that its numbers apply to models fitted to them. */
  readonly isReports: boolean;
  /** Whether a digit drawn on the page is an input like those of the data. */
  readonly isDigits: boolean;
}

/**
 * Facts about the data that a plan needs before a trial loads them. They follow from the config's digest or settings.
 */
export interface DataFacts extends DataNames {
  /** Rows in all, of which a trial may use a part. */
  readonly rows: number;
  readonly columns: number;
  readonly classes: number;
  /** The largest label + 1, which may be less than `classes`; 1 for regression. */
  readonly labels: number;
  readonly canonicalTrainRows: number | null;
  /** The largest input, as in `Dataset`. */
  readonly largest: number;
  /** Whether most inputs are 0. They are then stored as sparse rows, unless they are centred. */
  readonly sparse: boolean;
}

/** An option of a single dataset, with its default value. */
export interface DatasetOption extends Option {
  readonly default: Setting;
  /** The value for data that no experiment of the report names, if it is another. */
  readonly ofTraining?: Setting;
  /** Whether the title of the data says its value, unless that is the report's. */
  readonly inTitle?: boolean;
}

/** Everything about one dataset: its options, its description, and how to load its rows. */
export interface DatasetEntry<Config extends { readonly dataset: string } = { readonly dataset: string }> {
  /** The data that the report used: "Franke function". `describe` names any data, whatever the user chose. */
  readonly title: string;
  /** One line for the list of all datasets. */
  readonly description: string;
  /** Of the report's data. */
  readonly source: string;
  readonly license: string;
  /** The tasks that its data can have. The first one is usual. */
  readonly tasks: readonly Task[];
  readonly taskOf: (config: Config) => Task;
  /** Whether it is read from files, which the user can replace. Otherwise it is generated from the seed. */
  readonly fromFiles: boolean;
  /** Whether its inputs are the pixels of images: they have one common scale, and most of them may be 0. */
  readonly hasPixels: boolean;
  /** Whether its data may have been published with a training and a test set. */
  readonly mayBeSplit: boolean;
  readonly options: Readonly<Record<string, DatasetOption>>;
  /** Defaults of config fields. A field with its default value is left out of a trial's id. */
  readonly defaults: Partial<Config>;
  /** The schema of the config, without its `dataset`. */
  readonly schema: ShapeOf;
  /** A short name of the data, the same wherever they are: "franke", or "sha256:" and the digest's first 12 digits. */
  readonly dataName: (config: Config) => string;
  /** What is known of the data. `label` is what the user calls them; null for bundled and generated data. */
  readonly describe: (config: Config, label: string | null) => Description;
  /** The number of inputs of a row, as far as the config determines it. Used to estimate the time of a trial. */
  readonly columns: (config: Config) => number;
  /** Whether the result of `resolve` depends on the seed. If not, it is reused for all seeds. */
  readonly resolvesPerSeed: (settings: Settings) => boolean;
  /**
   * Turns settings into the config and the facts about the data, and says what was found out about them and decided for the
   * user: one sentence without a full stop each. Errors: missing or damaged data.
   */
  readonly resolve: (
    settings: Settings,
    sources: Sources,
  ) => Promise<{ config: Config; facts: DataFacts; notes?: readonly string[] }>;
  /** Loads the rows. Errors: files that do not match the config. */
  readonly load: (config: Config, seed: number, sources: Sources) => Promise<Dataset>;
  /** Caches rows that another thread has read, so that `load` returns them; null if each trial has its own rows. */
  readonly keep: ((dataset: Dataset, sources: Sources) => void) | null;
}
