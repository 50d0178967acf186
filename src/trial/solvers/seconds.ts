import type { Dtype } from '../../math/dtype.ts';
import type { LayerSpec } from '../../nn/network.ts';
import type { ModelSize } from './solver.ts';

// The time of a trial is foreseen from a few constants, fitted to what `node bench/record-run.js` measures. They order trials
// and start the estimate of the time left; what the trials then take corrects it. A factor of 2 is near enough.

/** Seconds, in float64 on one core, per unit of work. */
export const secondsPer = {
  /** A product and a sum in the passes through dense layers. */
  multiplication: 1.1e-10,
  /** The update of one weight in a step. */
  update: 2.4e-9,
  /** The update of one number of an optimiser's state in a step. */
  state: 1.4e-9,
  /** The calls of a step for one layer, where no kernel does the whole step. */
  layerStep: 1e-6,
  /** A factor of dropout. */
  mask: 1.4e-8,
  /** An exponential, in a unit that needs one. */
  exponential: 6e-9,
  /** A product and a sum in a singular value or a Cholesky decomposition. */
  decomposition: 8e-9,
  /** A row that is generated or read, and an input of a row that is centred. */
  row: 1e-6,
  centredInput: 1.2e-7,
  /** A test row in a bootstrap resample. */
  resampledRow: 4e-8,
  /** What a trial takes in addition, its worker and its record: alone, and together with many others of milliseconds. */
  trial: 2e-3,
  tinyTrial: 2e-4,
  /** The start of Python with scikit-learn. */
  python: 2,
} as const;

/** Sparse inputs: the part of them that is not 0, and the additional units that reading them is worth. */
const sparse = { density: 0.3, units: 14 };

/** Seconds per value of an activation with its derivative, in float64 and in float32. Others take an exponential. */
const activationSeconds: Readonly<Record<string, readonly [number, number]>> = {
  linear: [0, 0],
  relu: [0, 0],
  leaky_relu: [8e-10, 4e-10],
  relu6: [3e-10, 3e-10],
  tanh: [3.4e-9, 1.3e-9],
  elu: [3.1e-9, 1.1e-9],
  gelu: [1.5e-8, 4.6e-9],
  gelu_tanh: [7.9e-9, 4.3e-9],
  silu: [7.2e-9, 2.8e-9],
  softplus: [9.3e-9, 3e-9],
};

/** What the passes of a fit do. */
export interface Passes {
  readonly epochs: number;
  /** Steps of an epoch. */
  readonly steps: number;
  /** How often all rows are evaluated; absent: after every epoch. */
  readonly evaluations?: number;
  readonly dtype: Dtype;
  /** The numbers of state that the optimiser has for each weight. */
  readonly slots?: number;
}

/** Seconds for passes over the training rows, and for the evaluations of all rows. */
export function passesSeconds(
  layers: readonly LayerSpec[],
  { inputs, trainRows, rows, sparseInputs }: ModelSize,
  { epochs, steps, evaluations = epochs, dtype, slots = 0 }: Passes,
): number {
  const single = dtype === 'float32';
  const { multiplication, update, exponential, state, mask, layerStep } = secondsPer;
  let [products, weights, values, masks] = [0, 0, 0, 0];
  let before = sparseInputs ? inputs * sparse.density : inputs;
  let allWeights = 0;
  for (const [index, { units, activation, dropout }] of layers.entries()) {
    products += before * (units + (index === 0 && sparseInputs ? sparse.units : 0));
    weights += before * units;
    allWeights += (index === 0 ? inputs : before) * units;
    values += units * (activationSeconds[activation]?.[single ? 1 : 0] ?? exponential);
    if (dropout !== undefined) masks += units;
    before = units;
  }
  // Forward, backward and the gradient in training, and forward in the evaluation.
  const evaluated = evaluations * rows;
  const passes = (3 * epochs * trainRows + evaluated) * products * multiplication;
  const updates = epochs * steps * (weights * update + slots * allWeights * state);
  const calls = slots === 0 && layers.length < 3 ? 0 : epochs * steps * layers.length * layerStep;
  return (
    (passes + updates) * (single ? 0.5 : 1) +
    (epochs * trainRows + evaluated) * values +
    epochs * trainRows * masks * mask +
    calls
  );
}
