import { createHash } from 'node:crypto';
import { datasets } from '../datasets/index.ts';
import { hyperparametersOf, type OptimizerConfig, optimizers } from '../nn/optimizers.ts';
import type { Bootstrapped } from '../stats/bootstrap.ts';
import { type ConfigBase, featureDefaults } from './config.ts';
import { type ModelConfig, solvers } from './solvers/index.ts';

export { type BootstrapMethod, bootstrapMethods, type FeaturesConfig, numerics } from './config.ts';

/** Everything that a trial depends on. Its record is a pure function of this. */
export interface TrialConfig extends ConfigBase {
  readonly model: ModelConfig;
}

export interface Trial {
  readonly id: string;
  readonly config: TrialConfig;
}

/** What a trial leaves. Without `seconds` and `at` it is the same bytes wherever it was computed. */
export interface TrialRecord {
  readonly id: string;
  readonly config: TrialConfig;
  readonly status: 'done' | 'diverged';
  /** The epoch (from 1) after which a loss was no longer finite; null where it did not diverge, or has no epochs. */
  readonly divergedAt: number | null;
  /** Final values by name; null where the trial diverged or the value does not exist. */
  readonly metrics: Readonly<Record<string, number | null>>;
  /** One value an epoch, by name; null where it is not finite. */
  readonly curves: Readonly<Record<string, readonly (number | null)[]>>;
  /** Spread of the resampled test scores, by metric. */
  readonly bootstrap: Bootstrapped | null;
  /** Wall time, for information only. */
  readonly seconds: number;
  /** When it ended, in ISO 8601; of two records of one trial the earlier counts. */
  readonly at: string;
}

export function createTrial(config: TrialConfig): Trial {
  const canonical = canonicalJson(canonicalConfig(config));
  return { id: createHash('sha256').update(canonical).digest('hex'), config };
}

/**
 * The config without every field that has its default value, so that an option that is added later changes no id of
 * before.
 *
 * A default is one constant of a field, whatever the experiment, the dataset, the solver and the element type. What is
 * not a config stays as it is: records from outside are checked by their ids.
 */
export function canonicalConfig(config: TrialConfig): unknown {
  const { data, features, model, bootstrap, ...rest } = config as unknown as Record<string, unknown>;
  const canonical: Record<string, unknown> = rest;
  if (data !== undefined) canonical.data = withoutDefaults(data, defaultsOf(datasets, data, 'dataset'));
  if (features !== undefined) canonical.features = withoutDefaults(features, featureDefaults);
  if (model !== undefined) canonical.model = withoutDefaults(model, defaultsOf(solvers, model, 'solver'));
  if (bootstrap !== undefined && bootstrap !== null) canonical.bootstrap = bootstrap;
  return canonical;
}

type Fields = Readonly<Record<string, unknown>>;

/** The defaults of the entry that `value` names in its field `by`; none where there is no such entry. */
function defaultsOf(table: object, value: unknown, by: string): Fields {
  const name = isFields(value) ? value[by] : undefined;
  if (typeof name !== 'string' || !Object.hasOwn(table, name)) return {};
  return (table as Record<string, { defaults: Fields }>)[name].defaults;
}

function withoutDefaults(value: unknown, defaults: Fields): unknown {
  if (!isFields(value)) return value;
  // Without a prototype, so that a field __proto__ is one.
  const left: Record<string, unknown> = Object.create(null);
  for (const key in value) {
    if (!(key in defaults)) left[key] = value[key];
    else if (key === 'optimizer') {
      const optimizer = canonicalOptimizer(value[key]);
      if (optimizer !== undefined) left[key] = optimizer;
    } else if (value[key] !== defaults[key]) left[key] = value[key];
  }
  return left;
}

/** The optimiser without the hyperparameters that have their defaults; undefined for plain SGD, which is the default. */
function canonicalOptimizer(value: unknown): unknown {
  if (!isFields(value)) return value;
  const { name } = value as Partial<OptimizerConfig>;
  if (name === undefined || !Object.hasOwn(optimizers, name)) return value;
  const known = hyperparametersOf(name);
  const left = Object.entries(value).filter(([key, own]) => !(key in known) || known[key].default !== own);
  return name === 'sgd' && left.length === 1 ? undefined : Object.fromEntries(left);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON with the keys of every object in alphabetical order: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = value as Record<string, unknown>;
  let text = '';
  for (const key of Object.keys(entries).sort()) {
    text += `${text === '' ? '{' : ','}${JSON.stringify(key)}:${canonicalJson(entries[key])}`;
  }
  return text === '' ? '{}' : `${text}}`;
}
