import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { csrFromDense } from '../math/csr.ts';
import { matrix } from '../math/matrix.ts';
import { createRng } from '../math/rng.ts';
import { ridge } from '../regression/least-squares.ts';
import { batchings } from './batches.ts';
import { fitLbfgs, type LbfgsFit } from './fit-lbfgs.ts';
import { initialWeights, type LayerSpec } from './network.ts';
import type { Samples } from './samples.ts';
import { train } from './train.ts';

interface Fixture {
  readonly inputs: number[][];
  readonly labels: number[];
  readonly optima: readonly {
    readonly C: number;
    readonly mean_cross_entropy: number;
    readonly accuracy: number;
    readonly kernel: number[][];
    readonly bias: number[];
  }[];
}

const file = new URL('../../data/fixtures/logistic/scikit-learn.json', import.meta.url);
const { inputs, labels, optima }: Fixture = JSON.parse(readFileSync(file, 'utf8'));

const rows = labels.length;
const columns = inputs[0].length;
const classes: Samples = {
  rows,
  inputs: Float64Array.from(inputs.flat()),
  targets: Float64Array.from(labels.flatMap((label) => [0, 1, 2].map((k) => Number(k === label)))),
};
const softmax: LayerSpec = {
  units: 3,
  activation: 'softmax',
  kernelInit: 'glorot_uniform',
  biasInit: 'zeros',
};
const numbers: Samples = {
  ...classes,
  targets: Float64Array.from(inputs, ([a, b, c]) => a - 0.5 * b + Math.abs(c)),
};
const linear: LayerSpec = { units: 1, activation: 'linear', kernelInit: 'glorot_uniform', biasInit: null };

const logistic: LbfgsFit = {
  layers: [softmax],
  weights: initialWeights([softmax], columns, 1),
  loss: 'cross_entropy',
  lambda: 1 / (2 * rows),
  penalizeBiases: false,
  maxIterations: 1000,
  gradientTolerance: 1e-9,
};

const last = (values: readonly number[]) => values[values.length - 1];

describe('logistic regression', () => {
  test.each(optima)("is scikit-learn's optimum, C = $C", async (optimum) => {
    const lambda = 1 / (2 * optimum.C * rows);
    const fitted = await fitLbfgs(classes, classes, { ...logistic, lambda });
    expect(fitted).toMatchObject({ converged: true, divergedAt: null });
    expect(last(fitted.train.loss)).toBeCloseTo(optimum.mean_cross_entropy, 9);
    expect(last(fitted.train.second)).toBe(optimum.accuracy);
    const [{ kernel, bias }] = fitted.weights;
    optimum.kernel.flat().forEach((w, i) => {
      expect(kernel[i]).toBeCloseTo(w, 6);
    });
    optimum.bias.forEach((b, k) => {
      expect(bias![k]).toBeCloseTo(b, 6);
    });
  });

  test('is the same from any start', async () => {
    const [{ kernel }] = (await fitLbfgs(classes, classes, logistic)).weights;
    const elsewhere = initialWeights([{ ...softmax, kernelInit: 'random_normal' }], columns, 9);
    const [{ kernel: other }] = (await fitLbfgs(classes, classes, { ...logistic, weights: elsewhere }))
      .weights;
    other.forEach((w, i) => {
      expect(w).toBeCloseTo(kernel[i], 6);
    });
  });

  test('of sparse rows is that of dense ones', async () => {
    const every = Int32Array.from({ length: rows }, (_, n) => n);
    const csr = csrFromDense(classes.inputs as Float64Array, columns, every, 1, 'float64');
    const sparse: Samples = { ...classes, inputs: { csr, rows: every } };
    expect(await fitLbfgs(sparse, sparse, logistic)).toEqual(await fitLbfgs(classes, classes, logistic));
  });

  test('has one value an iteration, the last of them its own, and tells of each', async () => {
    const heard: number[] = [];
    const fitted = await fitLbfgs(classes, classes, logistic, (iteration) => heard.push(iteration));
    const { iterations, train: curve, test: held } = fitted;
    expect(heard).toEqual(Array.from({ length: iterations }, (_, i) => i + 1));
    expect(held).toEqual(curve);
    for (const values of Object.values(curve)) expect(values).toHaveLength(iterations);
    const few = await fitLbfgs(classes, classes, { ...logistic, maxIterations: 5 });
    expect(few).toMatchObject({ iterations: 5, converged: false });
    expect(few.train.loss).toEqual(curve.loss.slice(0, 5));
    expect(few.gradientNorm).toBeGreaterThan(1e-9);
  });

  test('that begins at its optimum has the value of its start', async () => {
    const { weights, train: curve } = await fitLbfgs(classes, classes, logistic);
    const again = await fitLbfgs(classes, classes, { ...logistic, weights });
    expect(again).toMatchObject({ iterations: 0, converged: true, divergedAt: null });
    expect(again.train.loss).toEqual([last(curve.loss)]);
    expect(again.weights).toEqual(weights);
  });

  test('with a tolerance out of reach has not converged, and stays at the optimum', async () => {
    const there = await fitLbfgs(classes, classes, logistic);
    const endless = { ...logistic, gradientTolerance: 1e-300, maxIterations: 300 };
    const { weights, train: curve, converged } = await fitLbfgs(classes, classes, endless);
    expect(converged).toBe(false);
    expect(last(curve.loss)).toBeCloseTo(last(there.train.loss), 9);
    const again = await fitLbfgs(classes, classes, { ...logistic, weights, gradientTolerance: 1 });
    expect(again.train.loss).toEqual([last(curve.loss)]);
  });

  test('whose objective is not finite has diverged', async () => {
    const wide = [{ kernel: new Float64Array(3 * columns).fill(10), bias: new Float64Array(3) }];
    const fitted = await fitLbfgs(classes, classes, { ...logistic, lambda: 1e308, weights: wide });
    expect(fitted).toMatchObject({ iterations: 0, converged: false, divergedAt: 0 });
  });
});

