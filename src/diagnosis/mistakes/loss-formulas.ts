import type { LossName } from '../../nn/losses.ts';
import type { Exercise } from '../../trace/exercise.ts';
import { combine, type NumberArray } from '../../trace/number-array.ts';
import { isErrorOfZ } from '../../trace/right-rules.ts';
import type { Rules, Step } from '../../trace/rules.ts';

/** The formula of the loss and of its derivative, in words that fit into a sentence. */
export function lossInWords({ loss, layers }: Exercise): string {
  const P = layers.at(-1)!.units;
  const summed = P > 1 ? ', summed over the outputs' : '';
  const mean = 'The loss is the mean over the N rows of the batch of';
  const texts: Record<LossName, string> = {
    mse: `${mean} (a - y)^2${summed}, so dC/da = 2 (a - y) / N.`,
    mae: `${mean} |a - y|${summed}, so dC/da = sign(a - y) / N.`,
    huber: `${mean} the Huber loss of a - y${summed}, so dC/da is a - y limited to [-delta, delta], divided by N.`,
    cross_entropy: `${mean} -sum y ln a with a = softmax(z), so dC/dz = (a - y) / N, without another factor.`,
    binary_cross_entropy: `${mean} -y ln a - (1 - y) ln(1 - a) with a = sigmoid(z), so dC/dz = (a - y) / N, without another factor.`,
    sigmoid_cross_entropy: `${mean} -y ln a - (1 - y) ln(1 - a) with a = sigmoid(z), so dC/dz = (a - y) / N, without another factor.`,
  };
  return texts[loss];
}

/** dC/da or dC/dz as NumPy. */
const errorInNumPy: Record<LossName, string> = {
  mse: '2 * (a - y) / len(y)',
  mae: 'np.sign(a - y) / len(y)',
  huber: 'np.clip(a - y, -delta, delta) / len(y)',
  cross_entropy: '(a - y) / len(y)',
  binary_cross_entropy: '(a - y) / len(y)',
  sigmoid_cross_entropy: '(a - y) / len(y)',
};

const lossInNumPy: Record<LossName, string> = {
  mse: 'np.sum((a - y)**2) / len(y)',
  mae: 'np.sum(np.abs(a - y)) / len(y)',
  huber:
    'np.sum(np.where(np.abs(e) <= delta, e**2 / 2, delta * (np.abs(e) - delta / 2))) / len(y), with e = a - y',
  cross_entropy: '-np.sum(y * np.log(a)) / len(y)',
  binary_cross_entropy: '-np.sum(y * np.log(a) + (1 - y) * np.log(1 - a)) / len(y)',
  sigmoid_cross_entropy: '-np.sum(y * np.log(a) + (1 - y) * np.log(1 - a)) / len(y)',
};

const lastOf = ({ layers }: Exercise): number => layers.length - 1;
export const outputsOf = (step: Step): NumberArray => step.a[lastOf(step.exercise)];
/** The right loss and its derivative, as lines of NumPy. */
export const lossFix = ({ loss }: Exercise): string => `loss = ${lossInNumPy[loss]}`;
export const errorFix = (exercise: Exercise): string =>
  `${isErrorOfZ(exercise) ? 'delta' : 'dC_da'} = ${errorInNumPy[exercise.loss]}`;

/** dC/da in words; of cross-entropies dC/dz. */
export const errorName = (exercise: Exercise): string =>
  isErrorOfZ(exercise) ? "the output layer's delta" : 'dC/da of the output layer';

/** The sum over the elements of a batch of a function of a and y, divided by N. */
export const meanOf =
  (f: (a: number, y: number) => number) =>
  (_: Rules, step: Step): number =>
    combine(outputsOf(step), step.y, f).values.reduce((sum, value) => sum + value, 0) / step.N;
