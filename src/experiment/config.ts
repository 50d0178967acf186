import type { Centering, Scaling, TargetScaling } from '../datasets/scale.ts';
import { type LossName, losses } from '../nn/losses.ts';
import { type HyperparameterValue, hyperparametersOf, type OptimizerName } from '../nn/optimizers.ts';
import type { ReferenceName, ReferenceVersions } from '../references/index.ts';
import {
  type BootstrapMethod,
  type FeaturesConfig,
  featureCount,
  ignoresCentering,
  numerics,
  seededPurposes,
} from '../trial/config.ts';
import {
  type ModelConfig,
  modelOptions,
  referenceSolver,
  solverEntry,
  solvers,
} from '../trial/solvers/index.ts';
import { hyperparameterNames } from '../trial/solvers/sgd.ts';
import type { GivenWeights } from '../trial/solvers/solver.ts';
import type { TrialConfig } from '../trial/trial.ts';
import type { Experiment } from './define.ts';
import type { OptionName, Settings } from './options.ts';
import type { ResolvedData } from './resolve-data.ts';
import { ownSeedOptions } from './seeds.ts';

type SolverKey = ModelConfig['solver'];

/** The options that each solver does not read, of those that only some solvers read. */
const unreadOptions = new Map(
  Object.entries(solvers).map(([solver, { reads }]) => [
    solver,
    [...modelOptions].filter((name) => !(reads as readonly string[]).includes(name)),
  ]),
);

/** What says how initial weights are drawn. */
const drawnInits = ['kernelInit', 'biasInit', 'outputBiasInit', 'initSeed'] as const;

/** The solver that the settings ask for: another library's or one of this program's. */
export function solverOf({ task }: Pick<Experiment, 'task'>, { reference, solver }: Settings): SolverKey {
  if ((reference ?? 'none') !== 'none') return referenceSolver(reference as ReferenceName, task);
  return (solver ?? 'sgd') as SolverKey;
}

/**
 * Sets the options that the solver or the optimiser does not read to null, so that cells that differ only in these
 * become one. Fills in the default of each hyperparameter that was not given.
 */
export function withoutUnread(experiment: Pick<Experiment, 'task'>, settings: Settings): Settings {
  const read: Record<string, Settings[OptionName]> = { ...settings };
  for (const name of unreadOptions.get(solverOf(experiment, settings))!) if (name in read) read[name] = null;
  if ('optimizer' in read) {
    const known = read.optimizer === null ? {} : hyperparametersOf(read.optimizer as OptimizerName);
    for (const name of hyperparameterNames)
      read[name] = name in known ? (read[name] ?? known[name].default) : null;
    for (const [name, { needs }] of Object.entries(known))
      if (needs !== undefined && read[needs] === 0) read[name] = null;
  }
  if ((read.initWeights ?? 'none') !== 'none')
    for (const name of drawnInits) if (name in read) read[name] = null;
  // A grid says how many rows there are.
  if ((read.grid ?? 'none') !== 'none') read.samples = null;
  if (read.basis === 'none') read.degree = null;
  const { scale = 'none', basis = 'none' } = read;
  if (ignoresCentering({ scale, basis } as FeaturesConfig) && 'center' in read) read.center = null;
  if ((read.scaleTargets ?? 'none') !== 'none') read.centerTargets = null;
  if ((read.hidden ?? 'none') !== 'none' && 'coefficients' in read) read.coefficients = null;
  if (read.hidden === 'none') {
    read.activation = null;
    if ('dropout' in read) read.dropout = null;
    read.biasInit = null;
  }
  if (read.batches === 'full') {
    read.batchSize = null;
    if ('batchesPerEpoch' in read) read.batchesPerEpoch = null;
    // The masks of dropout are drawn from it too.
    if ('batchSeed' in read && (read.dropout ?? '0') === '0') read.batchSeed = null;
  }
  if (typeof read.batchesPerEpoch === 'number') read.batchSize = null;
  if ('delta' in read && !hasDelta(read.loss as LossName | null)) read.delta = null;
  return read;
}

function hasDelta(loss: LossName | null): boolean {
  return loss !== null && losses[loss].withDelta !== null;
}

/** Refuses settings that the solver cannot fit, also those that it does not read. Errors: UserError. */
export function checkSettings(experiment: Pick<Experiment, 'task'>, settings: Settings): void {
  solverEntry(solverOf(experiment, settings)).check?.(settings);
}

/** What an optimiser takes for a hyperparameter that is not given; null for what is not one of its hyperparameters. */
export function hyperparameterDefault(name: string, { optimizer }: Settings): HyperparameterValue | null {
  if ((optimizer ?? null) === null) return null;
  return hyperparametersOf(optimizer as OptimizerName)[name]?.default ?? null;
}

/** Whether cells have their optimiser's own default of a hyperparameter, so that nobody varied it. */
export function isOwnDefault(name: OptionName, cells: readonly Settings[]): boolean {
  return cells.every((cell) => (cell[name] ?? null) === hyperparameterDefault(name, cell));
}

/** The seeds of purposes that differ from the seed of all draws. */
function ownSeedsOf(settings: Settings): Pick<TrialConfig, 'seeds'> {
  const own = ownSeedOptions
    .filter((name) => typeof settings[name] === 'number' && settings[name] !== settings.seed)
    .map((name) => [seededPurposes[name], settings[name]]);
  return own.length === 0 ? {} : { seeds: Object.fromEntries(own) };
}

/** What configs need of other libraries and of files: versions by reference, initial weights by setting. */
export interface FoundFiles {
  readonly versions: ReadonlyMap<string, ReferenceVersions>;
  readonly weights: ReadonlyMap<string, GivenWeights>;
}

/** The config of the trial that these settings describe, on the resolved data. */
export function configOf(
  experiment: Experiment,
  settings: Settings,
  { data, split, facts }: ResolvedData,
  found: FoundFiles,
): TrialConfig {
  const { scale = 'none', basis = 'none', degree = null, center, centerTargets, scaleTargets } = settings;
  const { bootstrap, bootstrapMethod } = settings;
  const { architecture, task } = experiment;
  const context = {
    architecture,
    task,
    facts,
    split,
    inputs: featureCount({ basis, degree } as FeaturesConfig, facts.columns),
    initialWeights: found.weights,
    versions: found.versions.get(settings.reference as string) ?? null,
  };
  return {
    numerics,
    seed: settings.seed as number,
    ...ownSeedsOf(settings),
    ...(settings.streams === 'cell' ? { streams: settings.streams } : {}),
    data,
    split,
    features: {
      scale: scale as Scaling,
      basis: basis as TrialConfig['features']['basis'],
      degree: degree as number | null,
      center: (center ?? 'none') as Centering,
      centerTargets: centerTargets === 'yes',
      ...((scaleTargets ?? 'none') === 'none' ? {} : { scaleTargets: scaleTargets as TargetScaling }),
    },
    model: solverEntry(solverOf(experiment, settings)).config(settings, context),
    ...(settings.coefficients === 'yes' ? { coefficients: true } : {}),
    bootstrap:
      bootstrap === undefined
        ? null
        : { resamples: bootstrap as number, method: bootstrapMethod as BootstrapMethod },
  };
}