describe('the stopping test has the scale of the problem', () => {
  const zeros = [{ kernel: new Float64Array(3 * columns), bias: new Float64Array(3) }];
  const loose = { ...logistic, weights: zeros, lambda: 0.01, gradientTolerance: 1e-7 };

  test.each([1e-3, 0.1, 10, 1e3])('inputs times %d: the same predictions', async (c) => {
    const scaled = { ...classes, inputs: (classes.inputs as Float64Array).map((value) => c * value) };
    const one = await fitLbfgs(classes, classes, loose);
    const other = await fitLbfgs(scaled, scaled, { ...loose, lambda: loose.lambda * c * c });
    expect(other.converged).toBe(true);
    expect(last(other.train.loss)).toBeCloseTo(last(one.train.loss), 6);
  });

  test('targets times 1000, or every row ten times: the same line', async () => {
    const fit: LbfgsFit = {
      ...loose,
      layers: [linear],
      weights: [{ kernel: zeros[0].kernel.subarray(0, columns), bias: null }],
      loss: 'mse',
    };
    const one = await fitLbfgs(numbers, numbers, fit);
    const larger = { ...numbers, targets: numbers.targets.map((y) => 1000 * y) };
    const thousand = await fitLbfgs(larger, larger, fit);
    const repeated = {
      rows: 10 * rows,
      inputs: Float64Array.from(
        { length: 10 * rows * columns },
        (_, i) => (numbers.inputs as Float64Array)[i % (rows * columns)],
      ),
      targets: Float64Array.from({ length: 10 * rows }, (_, n) => numbers.targets[n % rows]),
    };
    const tenfold = await fitLbfgs(repeated, repeated, fit);
    expect([one, thousand, tenfold].map(({ converged }) => converged)).toEqual([true, true, true]);
    one.weights[0].kernel.forEach((w, i) => {
      expect(thousand.weights[0].kernel[i] / 1000).toBeCloseTo(w, 4);
      expect(tenfold.weights[0].kernel[i]).toBeCloseTo(w, 4);
    });
    expect(tenfold.iterations).toBe(one.iterations);
  });
});

