import { createKernels } from '../kernels/index.ts';
import { allocate } from './arena.ts';
import { divergenceTest } from './divergence.ts';
import { createRecord } from './epochs.ts';
import { evaluate, evaluationRows, heldOut, predict, type Score, scoresOf, splitsOf } from './evaluate.ts';
import { lossAndGradient } from './gradient.ts';
import { type Evaluation, largest, minimize } from './lbfgs.ts';
import { type LossName, lossOf } from './losses.ts';
import { type LayerSpec, type LayerWeights, layOut } from './network.ts';
import {
  columnsOf,
  isSparse,
  layOutSamples,
  layOutSparseWorkspace,
  loadSamples,
  memoryOf,
  type Samples,
} from './samples.ts';
import type { Trained } from './train.ts';
import { copyWeights, storeWeights } from './weights.ts';

export interface LbfgsFit {
  readonly maxIterations: number;
  /** Stops when no component of the gradient is larger than this share of the problem's own gradients (see `fitLbfgs`). */
  readonly gradientTolerance: number;
  readonly layers: readonly LayerSpec[];
  /** Initial weights, one entry per layer. */
  readonly weights: readonly LayerWeights[];
  readonly loss: LossName;
  /** As in `Training`. */
  readonly delta?: number | undefined;
  /** The factor lambda of the penalty lambda sum(w^2) on kernels. */
  readonly lambda: number;
  /** Whether the penalty includes biases. */
  readonly penalizeBiases: boolean;
  /** Whether to return the outputs of the training rows; true by default. */
  readonly keepTrainOutputs?: boolean;
  /** Rows that are evaluated after each iteration, but neither fitted nor tested on. */
  readonly validation?: Samples;
}

/** The result, as for SGD, with iterations instead of epochs. */
export interface LbfgsFitted extends Trained {
  readonly iterations: number;
  /** Whether the gradient reached its tolerance, and an optimum may exist. */
  readonly converged: boolean;
  /** Whether it is proved that there is no optimum: without a penalty, every training row is classified correctly. */
  readonly noOptimum: boolean;
  /** The largest absolute value of the gradient's components. */
  readonly gradientNorm: number;
}

/** The objective at a point, and the score of the training rows there. */
interface Fitness extends Evaluation {
  readonly score: Score;
}

/**
 * Minimises mean loss + lambda sum(w^2) over all training rows by L-BFGS in float64, on the network and the kernels that
 * SGD trains with.
 *
 * scikit-learn's LogisticRegression(C) minimises the sum of the losses + |W|^2 / (2 C), without a penalty on the
 * intercept. With N training rows this is lambda = 1 / (2 C N) on kernels only, and its gradient is N times ours.
 *
 * It has converged when max |g(w)| <= tolerance * max(max |g(start)|, max |g(0)|) for the gradient g. An absolute tolerance
 * would ask more of the same rows in smaller units: with all inputs c times as large, all gradients of a linear model are c times
 * as large at the same predictions. LIBLINEAR stops relative to the gradient at weights 0 too (R.-E. Fan et al.,
 * LIBLINEAR, JMLR 9, 2008); the start counts because hidden layers have no gradient at 0.
 *
 * Without a penalty, rows that can all be classified correctly have no optimum: the loss falls as long as the weights grow
 * (A. Albert and J. A. Anderson, On the existence of maximum likelihood estimates in logistic regression models,
 * Biometrika 71, 1984). Such a fit has not converged. Rows of which only some are separated (quasi-separation) may have
 * none either, which nothing here detects.
 *
 * The curves have one value per iteration, and a single value if the fit starts at a minimum. An objective that is not
 * finite at the start counts as divergence.
 */
