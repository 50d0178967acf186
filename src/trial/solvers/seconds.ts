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
  /** An exponential, in a unit that needs one. */
  exponential: 6e-9,
  /** A product and a sum in a singular value or a Cholesky decomposition. */
  decomposition: 8e-9,
  /** A row that is generated or read, and an input of a row that is centred. */
  row: 1e-6,
  centredInput: 1.2e-7,
  /** A test row in a bootstrap resample. */
  resampledRow: 4e-8,
  /** What every trial takes in addition: its worker, its record. */
  trial: 4e-3,
  /** The start of Python with scikit-learn. */
  python: 2,
} as const;

/** Sparse inputs: the part of them that is not 0, and the additional units that reading them is worth. */
const sparse = { density: 0.3, units: 14 };

const withoutExponential: ReadonlySet<string> = new Set(['linear', 'relu', 'leaky_relu', 'relu6']);

/** Seconds for `epochs` passes: training in `steps` steps an epoch, and evaluating all rows after some of the epochs. */
export function passesSeconds(
  layers: readonly LayerSpec[],
  { inputs, trainRows, rows, sparseInputs }: ModelSize,
  epochs: number,
  steps: number,
  dtype: Dtype,
  evaluations = epochs,
): number {
  let [products, weights, exponentials] = [0, 0, 0];
  let before = sparseInputs ? inputs * sparse.density : inputs;
  for (const [index, { units, activation }] of layers.entries()) {
    products += before * (units + (index === 0 && sparseInputs ? sparse.units : 0));
    weights += before * units;
    if (!withoutExponential.has(activation)) exponentials += units;
    before = units;
  }
  const { multiplication, update, exponential } = secondsPer;
  // Forward, backward and the gradient in training, and forward in the evaluation.
  const evaluated = evaluations * rows;
  const passes = (3 * epochs * trainRows + evaluated) * products * multiplication;
  const updates = epochs * steps * weights * update;
  const inDtype = (passes + updates) * (dtype === 'float32' ? 0.5 : 1);
  return inDtype + (epochs * trainRows + evaluated) * exponentials * exponential;
}
