import type { Exercise } from '../../trace/exercise.ts';
import {
  hasShape,
  map,
  matmul,
  multiply,
  type NumberArray,
  reshape,
  scale,
  sumOfRows,
  takeRows,
  transpose,
} from '../../trace/number-array.ts';
import { isErrorOfZ } from '../../trace/right-rules.ts';
import type { ParameterKind, Rules, Step } from '../../trace/rules.ts';
import { isMatrix, isSquare } from './forward.ts';
import { inLayers, layersWhere, type MistakeKind } from './mistake.ts';

type Gradient = (right: Rules, step: Step, layer: number, kind: ParameterKind) => NumberArray;

interface WrongGradient {
  readonly id: string;
  readonly of: readonly ParameterKind[];
  readonly title: string;
  readonly explain: string;
  readonly fix: string;
  /** The kinds that can have it alone; all if it is left out. */
  readonly alone?: readonly ParameterKind[];
  readonly applies?: (exercise: Exercise, layer: number) => boolean;
  readonly gradient: Gradient;
}

const both = ['kernel', 'bias'] as const;
const hasActivation = ({ layers }: Exercise, layer: number): boolean =>
  layers[layer].activation !== 'linear' && layers[layer].activation !== 'softmax';

/** The gradient of a step that has only one row of the batch. */
const ofRow =
  (row: (N: number) => number): Gradient =>
  (right, step, layer, kind) => {
    const only = (array: NumberArray): NumberArray => takeRows(array, [row(step.N)]);
    const delta = [...step.delta];
    delta[layer] = only(step.delta[layer]);
    return right.dataGradient({ ...step, N: 1, x: only(step.x), a: step.a.map(only), delta }, layer, kind);
  };

const kernelExplain =
  "A kernel's gradient is a_below' delta: the outputs of the layer below, transposed, times delta.";
const kernelFix = 'dW = a_below.T @ delta';
const biasExplain =
  "A bias's gradient is the sum of delta over the rows of the batch, one number for each unit.";
const biasFix = 'db = delta.sum(axis=0)';
const rowsExplain = 'The gradients are sums over all rows of the batch.';