describe('without a penalty', () => {
  /** Rows on both sides of a plane. */
  const separable: Samples = {
    ...classes,
    targets: Float64Array.from({ length: 3 * rows }, (_, i) =>
      Number(i % 3 === Number(inputs[Math.floor(i / 3)][0] > 0)),
    ),
  };
  const free = { ...logistic, lambda: 0, gradientTolerance: 1e-4 };

  test.each([1e-2, 1e-4, 1e-6])(
    'rows that can be separated have no optimum, whatever the tolerance: %d',
    async (gradientTolerance) => {
      const fitted = await fitLbfgs(separable, separable, { ...free, gradientTolerance });
      expect(last(fitted.train.second)).toBe(1);
      expect(fitted).toMatchObject({ noOptimum: true, converged: false, divergedAt: null });
    },
  );

  test('neither for a network with hidden layers', async () => {
    const layers = [{ ...softmax, units: 4, activation: 'sigmoid' } as LayerSpec, softmax];
    const fit = { ...free, layers, weights: initialWeights(layers, columns, 4) };
    expect(await fitLbfgs(separable, separable, fit)).toMatchObject({ noOptimum: true, converged: false });
  });

  test('others may have one, and so have all with a penalty or another loss', async () => {
    expect(await fitLbfgs(classes, classes, free)).toMatchObject({ noOptimum: false, converged: true });
    const penalised = { ...free, lambda: 1e-6 };
    expect(await fitLbfgs(separable, separable, penalised)).toMatchObject({
      noOptimum: false,
      converged: true,
    });
    const fit: LbfgsFit = {
      ...free,
      layers: [linear],
      weights: initialWeights([linear], columns, 2),
      loss: 'mse',
    };
    expect(await fitLbfgs(numbers, numbers, fit)).toMatchObject({ noOptimum: false, converged: true });
  });
});

test('a linear model is ridge regression in closed form', async () => {
  for (const lambda of [0, 0.1]) {
    const fit: LbfgsFit = {
      ...logistic,
      layers: [linear],
      weights: initialWeights([linear], columns, 2),
      loss: 'mse',
      lambda,
    };
    const { weights, converged, trainOutputs } = await fitLbfgs(numbers, numbers, fit);
    const x = matrix(rows, columns, numbers.inputs as Float64Array);
    const beta = await ridge(x, numbers.targets as Float64Array, rows * lambda);
    expect(converged).toBe(true);
    beta.forEach((b, i) => {
      expect(weights[0].kernel[i]).toBeCloseTo(b, 7);
    });
    expect(trainOutputs[0]).toBeCloseTo(
      inputs[0].reduce((sum, value, d) => sum + value * beta[d], 0),
      7,
    );
  }
});

describe('a network with hidden layers ends where SGD stays', () => {
  const hidden: LayerSpec = { ...softmax, units: 4, activation: 'sigmoid', biasInit: 'random_normal' };
  test.each([
    ['cross_entropy', true, classes, softmax],
    ['cross_entropy', false, classes, softmax],
    ['mse', true, numbers, { ...linear, biasInit: 'zeros' } as LayerSpec],
  ] as const)('%s, biases penalised: %j', async (loss, penalizeBiases, samples, output) => {
    const layers = [hidden, output];
    const weights = initialWeights(layers, columns, 4);
    const fit: LbfgsFit = { ...logistic, layers, weights, loss, lambda: 0.01, penalizeBiases };
    const fitted = await fitLbfgs(samples, samples, { ...fit, gradientTolerance: 1e-7 });
    expect(fitted.converged).toBe(true);
    const stepped = await train(samples, samples, {
      ...fit,
      weights: fitted.weights,
      penalty: { lambda: fit.lambda, penalizeBiases },
      optimizer: { name: 'sgd', momentum: 0 },
      learningRate: 1,
      schedule: () => 1,
      batches: batchings.full(rows),
      epochs: 1,
      dtype: 'float64',
    });
    let largest = 0;
    fitted.weights.forEach(({ kernel, bias }, l) => {
      const { kernel: k, bias: b } = stepped.weights[l];
      for (const [i, w] of kernel.entries()) largest = Math.max(largest, Math.abs(w - k[i]));
      for (const [i, w] of bias!.entries()) largest = Math.max(largest, Math.abs(w - b![i]));
    });
    expect(largest).toBeCloseTo(fitted.gradientNorm, 12);
    expect(fitted.weights).not.toEqual(weights);
  });
});

test('the same fit gives the same bytes', async () => {
  const rng = createRng(8, 'data');
  const samples = { ...classes, inputs: Float64Array.from({ length: rows * columns }, () => rng.normal()) };
  const [one, other] = await Promise.all([1, 2].map(() => fitLbfgs(samples, classes, logistic)));
  expect(other).toEqual(one);
});
