import type { DataFacts, Sources } from '../datasets/dataset.ts';
import { loadData } from '../datasets/index.ts';
import type { SplitConfig } from '../datasets/split.ts';
import { UserError } from '../errors.ts';
import type { Setting, Settings } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { type LossName, losses } from '../nn/losses.ts';
import type { LayerSpec } from '../nn/network.ts';
import { hiddenUnits } from '../parsing/option.ts';
import type { Task } from '../stats/metrics.ts';
import { sharedSeed } from '../trial/config.ts';
import { givenWeights } from '../trial/initial-weights.ts';
import { prepare } from '../trial/prepare.ts';
import { solvers } from '../trial/solvers/index.ts';
import type { SgdConfig } from '../trial/solvers/sgd.ts';
import { drawSeeds } from '../trial/streams.ts';
import { drawnRows, type ExerciseRows } from './exercise-rows.ts';
import { hasOneOutput, lossFor, readSettings, refuseUnread, usualSettings } from './exercise-settings.ts';
import { differentSizes, type Sizes } from './exercise-sizes.ts';
import type { Draft } from './new-exercise.ts';
import { arrayOf } from './number-array.ts';

/** Sizes that are given of an exercise which draws its own rows. */
export interface GivenSizes {
  readonly inputs?: number | undefined;
  readonly outputs?: number | undefined;
  readonly task?: Task | undefined;
}

/** The draft of an exercise that draws its own rows. Errors: UserError for settings that do not belong together. */
export function ownDraft(given: Settings, { inputs, outputs: wanted, task: asked }: GivenSizes): Draft {
  const loss = lossFor(given.loss as LossName | undefined, asked, wanted);
  const { task, classes } = losses[loss];
  if (given.samples === 'all') {
    throw new UserError({
      what: '{samples} all is for rows of given data, and this exercise draws its own',
      expected: 'a whole number >= 4',
      received: 'all',
      remedy: 'give a number, or leave it out',
    });
  }
  const single = hasOneOutput(loss);
  if (single && wanted !== undefined && wanted !== 1) {
    throw new UserError({
      what: `{loss} ${loss} has one output`,
      expected: '{outputs} 1',
      received: wanted,
      remedy: task === 'classification' ? 'use {loss} cross_entropy' : 'use {loss} mse',
    });
  }
  if (loss === 'cross_entropy' && wanted === 1) {
    throw new UserError({
      what: '{loss} cross_entropy has one output for each class',
      expected: '{outputs} of at least 2',
      received: wanted,
      remedy: 'use {loss} binary_cross_entropy, which has one output',
    });
  }
  const outputs = single ? 1 : wanted;
  const hidden = typeof given.hidden === 'string' ? hiddenUnits(given.hidden) : undefined;
  const sizes = sizesFor(given, { inputs, outputs, hidden });
  const settings = withSizes(given, { ...usualSettings, loss }, sizes);
  const read = readSettings(asked ?? task, given, settings);
  const [split, facts] = factsOf(sizes, classes ?? (task === 'classification' ? sizes.outputs : 1));
  const model = solvers.sgd.config(
    { ...read, dropout: '0', dtype: 'float64' },
    {
      ...{ architecture: 'given', task: asked ?? task, facts, split, inputs: sizes.inputs },
      ...{ initialWeights: new Map(), versions: null },
    },
  );
  const seedOf = (name: 'dataSeed' | 'initSeed' | 'batchSeed') =>
    (settings[name] === 'seed' ? settings.seed : settings[name]) as number;
  return {
    model: { ...model, layers: withOutputs(model.layers, sizes.outputs) },
    ...{ rows: sizes.rows, inputs: sizes.inputs },
    rowsOf: (draw) => drawnRows(sizes, loss, seedOf('dataSeed'), draw),
    seeds: { init: seedOf('initSeed'), batches: seedOf('batchSeed') },
    largeBiases: given.biasInit === undefined && given.outputBiasInit === undefined,
  };
}

/** Rows that a user has, as training sees them, and the settings that were planned for them. */
interface Planned {
  readonly plan: Plan;
  readonly sources: Sources;
}

/**
 * The draft of an exercise with the first training rows of given data. `planFor` plans the training with settings that the
 * user has not given. Errors: those of `planFor`, and UserError for settings that do not belong together.
 */
export async function dataDraft(
  given: Settings,
  task: Task | undefined,
  planFor: (usual: Settings) => Promise<Planned>,
): Promise<Draft> {
  const { hidden, samples } = given;
  const known = typeof hidden === 'string' ? { hidden: hiddenUnits(hidden) } : {};
  let sizes = sizesFor(given, known);
  let takesAll = samples === 'all';
  for (let attempt = 1; ; attempt++) {
    const planned = await planFor(settingsForData(given, sizes, takesAll)).catch((error) => {
      const most = mostRows(error, sizes.rows);
      if (most === null) throw error;
      if (samples !== undefined) throw tooFewRows(most, samples);
      takesAll = true;
      return planFor(settingsForData(given, sizes, takesAll));
    });
    const draft = await plannedDraft(given, task, planned);
    const outputs = draft.model.layers[draft.model.layers.length - 1].units;
    // Only now the data have said how many inputs and outputs there are, and perhaps how many rows.
    const rows = takesAll || hasGrid(given) ? { samples: draft.rows } : {};
    const fitting = sizesFor({ ...given, ...rows }, { ...known, inputs: draft.inputs, outputs });
    const isSame =
      JSON.stringify({ ...fitting, inputs: 0, outputs: 0 }) ===
      JSON.stringify({ ...sizes, inputs: 0, outputs: 0 });
    if (isSame || attempt === 2) return draft;
    sizes = fitting;
  }
}