/** Gradients that are computed in another way, in all layers or in single ones. */
const gradients: readonly WrongGradient[] = [
  {
    id: 'kernel-gradient-from-z',
    of: ['kernel'],
    title: 'z of the layer below is used in place of its a in the gradient of the kernel of',
    explain: kernelExplain,
    fix: kernelFix,
    applies: ({ layers }, layer) => layer > 0 && layers[layer - 1].activation !== 'linear',
    gradient: (_, step, layer) => matmul(transpose(step.z[layer - 1]), step.delta[layer]),
  },
  {
    id: 'kernel-gradient-from-own-a',
    of: ['kernel'],
    title:
      'a of the layer itself is used in place of that of the layer below in the gradient of the kernel of',
    explain: kernelExplain,
    fix: kernelFix,
    applies: ({ layers }, layer) => isSquare(layers[layer].kernel),
    gradient: (_, step, layer) => matmul(transpose(step.a[layer]), step.delta[layer]),
  },
  {
    id: 'kernel-gradient-from-x',
    of: ['kernel'],
    title: 'the inputs x are used in place of a of the layer below in the gradient of the kernel of',
    explain: kernelExplain,
    fix: kernelFix,
    applies: ({ layers, x }, layer) => layer > 0 && layers[layer - 1].units === x.shape[1],
    gradient: (_, step, layer) => matmul(transpose(step.x), step.delta[layer]),
  },
  {
    id: 'kernel-gradient-first-rows',
    of: ['kernel'],
    title:
      'the first rows of the data are used in place of those of the batch in the gradient of the kernel of',
    explain: kernelExplain,
    fix: 'dW = x[rows].T @ delta',
    applies: (_, layer) => layer === 0,
    gradient(_, step, layer) {
      const rows = Array.from({ length: step.N }, (_row, n) => n);
      return matmul(transpose(takeRows(step.exercise.x, rows)), step.delta[layer]);
    },
  },
  {
    id: 'kernel-gradient-from-batch-before',
    of: ['kernel'],
    title: 'the inputs of the batch before are used in the gradient of the kernel of',
    explain: kernelExplain,
    fix: 'dW = x[rows].T @ delta, with the rows of this step',
    applies: (_, layer) => layer === 0,
    gradient(right, step, layer, kind) {
      const before = step.memory.get('x before') as NumberArray | undefined;
      step.memory.set('x before', step.x);
      return before === undefined || !hasShape(before, step.x.shape)
        ? right.dataGradient(step, layer, kind)
        : matmul(transpose(before), step.delta[layer]);
    },
  },
  {
    id: 'kernel-gradient-transposed',
    of: ['kernel'],
    title: 'the gradient is transposed for the kernel of',
    explain: `${kernelExplain} This kernel is square, so that its transpose fits too.`,
    fix: kernelFix,
    applies: ({ layers }, layer) => isSquare(layers[layer].kernel),
    gradient: (right, step, layer, kind) => transpose(right.dataGradient(step, layer, kind)),
  },
  {
    id: 'kernel-gradient-reshaped',
    of: ['kernel'],
    title: 'the gradient is reshaped where it should be transposed for the kernel of',
    explain: 'reshape keeps the order of the numbers and so moves them to other rows and columns.',
    fix: kernelFix,
    applies: ({ layers }, layer) => isMatrix(layers[layer].kernel) && !isSquare(layers[layer].kernel),
    gradient(right, step, layer, kind) {
      const gradient = right.dataGradient(step, layer, kind);
      const turned = transpose(gradient);
      return step.exercise.layout.kernel === 'in-out'
        ? reshape(turned, gradient.shape)
        : transpose(reshape(gradient, turned.shape));
    },
  },
  {
    id: 'gradient-derivative-again',
    of: both,
    title: "delta is multiplied by f'(z) again in the gradients of",
    explain: "delta has f'(z) already.",
    fix: `${kernelFix}; ${biasFix}`,
    applies: hasActivation,
    gradient(right, step, layer, kind) {
      const delta = [...step.delta];
      delta[layer] = multiply(delta[layer], step.rules.derivative(step, layer));
      return right.dataGradient({ ...step, delta }, layer, kind);
    },
  },
  {
    id: 'gradient-last-row',
    of: both,
    title: 'only the last row of the batch counts in the gradients of',
    explain: `${rowsExplain} A loop over rows that assigns (=) where it should add (+=) keeps the last one.`,
    fix: 'dW += np.outer(a_below[n], delta[n]); db += delta[n]',
    gradient: ofRow((N) => N - 1),
  },
  {
    id: 'gradient-first-row',
    of: both,
    title: 'only the first row of the batch counts in the gradients of',
    explain: rowsExplain,
    fix: `${kernelFix}; ${biasFix}`,
    gradient: ofRow(() => 0),
  },
  {
    id: 'gradient-averaged-again',
    of: both,
    // Of biases, it is bias-gradient-mean.
    alone: ['kernel'],
    title: 'delta is divided by N, the rows of the batch, once more in the gradients of',
    explain: 'The mean over the rows is in dC/da already: the gradients are sums over rows.',
    fix: `${kernelFix}; ${biasFix}`,
    gradient: (right, step, layer, kind) => scale(right.dataGradient(step, layer, kind), 1 / step.N),
  },
  {
    id: 'gradient-not-averaged',
    of: both,
    title: 'the division by N, the rows of the batch, is missing in the gradients of',
    explain: 'The loss is the mean over the rows of the batch, and so are its gradients.',
    fix: 'Divide by len(rows) once.',
    gradient: (right, step, layer, kind) => scale(right.dataGradient(step, layer, kind), step.N),
  },
  {
    id: 'gradient-zero',
    of: both,
    title: 'the gradients are 0 in',
    explain: `${kernelExplain} ${biasExplain}`,
    fix: `${kernelFix}; ${biasFix}`,
    gradient: (right, step, layer, kind) => map(right.dataGradient(step, layer, kind), () => 0),
  },
  {
    id: 'bias-gradient-over-units',
    of: ['bias'],
    title: 'delta is summed over the units, not over the rows, in the gradient of the bias of',
    explain: biasExplain,
    fix: biasFix,
    gradient: (_, step, layer) => sumOfRows(transpose(step.delta[layer])),
  },
  {
    id: 'bias-gradient-mean',
    of: ['bias'],
    title: 'delta is averaged over the rows, not summed, in the gradient of the bias of',
    explain: `${biasExplain} delta contains 1 / N already.`,
    fix: biasFix,
    gradient: (_, step, layer) => scale(sumOfRows(step.delta[layer]), 1 / step.N),
  },
  {
    id: 'bias-gradient-total',
    of: ['bias'],
    title: 'delta is summed over rows and units: one number for the whole bias of',
    explain: biasExplain,
    fix: `${biasFix}, not np.sum(delta)`,
    applies: ({ layers }, layer) => layers[layer].units > 1,
    gradient(_, step, layer) {
      const sums = sumOfRows(step.delta[layer]);
      const total = sums.values.reduce((sum, value) => sum + value, 0);
      return map(sums, () => total);
    },
  },
  {
    id: 'bias-gradient-total-mean',
    of: ['bias'],
    title: 'delta is averaged over rows and units: one number for the whole bias of',
    explain: biasExplain,
    fix: `${biasFix}, not np.mean(delta)`,
    applies: ({ layers }, layer) => layers[layer].units > 1,
    gradient(_, step, layer) {
      const sums = sumOfRows(step.delta[layer]);
      const total = sums.values.reduce((sum, value) => sum + value, 0);
      return map(sums, () => total / step.delta[layer].values.length);
    },
  },
  {
    id: 'bias-gradient-of-one-number',
    of: ['bias'],
    title: 'delta is summed over rows and units to a single number in the gradient of the bias of',
    explain: biasExplain,
    fix: `${biasFix}, not np.sum(delta)`,
    applies: ({ layers }, layer) => layers[layer].units > 1,
    gradient: (_, step, layer) => ({
      shape: [],
      values: Float64Array.of(step.delta[layer].values.reduce((sum, value) => sum + value, 0)),
    }),
  },
  {
    id: 'bias-gradient-times-a',
    of: ['bias'],
    title: 'delta is multiplied by a in the gradient of the bias of',
    explain: `${biasExplain} Nothing is multiplied: dz/db = 1.`,
    fix: biasFix,
    gradient: (_, step, layer) => sumOfRows(multiply(step.delta[layer], step.a[layer])),
  },
  {
    id: 'bias-gradient-times-b',
    of: ['bias'],
    title: 'delta is multiplied by b in the gradient of the bias of',
    explain: `${biasExplain} Nothing is multiplied: dz/db = 1.`,
    fix: biasFix,
    gradient: (_, step, layer) => multiply(sumOfRows(step.delta[layer]), step.weights.bias[layer]),
  },
  {
    id: 'bias-gradient-without-derivative',
    of: ['bias'],
    title: "f'(z) is missing in the gradient of the bias of",
    explain: biasExplain,
    fix: biasFix,
    applies: (exercise, layer) =>
      hasActivation(exercise, layer) && (layer < exercise.layers.length - 1 || !isErrorOfZ(exercise)),
    gradient(_, step, layer) {
      const isLast = layer === step.exercise.layers.length - 1;
      const back = isLast
        ? step.rules.outputError(step)
        : matmul(step.delta[layer + 1], transpose(step.weights.kernel[layer + 1]));
      return sumOfRows(back);
    },
  },
  {
    id: 'bias-gradient-from-kernel',
    of: ['bias'],
    title: "the kernel's gradient, summed over its inputs, is used as the gradient of the bias of",
    explain: biasExplain,
    fix: biasFix,
    gradient: (_, step, layer) => sumOfRows(step.gradients.kernel[layer]),
  },
];

