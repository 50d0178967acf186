import { type DataConfig, datasetEntry, datasetNames } from '../datasets/index.ts';
import { printable } from '../errors.ts';
import { type LossName, losses } from '../nn/losses.ts';
import type { Task } from '../stats/metrics.ts';
import { solverNames, solvers } from '../trial/solvers/index.ts';
import { canonicalJson, type TrialConfig } from '../trial/trial.ts';
import type { OptionName, Setting } from './options.ts';

/** What a trial is of, read back from its config: the config of a record may lack defaults and be of any version. */
export interface ConfigWords {
  readonly task: Task;
  /** As in titles: "Franke function". */
  readonly data: string;
  /** Trials with the same kind are told together. */
  readonly kind: string;
  /** The settings that tell trials of a kind apart. */
  readonly settings: ReadonlyMap<OptionName, Setting>;
}

type Fields = Readonly<Record<string, unknown>>;

/** Says what a config is of. What cannot be read is left out. */
export function configWords(config: TrialConfig | Fields): ConfigWords {
  const { data, features, model, split, bootstrap, seed } = config as Fields;
  const [ofData, ofFeatures, ofSplit] = [fieldsOf(data), fieldsOf(features), fieldsOf(split)];
  const ofModel = { ...defaultsOf(model), ...fieldsOf(model) };
  const layers = (Array.isArray(ofModel.layers) ? ofModel.layers : []).map(fieldsOf);
  const hidden = layers.slice(0, -1);
  const name = wordOf(fieldsOf(ofModel.optimizer).name) ?? 'sgd';
  const solver = String(wordOf(ofModel.solver) ?? 'unknown');
  const loss = String(wordOf(ofModel.loss) ?? lossOf(solver));
  const task: Task = Object.hasOwn(losses, loss) ? losses[loss as LossName].task : 'regression';
  const rows = [ofSplit.trainRows, ofSplit.testRows].reduce<number>(
    (sum, one) => sum + (Number(one) || 0),
    0,
  );
  const isTrained = layers.length > 0;
  const entries: (readonly [OptionName, unknown])[] = [
    ['seed', seed],
    ['samples', rows],
    ['noise', ofData.noise],
    ['basis', ofFeatures.basis ?? 'none'],
    ['degree', ofFeatures.degree ?? undefined],
    ['scale', ofFeatures.scale ?? 'none'],
    ['folds', ofSplit.folds],
    ['solver', solver],
    ['loss', loss],
    ['lambda', ofModel.lambda],
    ['l1', ofModel.l1],
    ['optimizer', isTrained && 'learningRate' in ofModel ? name : undefined],
    ['learningRate', ofModel.learningRate],
    ['schedule', ofModel.schedule],
    ['batchSize', ofModel.batchSize],
    ['epochs', ofModel.epochs],
    ['hidden', isTrained ? hidden.map(({ units }) => units).join('-') || 'none' : undefined],
    ['activation', activationsOf(hidden)],
    ['dtype', ofModel.dtype],
    ['bootstrapMethod', fieldsOf(bootstrap).method],
  ];
  const settings = new Map(
    entries.flatMap(([option, value]) => {
      const word = wordOf(value);
      return word === undefined ? [] : [[option, word] as const];
    }),
  );
  const dataset = dataOf(ofData);
  const isNetwork = hidden.length > 0;
  const optimizer = settings.get('optimizer') ?? '';
  const kind = JSON.stringify([dataset.key, solver, isNetwork, optimizer, loss, settings.get('basis')]);
  return { task, data: dataset.title, kind, settings };
}

function activationsOf(hidden: readonly Fields[]): string | undefined {
  const names = hidden.map(({ activation }) => String(activation));
  return new Set(names).size === 1 ? names[0] : names.length === 0 ? undefined : names.join('-');
}

/** The loss of the solvers that have no choice of it. */
const lossOf = (solver: string): string => (solver.includes('logistic') ? 'cross_entropy' : 'mse');

function defaultsOf(model: unknown): Fields {
  const solver = solverNames.find((name) => name === fieldsOf(model).solver);
  return solver === undefined ? {} : (solvers[solver].defaults as Fields);
}

/** What the data are called, and a key that is another for other data. */
function dataOf(config: Fields): { readonly title: string; readonly key: string } {
  const dataset = datasetNames.find((name) => name === config.dataset);
  const entry = dataset === undefined ? null : datasetEntry(dataset);
  const whole: Fields = { ...entry?.defaults, ...config };
  const { noise: _noise, samples: _samples, ...identity } = whole;
  const key = canonicalJson(identity);
  if (entry === null) return { title: String(wordOf(config.dataset) ?? 'unknown data'), key };
  try {
    return { title: printable(entry.describe(whole as unknown as DataConfig, null).title), key };
  } catch {
    return { title: dataset!, key };
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** A number or a short printable text; undefined for anything else. */
function wordOf(value: unknown): Setting | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'string' ? printable(value.slice(0, 200)) : undefined;
}
