import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { csrFromDense } from '../math/csr.ts';
import { matrix } from '../math/matrix.ts';
import { createRng } from '../math/rng.ts';
import { batchings } from '../nn/batches.ts';
import type { LayerSpec } from '../nn/network.ts';
import type { Samples } from '../nn/samples.ts';
import { schedules } from '../nn/schedules.ts';
import { train } from '../nn/train.ts';
import { elasticNet } from '../regression/coordinate-descent.ts';
import { leastSquares, ridge } from '../regression/least-squares.ts';
import { probeLimits, programPath, pythonCandidates, runPython, runPythonForJson } from './python.ts';
import {
  findSklearn,
  fitCoefficients,
  fitLogisticRegression,
  fitSgdRegressor,
  type SgdRegressor,
} from './sklearn.ts';

const found = await findSklearn();
const versions = 'versions' in found ? found.versions : null;
if (versions === null) process.stderr.write('scikit-learn is not installed: its tests are skipped\n');
const withSklearn = versions === null ? describe.skip : describe;

const sklearnProgram = programPath('sklearn_reference.py');

const regressor = { alpha: 0, fit_intercept: false, learning_rate: 'invscaling', eta0: 0.1, power_t: 0.25 };

withSklearn('SGDRegressor', () => {
  test('follows its rule: rate eta0 / t^0.25, one step a row', async () => {
    // All rows are alike, so that their order does not matter.
    const [a, b, y] = [0.7, -1.2, 0.4];
    const inputs = Float64Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? a : b));
    const same: Samples = { rows: 5, inputs, targets: new Float64Array(5).fill(y) };
    const model = { parameters: regressor, partialFits: 3, batchSize: 4 };
    const beta = [0, 0];
    for (let t = 1; t <= 12; t++) {
      const step = (0.1 / t ** 0.25) * (beta[0] * a + beta[1] * b - y);
      beta[0] -= step * a;
      beta[1] -= step * b;
    }
    const fitted = await fitSgdRegressor(same, model, 3, versions!);
    expect([...fitted]).toEqual(beta.map((value) => expect.closeTo(value, 12)));
  });

  test('is the same for the same seed, and another for another', async () => {
    const rng = createRng(2, 'data');
    const inputs = Float64Array.from({ length: 120 }, () => rng.uniform());
    const targets = Float64Array.from({ length: 40 }, (_, n) => inputs[3 * n] - 2 * inputs[3 * n + 2]);
    const model = { parameters: regressor, partialFits: 500, batchSize: 40 };
    const fitted = (seed: number) => fitSgdRegressor({ rows: 40, inputs, targets }, model, seed, versions!);
    const once = await fitted(1);
    expect(await fitted(1)).toEqual(once);
    expect(await fitted(2 ** 53 - 1)).not.toEqual(once);
    expect([...once]).toEqual([1, 0, -2].map((value) => expect.closeTo(value, 2)));
  });
});

withSklearn('LogisticRegression', () => {
  const [rows, columns, classes] = [60, 4, 3];
  const rng = createRng(3, 'data');
  const inputs = Float64Array.from({ length: rows * columns }, () => Math.max(0, rng.normal()));
  const targets = new Float64Array(rows * classes);
  for (let n = 0; n < rows; n++) targets[n * classes + (inputs[n * columns] > 0.3 ? 2 : rng.below(3))] = 1;
  const dense: Samples = { rows, inputs, targets };
  const every = Int32Array.from({ length: rows }, (_, row) => row);
  const csr = csrFromDense(inputs, columns, every, 1, 'float64');
  const sparse: Samples = { ...dense, inputs: { csr, rows: every } };
  const parameters = { solver: 'lbfgs', C: 0.5, max_iter: 1000, tol: 1e-9 };
  const fitted = (samples: Samples, changes = {}) =>
    fitLogisticRegression({ train: samples, test: samples }, { ...parameters, ...changes }, versions!);

  test('ends where our own gradient descent on its objective ends, from dense and from sparse rows', async () => {
    const layers: LayerSpec[] = [
      { units: classes, activation: 'softmax', kernelInit: 'glorot_uniform', biasInit: 'zeros' },
    ];
    const ours = await train(dense, dense, {
      layers,
      weights: [{ kernel: new Float64Array(columns * classes), bias: new Float64Array(classes) }],
      loss: 'cross_entropy',
      // Sum of losses + |W|^2 / (2 C), divided by the number of rows.
      penalty: { lambda: 1 / (2 * 0.5 * rows), penalizeBiases: false },
      optimizer: { name: 'sgd', momentum: 0.9 },
      learningRate: 0.3,
      schedule: schedules.constant,
      batches: batchings.full(rows),
      epochs: 2000,
      dtype: 'float64',
    });
    for (const samples of [dense, sparse]) {
      const { scores, converged, iterations } = await fitted(samples);
      expect(scores.train.loss).toBeCloseTo(ours.train.loss[1999], 6);
      expect(scores.test.second).toBe(ours.test.second[1999]);
      expect(converged).toBe(true);
      expect(iterations).toBeGreaterThan(2);
    }
  });

  test('penalises biases too, if it should', async () => {
    const exact = { ...parameters, solver: 'newton-cg' };
    const penalized = await fitLogisticRegression({ train: dense, test: dense }, exact, versions!, true);
    const fromSparse = await fitLogisticRegression({ train: sparse, test: sparse }, exact, versions!, true);
    const layer = {
      units: classes,
      activation: 'softmax',
      kernelInit: 'glorot_uniform',
      biasInit: 'zeros',
    } as const;
    const ours = await train(dense, dense, {
      layers: [layer],
      weights: [{ kernel: new Float64Array(columns * classes), bias: new Float64Array(classes) }],
      loss: 'cross_entropy',
      penalty: { lambda: 1 / (2 * 0.5 * rows), penalizeBiases: true },
      optimizer: { name: 'sgd', momentum: 0.9 },
      learningRate: 0.3,
      schedule: schedules.constant,
      batches: batchings.full(rows),
      epochs: 2000,
      dtype: 'float64',
    });
    for (const { scores } of [penalized, fromSparse])
      expect(scores.train.loss).toBeCloseTo(ours.train.loss[1999], 6);
    expect((await fitted(dense)).scores.train.loss).not.toBeCloseTo(ours.train.loss[1999], 4);
  });

  test('says that it did not converge', async () => {
    expect(await fitted(sparse, { max_iter: 2 })).toMatchObject({ converged: false, iterations: 2 });
  });

  test('of rows that lack a class fails with a sentence of one line', async () => {
    const lacking = { ...dense, targets: targets.map((value, n) => (n % classes === 1 ? 0 : value)) };
    await expect(fitted(lacking)).rejects.toThrow(
      /^scikit-learn: ValueError: the training rows do not contain every class$/,
    );
  });

  test('of another version than the expected is refused', async () => {
    const other = { ...versions!, numpy: '0.1' };
    await expect(fitLogisticRegression({ train: dense, test: dense }, parameters, other)).rejects.toThrow(
      'version',
    );
  });
});