const of = (kinds: readonly ParameterKind[]): string => (kinds.length === 2 ? '' : `:${kinds[0]}`);

/** Mistakes in the gradients, without those of penalties. */
export const wrongGradients: readonly MistakeKind[] = [
  (exercise) =>
    gradients.flatMap(({ id, of: kinds, alone = both, title, explain, fix, applies, gradient }) => {
      // What is wrong for both is often wrong for one of them only.
      const choices = kinds.length === 2 ? [kinds, ...alone.map((kind) => [kind])] : [kinds];
      return choices.flatMap((chosen) =>
        inLayers(
          exercise,
          layersWhere(
            exercise,
            (layer) =>
              (applies?.(exercise, layer) ?? true) &&
              (chosen.some((kind) => kind === 'kernel') || exercise.layers[layer].bias !== null),
          ),
          kinds.length === 2 ? `${id}${of(chosen)}` : id,
          (where, has) => ({
            title: `${title} ${where}${kinds.length === 2 && chosen.length === 1 ? `, only of ${chosen[0] === 'kernel' ? 'kernels' : 'biases'}` : ''}`,
            explain,
            fix,
            rules: (right) => ({
              ...right,
              dataGradient: (step, layer, kind) =>
                has(layer) && chosen.some((one) => one === kind)
                  ? gradient(right, step, layer, kind)
                  : right.dataGradient(step, layer, kind),
            }),
          }),
        ),
      );
    }),
];
