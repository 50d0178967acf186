import type { Centering } from '../datasets/scale.ts';
import { UserError } from '../errors.ts';
import type { Dtype } from '../math/dtype.ts';
import type { Batching } from '../nn/batches.ts';
import { givenLayers, randomLayers } from '../trial/architecture.ts';
import type { ResolvedData } from '../trial/data.ts';
import {
  type BootstrapMethod,
  type ClosedFormConfig,
  type LbfgsConfig,
  numerics,
  type SgdConfig,
  type TrialConfig,
} from '../trial/trial.ts';
import type { Experiment } from './define.ts';
import { type OptionName, options, type Settings, type Solver } from './options.ts';
import { type FoundReferences, readByReference, referenceModel } from './reference-cells.ts';

/** null for what the solver does not read, so that cells which differ in nothing else are one. */
export function onlyRead(settings: Settings): Settings {
  const solver = settings.reference === 'sklearn' ? null : ((settings.solver ?? 'sgd') as Solver);
  const known: Record<string, Settings[OptionName]> = {};
  for (const name in settings) {
    const { solvers } = options[name as OptionName] as { solvers?: readonly Solver[] };
    const isRead = solvers === undefined || (solver !== null && solvers.includes(solver));
    known[name] = isRead ? settings[name as OptionName] : null;
  }
  const read: Record<string, Settings[OptionName]> = readByReference(known);
  if (read.basis === 'none') read.degree = null;
  if (read.hidden === 'none') {
    read.activation = null;
    read.biasInit = null;
  }
  if (read.batches === 'full') read.batchSize = null;
  return read;
}

/** The config of the trial that these settings describe, on data that they were resolved to. */
export function configOf(
  experiment: Experiment,
  settings: Settings,
  resolved: ResolvedData,
  found: FoundReferences,
): TrialConfig {
  const {
    basis = 'none',
    degree = null,
    center,
    centerTargets = 'no',
    bootstrap,
    bootstrapMethod,
  } = settings;
  return {
    numerics,
    seed: settings.seed as number,
    data: resolved.data,
    split: resolved.split,
    features: {
      basis: basis as TrialConfig['features']['basis'],
      degree: degree as number | null,
      center: center as Centering,
      centerTargets: centerTargets === 'yes',
    },
    model: modelOf(experiment, settings, resolved, found),
    bootstrap:
      bootstrap === undefined
        ? null
        : { resamples: bootstrap as number, method: bootstrapMethod as BootstrapMethod },
  };
}

function modelOf(
  experiment: Experiment,
  settings: Settings,
  resolved: ResolvedData,
  found: FoundReferences,
): TrialConfig['model'] {
  const sgd = () => sgdModel(experiment, settings, resolved);
  if ((settings.reference ?? 'none') !== 'none') {
    return referenceModel(sgd, settings, resolved.split, experiment.dataset, found);
  }
  if (settings.solver === 'closed-form') return closedForm(settings);
  return settings.solver === 'lbfgs' ? lbfgsModel(experiment, settings, resolved) : sgd();
}

function closedForm({ lambda }: Settings): ClosedFormConfig {
  return { solver: 'closed-form', lambda: lambda as number };
}

function lbfgsModel(experiment: Experiment, settings: Settings, resolved: ResolvedData): LbfgsConfig {
  return {
    solver: 'lbfgs',
    ...networkOf(experiment, settings, resolved),
    maxIterations: settings.maxIterations as number,
    gradientTolerance: settings.gradientTolerance as number,
    dtype: 'float64',
  };
}

function sgdModel(experiment: Experiment, settings: Settings, resolved: ResolvedData): SgdConfig {
  return {
    solver: 'sgd',
    ...networkOf(experiment, settings, resolved),
    learningRate: settings.learningRate as number,
    momentum: settings.momentum as number,
    schedule: settings.schedule as string,
    batchSize: batchSizeOf(settings, resolved.split.trainRows),
    batches: settings.batches as Batching,
    epochs: settings.epochs as number,
    dtype: settings.dtype as Dtype,
  };
}

/** The network and its objective, however it is trained. */
function networkOf({ architecture }: Experiment, settings: Settings, { output, loss }: ResolvedData) {
  return {
    layers: architecture === 'random' ? randomLayers(settings, output) : givenLayers(settings, output),
    draw: architecture === 'random' ? (settings.net as number) : 0,
    loss,
    lambda: settings.lambda as number,
    penalizeBiases: settings.penalize === 'all',
  };
}

function batchSizeOf({ batchSize, batches }: Settings, trainRows: number): number {
  if (batches === 'full' || batchSize === 'all') return trainRows;
  if ((batchSize as number) <= trainRows) return batchSize as number;
  throw new UserError({
    what: '--batch-size is larger than the training set',
    expected: `at most ${trainRows}, or all`,
    received: batchSize,
    remedy: 'give --batch-size all for the whole training set, or more --samples',
  });
}