withSklearn('the Python process', () => {
  test('ends when its standard input does, and takes its folder along', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fys-nn-lifeline-'));
    const program = [
      'import sys, time',
      `sys.path.insert(0, ${JSON.stringify(dirname(sklearnProgram))})`,
      'from reference_process import run',
      `open(${JSON.stringify(join(folder, 'job.json'))}, "w").write('{"method": "wait"}')`,
      'print("ready", flush=True)',
      `run({}, {"wait": lambda load, job: time.sleep(600)}, ${JSON.stringify(folder)})`,
    ];
    for (const python of pythonCandidates()) {
      if ('failure' in (await runPython(python, [sklearnProgram, '--versions'], probeLimits))) continue;
      const child = spawn(python, ['-B', '-c', program.join('\n')]);
      await new Promise((ready) => child.stdout.once('data', ready));
      const ended = new Promise((done) => child.once('close', done));
      child.stdin.end();
      expect(await ended).toBe(1);
      expect(existsSync(folder)).toBe(false);
      return;
    }
  });
});

describe('a program that is no Python with scikit-learn is a failure, no exception', () => {
  const ask = (program: string, limits = {}) =>
    runPythonForJson('/bin/sh', ['-c', program], { ...probeLimits, ...limits });

  test('it is not there', async () => {
    expect(await runPythonForJson('/nonexistent/python', [], probeLimits)).toEqual({
      failure: 'no such program',
    });
  });

  test.each([
    ['true', 'it printed no JSON: ""'],
    ['echo x', String.raw`it printed no JSON: "x\n"`],
    ['exec yes', 'it printed more than 65536 bytes'],
    ['exec yes >&2', 'it printed more than 65536 bytes'],
    [String.raw`printf "first\n\033[31mlast\n" >&2; exit 3`, '?[31mlast'],
    ['exit 3', 'it ended with status 3'],
  ])('%s', async (program, failure) => {
    expect(await ask(program)).toEqual({ failure });
  });

  test.each(['exec sleep 1000', 'sleep 20 & wait'])('%s', async (program) => {
    expect(await ask(program, { seconds: 0.1 })).toEqual({ failure: 'no answer in 0.1 s' });
  });
});

withSklearn('linear regressions', () => {
  const [rows, columns] = [30, 12];
  const rng = createRng(9, 'data');
  const inputs = Float64Array.from({ length: rows * columns }, () => rng.normal());
  const targets = Float64Array.from({ length: rows }, () => rng.normal());
  const x = matrix(rows, columns, inputs);
  const fitted = async (model: Parameters<typeof fitCoefficients>[1], parameters: object) =>
    fitCoefficients({ rows, inputs, targets }, model, parameters as SgdRegressor['parameters'], versions!);
  const near = (values: Float64Array) => [...values].map((value) => expect.closeTo(value, 9));

  test('Ridge and LinearRegression have the coefficients of the closed forms', async () => {
    const exact = await fitted('Ridge', { alpha: 2, solver: 'svd' });
    expect([...exact.coefficients]).toEqual(near(await ridge(x, targets, 2)));
    const plain = await fitted('LinearRegression', {});
    expect([...plain.coefficients]).toEqual(near(await leastSquares(x, targets)));
    expect(plain).toMatchObject({ converged: null, iterations: null });
  });

  test('Lasso and ElasticNet have those of coordinate descent', async () => {
    const stop = { tol: 1e-14, max_iter: 100_000 };
    // Half of our objective, divided by the number of rows.
    for (const [model, l1, l2, parameters] of [
      ['Lasso', 6, 0, { alpha: 3 / rows }],
      ['ElasticNet', 6, 2, { alpha: (3 + 2) / rows, l1_ratio: 3 / 5 }],
    ] as const) {
      const { coefficients, converged } = await fitted(model, { ...parameters, ...stop });
      const ours = elasticNet(x, targets, { l1, l2, tolerance: 1e-13, maxSweeps: 1000 });
      expect([...coefficients]).toEqual(near(ours.beta));
      expect(converged).toBe(true);
    }
    expect(await fitted('Lasso', { alpha: 1e-6, tol: 1e-14, max_iter: 2 })).toMatchObject({
      converged: false,
      iterations: 2,
    });
  });
});
