import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printable, quote } from '../errors.ts';
import { removeDirectory } from '../files/retry-while-busy.ts';
import { createRng } from '../math/rng.ts';
import { batchings } from '../nn/batches.ts';
import type { Scores } from '../nn/evaluate.ts';
import { createEvaluation } from '../nn/evaluator.ts';
import { columnsOf, isSparse, type Samples } from '../nn/samples.ts';
import type { Installed } from './installed.ts';
import { encodeNpy, type NpyValues } from './npy.ts';
import { fitLimits, probeLimits, pythonCandidates, runPythonForJson, sklearnProgram } from './python.ts';

export interface SklearnVersions {
  readonly version: string;
  readonly numpy: string;
  readonly scipy: string;
}

interface Interpreter {
  readonly python: string;
  readonly versions: SklearnVersions;
}

let known: Promise<Interpreter | string> | null = null;

/** The first interpreter that has scikit-learn, or why there is none. The search runs once. */
function findInterpreter(): Promise<Interpreter | string> {
  known ??= (async () => {
    const failures: string[] = [];
    for (const python of pythonCandidates()) {
      const outcome = await runPythonForJson(python, [sklearnProgram, '--versions'], probeLimits);
      if ('answer' in outcome && areVersions(outcome.answer)) return { python, versions: outcome.answer };
      const failure = 'failure' in outcome ? outcome.failure : `no versions: ${quote(outcome.answer)}`;
      failures.push(`${printable(python)}: ${failure}`);
    }
    return failures.join('; ');
  })();
  return known;
}

/** Checks that the versions look like version numbers, since they become part of configs and are printed. */
function areVersions(answer: unknown): answer is SklearnVersions {
  const found = (answer ?? {}) as Readonly<Record<string, unknown>>;
  return ['version', 'numpy', 'scipy'].every((name) => {
    const value = found[name];
    return typeof value === 'string' && /^[\w.+-]{1,100}$/.test(value);
  });
}

export async function findSklearn(): Promise<Installed<SklearnVersions>> {
  const found = await findInterpreter();
  if (typeof found !== 'string') return { versions: found.versions };
  const remedy = '`apt-get install python3-sklearn` (Debian), or name a Python that has it in FYS_NN_PYTHON';
  return { absent: { reason: found, remedy } };
}

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
  const answer = await ask<{ coefficients: number[] }>(job, expected, {
    ...inputArrays(train),
    targets: [train.targets, [train.rows]],
    batches: [batches, [partialFits, batchSize]],
  });
  return Float64Array.from(answer.coefficients);
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
 * scikit-learn fits the weights. Their loss and accuracy are computed as for our own weights. Errors: those of
 * scikit-learn, and versions other than the expected ones.
 */
export async function fitLogisticRegression(
  train: Samples,
  test: Samples,
  parameters: SgdRegressor['parameters'],
  expected: SklearnVersions,
): Promise<LogisticFit> {
  const classes = train.targets.length / train.rows;
  const sparse = isSparse(train.inputs);
  const job = { method: 'LogisticRegression', parameters, sparse, columns: columnsOf(train) };
  const answer = await ask<LogisticAnswer>(job, expected, {
    ...inputArrays(train),
    targets: [train.targets, [train.rows, classes]],
  });
  const output = { units: classes, activation: 'softmax', kernelInit: 'random_normal' } as const;
  const layers = [{ ...output, biasInit: 'zeros' as const }];
  const evaluation = await createEvaluation({ train, test, layers, loss: 'cross_entropy', dtype: 'float64' });
  const [kernel, bias] = [answer.kernel, answer.bias].map((values) => Float64Array.from(values));
  const { converged, iterations } = answer;
  const scores = evaluation.evaluate([{ kernel, bias }]);
  const testOutputs = evaluation.testOutputs();
  evaluation.release();
  return { scores, testOutputs, converged, iterations };
}

/** The inputs as a dense array, or as a sparse matrix with the indices of its rows. */
function inputArrays(samples: Samples): Arrays {
  if (!isSparse(samples.inputs)) return { inputs: [samples.inputs, [samples.rows, columnsOf(samples)]] };
  const { csr, rows } = samples.inputs;
  return {
    values: [csr.values, [csr.values.length]],
    columns: [csr.indices, [csr.indices.length]],
    starts: [csr.starts, [csr.starts.length]],
    rows: [rows, [rows.length]],
  };
}

interface LogisticAnswer {
  readonly kernel: number[];
  readonly bias: number[];
  readonly converged: boolean;
  readonly iterations: number;
}

/** The values and shape of each array, by file name. */
type Arrays = Readonly<Record<string, readonly [NpyValues, readonly number[]]>>;

/** Passes a job and its arrays to scikit-learn in a temporary folder, and returns the answer. */
async function ask<Answer>(job: object, expected: SklearnVersions, arrays: Arrays): Promise<Answer> {
  const found = await findInterpreter();
  if (typeof found === 'string') throw new Error(`scikit-learn is not installed: ${found}`);
  const folder = await mkdtemp(join(tmpdir(), 'fys-nn-sklearn-'));
  try {
    await writeFile(join(folder, 'job.json'), JSON.stringify(job));
    for (const [name, [values, shape]] of Object.entries(arrays)) {
      await writeFile(join(folder, `${name}.npy`), encodeNpy(values, shape));
    }
    const outcome = await runPythonForJson(found.python, [sklearnProgram, folder], fitLimits);
    if ('failure' in outcome) throw new Error(`scikit-learn: ${outcome.failure}`);
    const { versions, ...answer } = outcome.answer as Answer & { versions: SklearnVersions };
    const differs = (Object.keys(expected) as (keyof SklearnVersions)[]).some(
      (name) => versions[name] !== expected[name],
    );
    if (differs)
      throw new Error('the installed scikit-learn is not the version that the trial was planned with');
    return answer as Answer;
  } finally {
    await removeDirectory(folder);
  }
}