export async function fitLbfgs(
  trainSamples: Samples,
  testSamples: Samples,
  fit: LbfgsFit,
  onIteration: (iteration: number) => void = () => {},
): Promise<LbfgsFitted> {
  const { layers } = fit;
  const loss = lossOf(fit.loss, fit.delta);
  const sparse = isSparse(trainSamples.inputs);
  const splits = splitsOf({ train: trainSamples, test: testSamples, ...heldOut(fit) });
  const { offsets, region } = allocate('float64', memoryOf(trainSamples), (arena) => ({
    samples: layOutSamples(splits, arena),
    memory: layOut(layers, columnsOf(trainSamples), evaluationRows, 0, sparse, arena),
    sorted: layOutSparseWorkspace(trainSamples, evaluationRows, arena),
  }));
  const { memory, sorted } = offsets;
  const [trainRows, testRows, validationRows] = offsets.samples;
  const kernels = await createKernels('float64', region.memory);
  loadSamples(splits, offsets.samples, kernels);

  const store = (x: Float64Array) => storeWeights(kernels, memory, weightsAt(x, fit.weights));
  const objective = (x: Float64Array): Fitness => {
    store(x);
    const gradient = new Float64Array(x.length);
    const score = lossAndGradient(kernels, memory, trainRows, sorted, loss, gradient);
    return { value: score.loss + addPenalty(x, fit, gradient), gradient, score };
  };
  const start = flatten(fit.weights);
  const first = objective(start);
  const scale = Math.max(...[first, objective(new Float64Array(start.length))].map(gradientNormOf));
  const hasDiverged = divergenceTest(loss, trainSamples, () => first.score.loss);
  const record = createRecord(hasDiverged, onIteration, null, fit.validation !== undefined);
  const take = (x: Float64Array, { score }: Fitness): boolean => {
    store(x);
    const held = offsets.samples.slice(1).map((rows) => evaluate(kernels, memory, rows, loss));
    record.add(record.train.loss.length + 1, scoresOf([score, ...held]), () => []);
    return record.divergedAt() === null;
  };
  const options = { maxIterations: fit.maxIterations, gradientTolerance: fit.gradientTolerance * scale };
  const minimum = minimize(objective, start, options, take);
  const { x, evaluation, iterations, gradientNorm } = minimum;
  if (iterations === 0) take(x, evaluation);
  else store(x);
  const noOptimum = loss.unattained && fit.lambda === 0 && record.train.second.includes(1);
  const fitted = {
    train: record.train,
    test: record.test,
    ...(record.validation === undefined ? {} : { validation: record.validation }),
    divergedAt: Number.isFinite(evaluation.value) ? record.divergedAt() : iterations,
    testOutputs: predict(kernels, memory, testRows, loss),
    trainOutputs:
      fit.keepTrainOutputs === false ? new Float64Array() : predict(kernels, memory, trainRows, loss),
    ...(validationRows === undefined
      ? {}
      : { validationOutputs: predict(kernels, memory, validationRows, loss) }),
    weights: copyWeights(kernels, memory),
    iterations,
    converged: minimum.converged && !noOptimum,
    noOptimum,
    gradientNorm,
  };
  region.release();
  return fitted;
}

/** The largest component of the gradient; 0 at a point that is not finite. */
const gradientNormOf = ({ value, gradient }: Fitness): number =>
  Number.isFinite(value) ? largest(gradient) : 0;

/** One vector with the kernel and then the bias of each layer in turn. */
function flatten(weights: readonly LayerWeights[]): Float64Array {
  const parts = weights.flatMap(({ kernel, bias }) => (bias === null ? [kernel] : [kernel, bias]));
  const flat = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    flat.set(part, at);
    at += part.length;
  }
  return flat;
}

/** Views of a flat vector with the shapes of `like`. */
function weightsAt(flat: Float64Array, like: readonly LayerWeights[]): LayerWeights[] {
  let at = 0;
  const take = (length: number) => {
    at += length;
    return flat.subarray(at - length, at);
  };
  return like.map(({ kernel, bias }) => ({
    kernel: take(kernel.length),
    bias: bias === null ? null : take(bias.length),
  }));
}

/** Returns lambda sum(w^2) over the penalised weights, and adds 2 lambda w to their gradients. */
function addPenalty(x: Float64Array, fit: LbfgsFit, gradient: Float64Array): number {
  const { lambda, penalizeBiases, weights } = fit;
  if (lambda === 0) return 0;
  let sum = 0;
  const penalize = (w: Float64Array, g: Float64Array): void => {
    for (let i = 0; i < w.length; i++) {
      sum += w[i] * w[i];
      g[i] += 2 * lambda * w[i];
    }
  };
  const gradients = weightsAt(gradient, weights);
  weightsAt(x, weights).forEach(({ kernel, bias }, layer) => {
    penalize(kernel, gradients[layer].kernel);
    if (penalizeBiases && bias !== null) penalize(bias, gradients[layer].bias!);
  });
  return lambda * sum;
}
