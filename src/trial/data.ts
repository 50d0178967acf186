import type { Dataset } from '../datasets/dataset.ts';
import { generateFranke } from '../datasets/franke.ts';
import type { DatasetName } from '../datasets/index.ts';
import { readMnist } from '../datasets/mnist.ts';
import { checkSplit, type SplitConfig, type SplitMethod, type SplitSource } from '../datasets/split.ts';
import { UserError } from '../errors.ts';
import type { LossName } from '../nn/losses.ts';
import type { Settings } from '../parsing/option.ts';
import type { Output } from './architecture.ts';
import type { DataSize } from './memory.ts';
import { isMostlyZero } from './prepare.ts';
import type { FrankeConfig, MnistConfig, TrialConfig } from './trial.ts';

/** Where data lie on this machine: never part of a trial's config. */
export interface Sources {
  /** Folder with the four IDX files; null is the copy that comes with the program. */
  readonly dataDir: string | null;
}

/** What the settings say of the data, with what only the data know. */
export interface ResolvedData {
  readonly data: FrankeConfig | MnistConfig;
  readonly split: SplitConfig;
  readonly output: Output;
  readonly loss: LossName;
  /** In no config: the data's digest stands for it. */
  readonly size: DataSize;
}

/** What an experiment asks of each dataset: from settings to config, and from config to rows. */
interface Source<Config extends DataConfig> {
  resolve(settings: Settings, sources: Sources): Promise<ResolvedData>;
  load(config: Config, seed: number, sources: Sources): Promise<Dataset>;
}

type DataConfig = TrialConfig['data'];
type ConfigOf<Name extends DatasetName> = Extract<DataConfig, { dataset: Name }>;

const franke: Source<FrankeConfig> = {
  async resolve(settings) {
    const { samples, noise, target } = settings;
    if (samples === 'all') {
      throw new UserError({
        what: '--samples all has no meaning for generated data',
        expected: 'a whole number >= 4',
        received: 'all',
        remedy: 'give a number, such as --samples 1000',
      });
    }
    const data: FrankeConfig = {
      dataset: 'franke',
      samples: samples as number,
      noise: noise as number,
      target: target === 'franke' ? null : (target as string),
    };
    // A surface of the user's own is tried now, before anything is trained or written.
    if (data.target !== null) await generateFranke(data, settings.seed as number);
    const split = splitOf(settings, { rows: data.samples, canonicalTrainRows: null });
    const size: DataSize = { rows: data.samples, columns: 2, sparse: false };
    return { data, split, output: { units: 1, activation: 'linear' }, loss: 'mse', size };
  },
  load: generateFranke,
};

const mnist: Source<MnistConfig> = {
  async resolve(settings, { dataDir }) {
    const dataset = await readMnist(dataDir);
    return {
      data: { dataset: 'mnist', sha256: dataset.sha256 },
      split: splitOf(settings, dataset),
      output: { units: dataset.classes, activation: 'softmax' },
      loss: 'cross_entropy',
      size: { rows: dataset.rows, columns: dataset.columns, sparse: isMostlyZero(dataset) },
    };
  },
  async load(config, _seed, { dataDir }) {
    const dataset = await readMnist(dataDir);
    if (dataset.sha256 === config.sha256) return dataset;
    throw new UserError({
      what: `the MNIST files${dataDir === null ? '' : ` in ${dataDir}`} are not the ones the trial was made for`,
      expected: `contents with SHA-256 ${config.sha256}`,
      received: dataset.sha256,
      remedy: 'leave the files alone while trials run, or start again',
    });
  },
};

const sourceOf: { readonly [Name in DatasetName]: Source<ConfigOf<Name>> } = { franke, mnist };

/** Errors: data that are missing or damaged, counts of rows that do not fit them. */
export function resolveData(name: DatasetName, settings: Settings, sources: Sources): Promise<ResolvedData> {
  return sourceOf[name].resolve(settings, sources);
}

/** The data of a trial. Errors: MNIST files that are not those of the config. */
export function loadData(config: DataConfig, seed: number, sources: Sources): Promise<Dataset> {
  // TypeScript does not see that the name and the config belong together.
  return (sourceOf[config.dataset] as Source<DataConfig>).load(config, seed, sources);
}

function splitOf(settings: Settings, source: SplitSource): SplitConfig {
  const { samples, testSize, split } = settings;
  const total = samples === 'all' ? source.rows : (samples as number);
  const size = testSize as number;
  const testRows = size < 1 ? Math.ceil(total * size) : size;
  if (testRows >= total) {
    throw new UserError({
      what: '--test-size leaves no rows to train on',
      expected: `fewer than ${total} test rows`,
      received: testRows,
      remedy: 'lower it, or raise --samples',
    });
  }
  const config: SplitConfig = { method: split as SplitMethod, trainRows: total - testRows, testRows };
  checkSplit(source, config);
  return config;
}
