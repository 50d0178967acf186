import { createRng } from '../math/rng.ts';
import { batchings } from '../nn/batches.ts';
import type { Scores } from '../nn/evaluate.ts';
import { heldOut } from '../nn/evaluate.ts';
import { createEvaluation, type EvaluatorTask } from '../nn/evaluator.ts';
import { columnsOf, isSparse, type Samples } from '../nn/samples.ts';
import { type Arrays, inputArrays, pythonLibrary } from './python-library.ts';

export interface SklearnVersions {
  readonly version: string;
  readonly numpy: string;
  readonly scipy: string;
}

export const sklearn = pythonLibrary<SklearnVersions>({
  title: 'scikit-learn',
  program: 'sklearn_reference.py',
  versions: ['version', 'numpy', 'scipy'],
  package: 'python3-sklearn',
});

export const findSklearn = sklearn.find;

/** Parameters of scikit-learn's SGDRegressor, under its own names. */
export interface SgdRegressor {
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  /** The number of calls of partial_fit, each on `batchSize` training rows drawn with replacement. */
  readonly partialFits: number;
  readonly batchSize: number;
}

/**
 * Fits an SGDRegressor by partial fits and returns its coefficients [columns].
 *
 * Each call gets the rows that our own training draws for the first mini-batch of an epoch. Errors: those of
 * scikit-learn, and versions other than the expected ones.
 */
export async function fitSgdRegressor(
  train: Samples,
  { parameters, partialFits, batchSize }: SgdRegressor,
  seed: number,
  expected: SklearnVersions,
): Promise<Float64Array> {
  const batches = new Int32Array(partialFits * batchSize);
  const drawn = batchings['with-replacement'](train.rows, batchSize, seed);
  for (let call = 0; call < partialFits; call++) {
    drawn.startEpoch(call);
    drawn.fill(0, batches, call * batchSize);
  }
  const job = {
    method: 'SGDRegressor',
    parameters,
    randomState: createRng(seed, 'batches', partialFits).uint32(),
  };
  const answer = await sklearn.ask<{ coefficients: number[] }>(job, expected, {
    ...inputArrays(train),
    targets: [train.targets, [train.rows]],
    batches: [batches, [partialFits, batchSize]],
  });
  return Float64Array.from(answer.coefficients);
}

/** The coefficients [columns] of a linear model without intercept, and how it ended if it is found step by step. */
export interface LinearFit {
  readonly coefficients: Float64Array;
  readonly converged: boolean | null;
  readonly iterations: number | null;
}

/** Fits one of scikit-learn's linear regressions to all training rows, with parameters under its own names. */
export async function fitCoefficients(
  train: Samples,
  model: 'LinearRegression' | 'Ridge' | 'Lasso' | 'ElasticNet',
  parameters: SgdRegressor['parameters'],
  expected: SklearnVersions,
): Promise<LinearFit> {
  const job = { method: 'linear', model, parameters };
  const arrays: Arrays = { ...inputArrays(train), targets: [train.targets, [train.rows]] };
  const answer = await sklearn.ask<Omit<LinearFit, 'coefficients'> & { readonly coefficients: number[] }>(
    job,
    expected,
    arrays,
  );
  return { ...answer, coefficients: Float64Array.from(answer.coefficients) };
}

export interface LogisticFit {
  readonly scores: Scores;
  /** [test rows][classes] */
  readonly testOutputs: Float64Array;
  /** Whether the solver reached its tolerance within the maximum number of iterations. */
  readonly converged: boolean;
  readonly iterations: number;
}

/**
 * Fits a LogisticRegression to all training rows, whose targets are one-hot, and returns its scores.
 *
 * scikit-learn fits the weights, and penalises kernels, or biases too. Their loss and accuracy are computed as for our own weights. Errors: those of
 * scikit-learn, and versions other than the expected ones.
 */
export async function fitLogisticRegression(
  { train, test, ...others }: Pick<EvaluatorTask, 'train' | 'test' | 'validation'>,
  parameters: Readonly<Record<string, number | string | boolean | null>>,
  expected: SklearnVersions,
  penalizeBiases = false,
): Promise<LogisticFit> {
  const classes = train.targets.length / train.rows;
  const sparse = isSparse(train.inputs);
  const columns = columnsOf(train);
  const job = { method: 'LogisticRegression', parameters, sparse, columns, penalizeBiases };
  const answer = await sklearn.ask<LogisticAnswer>(job, expected, {
    ...inputArrays(train),
    targets: [train.targets, [train.rows, classes]],
  });
  const output = { units: classes, activation: 'softmax', kernelInit: 'random_normal' } as const;
  const layers = [{ ...output, biasInit: 'zeros' as const }];
  const evaluation = await createEvaluation({
    ...{ train, test, ...heldOut(others) },
    ...{ layers, loss: 'cross_entropy', dtype: 'float64' },
  });
  const [kernel, bias] = [answer.kernel, answer.bias].map((values) => Float64Array.from(values));
  const { converged, iterations } = answer;
  const scores = evaluation.evaluate([{ kernel, bias }]);
  const testOutputs = evaluation.testOutputs();
  evaluation.release();
  return { scores, testOutputs, converged, iterations };
}

interface LogisticAnswer {
  readonly kernel: number[];
  readonly bias: number[];
  readonly converged: boolean;
  readonly iterations: number;
}
