import { createHash } from 'node:crypto';
import { datasets } from '../datasets/index.ts';
import { splitDefaults } from '../datasets/split.ts';
import { hyperparametersOf, type OptimizerConfig, optimizers } from '../nn/optimizers.ts';
import type { Bootstrapped } from '../stats/bootstrap.ts';
import type { Coefficients } from './coefficients.ts';
import { type ConfigBase, featureDefaults } from './config.ts';
import { idOfHash } from './id.ts';
import { type ModelConfig, solvers } from './solvers/index.ts';

export { type BootstrapMethod, bootstrapMethods, type FeaturesConfig, numerics } from './config.ts';

/** Everything that a trial depends on. Its record is a pure function of this config. */
export interface TrialConfig extends ConfigBase {
  readonly model: ModelConfig;
}

export interface Trial {
  readonly id: string;
  readonly config: TrialConfig;
}

/** The result of a trial. Except for `seconds` and `at`, it has the same bytes wherever it was computed. */
export interface TrialRecord {
  readonly id: string;
  readonly config: TrialConfig;
  readonly status: 'done' | 'diverged';
  /** The epoch (from 1) after which training had diverged and ended; null without divergence or without epochs. */
  readonly divergedAt: number | null;
  /** Final values by name; null if the trial diverged or the value does not exist. */
  readonly metrics: Readonly<Record<string, number | null>>;
  /** One value per evaluated epoch (see `epochOfValue`), by name; null if it is not finite. */
  readonly curves: Readonly<Record<string, readonly (number | null)[]>>;
  /** Spread of the resampled test scores, by metric. */
  readonly bootstrap: Bootstrapped | null;
  /** Absent unless the config asks for them, and if the trial diverged. */
  readonly coefficients?: Coefficients;
  /** Wall time, for information only. */
  readonly seconds: number;
  /** When the trial ended, in ISO 8601. Of two records of a trial, the earlier one is used. */
  readonly at: string;
}

export function createTrial(config: TrialConfig): Trial {
  const canonical = canonicalJson(canonicalConfig(config));
  return { id: idOfHash(createHash('sha256').update(canonical).digest('hex')), config };
}

/** The ids of the trials that differ from this one at most in their seed: `createTrial` for many of them. */
export function idsBySeed(config: TrialConfig): (seed: number) => string {
  // Whether a purpose has a seed of its own depends on the seed.
  if (config.seeds !== undefined) return (seed) => createTrial({ ...config, seed }).id;
  const canonical = canonicalConfig(config) as Record<string, unknown>;
  const fields = Object.keys(canonical).sort();
  const textOf = (names: readonly string[]): string =>
    names.map((name) => `${JSON.stringify(name)}:${canonicalJson(canonical[name])}`).join(',');
  const at = fields.indexOf('seed');
  // Every config has fields on both sides: numerics and split.
  const before = createHash('sha256').update(`{${textOf(fields.slice(0, at))},"seed":`);
  const after = `,${textOf(fields.slice(at + 1))}}`;
  return (seed) =>
    idOfHash(
      before
        .copy()
        .update(`${JSON.stringify(seed)}${after}`)
        .digest('hex'),
    );
}

/**
 * The config without the fields that have their default values, so that adding an option later does not change existing
 * ids.
 *
 * Each field has one default, independent of experiment, dataset, solver and element type. A value that is not a config
 * is returned unchanged: records from outside are checked by their ids.
 */
export function canonicalConfig(config: TrialConfig): unknown {
  const { data, features, model, bootstrap, streams, seeds, coefficients, ...rest } =
    config as unknown as Record<string, unknown>;
  const canonical: Record<string, unknown> = rest;
  // In its place, so that records have the bytes that they had.
  if (rest.split !== undefined) canonical.split = withoutDefaults(rest.split, splitDefaults as Fields);
  if (data !== undefined) canonical.data = withoutDefaults(data, defaultsOf(datasets, data, 'dataset'));
  if (features !== undefined) canonical.features = withoutDefaults(features, featureDefaults);
  if (model !== undefined) canonical.model = withoutDefaults(model, defaultsOf(solvers, model, 'solver'));
  if (bootstrap !== undefined && bootstrap !== null) canonical.bootstrap = bootstrap;
  if (streams !== undefined && streams !== 'shared') canonical.streams = streams;
  if (coefficients !== undefined && coefficients !== false) canonical.coefficients = coefficients;
  const own = ownSeeds(seeds, rest.seed);
  if (own !== undefined) canonical.seeds = own;
  return canonical;
}

/** The seeds of purposes that differ from the trial's; undefined if none does. */
function ownSeeds(seeds: unknown, seed: unknown): unknown {
  if (!isFields(seeds)) return seeds;
  const own = Object.entries(seeds).filter(([, value]) => value !== seed);
  return own.length === 0 ? undefined : Object.fromEntries(own);
}

type Fields = Readonly<Record<string, unknown>>;

/** The defaults of the table entry that the field `by` of `value` names; empty if there is no such entry. */
function defaultsOf(table: object, value: unknown, by: string): Fields {
  const name = isFields(value) ? value[by] : undefined;
  if (typeof name !== 'string' || !Object.hasOwn(table, name)) return {};
  return (table as Record<string, { defaults: Fields }>)[name].defaults;
}

function withoutDefaults(value: unknown, defaults: Fields): unknown {
  if (!isFields(value)) return value;
  // No prototype, so that __proto__ is an ordinary field.
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

/**
 * The optimiser without hyperparameters that have their default values; undefined for plain SGD, the default.
 */
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

/** JSON with the keys of every object in alphabetical order, so that equal values give equal text. */
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