/** The most rows that an exercise of these data can have, if the error says that `rows` are too many; else null. */
function mostRows(error: unknown, rows: number): number | null {
  if (!(error instanceof UserError) || error.parts.received !== rows + 1) return null;
  const most = /^at most (\d+)/.exec(error.parts.expected ?? '')?.[1];
  return most === undefined || !error.parts.what.startsWith('{samples}') ? null : Number(most) - 1;
}

function tooFewRows(most: number, received: Setting | null): UserError {
  return new UserError({
    what: '{samples} asks for more rows than the data have, of which one is kept as a test row',
    expected: `at most ${most}`,
    received,
    remedy: 'lower {samples}, or use {samples} all',
  });
}

const hasGrid = ({ grid = 'none' }: Settings): boolean => grid !== null && grid !== 'none';

async function plannedDraft(
  given: Settings,
  task: Task | undefined,
  { plan, sources }: Planned,
): Promise<Draft> {
  const { experiment } = plan;
  if (task !== undefined && task !== experiment.task) {
    throw new UserError({
      what: `these data are for ${experiment.task}, and the model is for ${task}`,
      expected: task === 'classification' ? 'data with classes' : 'data whose target is a number',
      remedy:
        task === 'classification'
          ? 'use ffnn or ols, or other {data}'
          : 'use ffnn or logistic, or other {data}',
    });
  }
  const [{ trial, settings }] = plan.cells;
  refuseUnread(given, settings);
  const { config } = trial;
  const model = config.model as SgdConfig;
  const dataset = await loadData(config.data, sharedSeed(config, 'data'), sources);
  const { train } = prepare(dataset, config, 'float64', model.loss, false);
  const { rows, targets } = train;
  const inputs = train.inputs as Float64Array;
  const found: ExerciseRows = {
    x: arrayOf([rows, inputs.length / rows], inputs),
    y: arrayOf([rows, targets.length / rows], targets),
  };
  const weights = givenWeights(model, { ...sources, initialWeights: plan.initialWeights ?? {} });
  return {
    model,
    rows,
    inputs: found.x.shape[1],
    rowsOf: () => found,
    seeds: { ...drawSeeds(config), ...(weights === null ? {} : { weights }) },
    largeBiases: weights === null && given.biasInit === undefined && given.outputBiasInit === undefined,
  };
}

/** One row more than the exercise has: planned trainings have a test row. */
function settingsForData(given: Settings, sizes: Sizes, takesAll: boolean): Settings {
  const { activation, kernelInit, biasInit, outputBiasInit, optimizer, learningRate, batches } =
    usualSettings;
  const usual = { activation, kernelInit, biasInit, outputBiasInit, optimizer, learningRate, batches };
  const settings = withSizes(given, usual, sizes);
  return {
    ...settings,
    dtype: 'float64',
    testSize: 1,
    samples: hasGrid(given) ? null : takesAll ? 'all' : sizes.rows + 1,
  };
}

function sizesFor(
  { batchSize, batches, samples }: Settings,
  {
    inputs,
    outputs,
    hidden,
  }: { inputs?: number | undefined; outputs?: number | undefined; hidden?: readonly number[] | undefined },
): Sizes {
  const rows = typeof samples === 'number' ? samples : undefined;
  const isFull = batches === 'full' || batchSize === 'all';
  const sizes = differentSizes({
    ...(inputs === undefined ? {} : { inputs }),
    ...(outputs === undefined ? {} : { outputs }),
    ...(hidden === undefined ? {} : { hidden }),
    ...(rows === undefined ? {} : { rows }),
    ...(typeof batchSize === 'number' && !isFull ? { batch: batchSize } : {}),
  });
  return isFull ? { ...sizes, batch: sizes.rows } : sizes;
}

/** An exercise has two epochs at least, and about this many steps. */
const usualSteps = 6;

function withSizes(given: Settings, usual: Settings, { hidden, rows, batch }: Sizes): Settings {
  const steps = Math.ceil(rows / batch);
  return {
    ...usual,
    samples: rows,
    hidden: hidden.length === 0 ? 'none' : hidden.join('-'),
    batchSize: batch,
    epochs: Math.max(2, Math.ceil(usualSteps / steps)),
    ...given,
  };
}

/** What a model's config takes from the data: here only their sizes. */
function factsOf({ rows, inputs }: Sizes, classes: number): [SplitConfig, DataFacts] {
  const facts = {
    columns: inputs,
    classes,
    labels: classes,
    canonicalTrainRows: null,
    largest: 1,
    sparse: false,
  };
  return [
    { method: 'random', trainRows: rows, testRows: 0 },
    { rows, ...facts },
  ];
}

/** Losses of a regression have one output in the table of losses, and any number of them in an exercise. */
function withOutputs(layers: readonly LayerSpec[], outputs: number): LayerSpec[] {
  return layers.map((layer, index) => (index === layers.length - 1 ? { ...layer, units: outputs } : layer));
}
