import { describe, expect, jest, test } from '@jest/globals';
import { csrFromDense } from '../math/csr.ts';
import { dtypes } from '../math/dtype.ts';
import { matrix, multiplyVector } from '../math/matrix.ts';
import { createRng } from '../math/rng.ts';
import { leastSquares } from '../regression/least-squares.ts';
import { activationNames } from './activations.ts';
import { batchings } from './batches.ts';
import { noCheckpoints, type TrainingState } from './epochs.ts';
import { epochOfValue, indexOfEpoch } from './evaluated-epochs.ts';
import { initialWeights, type LayerSpec } from './network.ts';
import type { Samples } from './samples.ts';
import { schedules } from './schedules.ts';
import { type Training, train } from './train.ts';

const rows = 150; // more than an evaluation takes at a time
const columns = 11;

/** About two thirds zeros, no entry in column 4, rows without entries; three classes or two real targets. */
function samples(loss: Training['loss'], seed: number): Samples {
  const rng = createRng(seed, 'data');
  const inputs = Float64Array.from({ length: rows * columns }, (_, i) => {
    const value = rng.below(3) === 0 ? rng.uniform() : 0;
    return i % columns === 4 || i < 2 * columns ? 0 : value;
  });
  const outputs = loss === 'mse' ? 2 : 3;
  const targets = new Float64Array(rows * outputs);
  for (let n = 0; n < rows; n++) {
    if (loss === 'cross_entropy') targets[n * 3 + rng.below(3)] = 1;
    else for (let p = 0; p < 2; p++) targets[n * 2 + p] = rng.normal();
  }
  return { rows, inputs, targets };
}

/** The same samples as rows of one sparse matrix, which has them in reverse: they find theirs by number. */
function sparse(dtype: Training['dtype'], ...sets: Samples[]): Samples[] {
  const dense = sets.flatMap(({ inputs }) => [...(inputs as Float64Array)]);
  const count = dense.length / columns;
  const reversed = Int32Array.from({ length: count }, (_, row) => count - 1 - row);
  const csr = csrFromDense(dense, columns, reversed, 1, dtype);
  return sets.map((set, index) => ({
    ...set,
    inputs: { csr, rows: reversed.slice(index * rows, index * rows + set.rows) },
  }));
}

function training(loss: Training['loss'], hidden: number[], changes: Partial<Training> = {}): Training {
  const layer = (units: number, activation: LayerSpec['activation']): LayerSpec => ({
    units,
    activation,
    kernelInit: 'glorot_uniform',
    biasInit: 'random_normal',
  });
  const output = loss === 'mse' ? layer(2, 'linear') : layer(3, 'softmax');
  const layers = [...hidden.map((units, i) => layer(units, activationNames[i])), output];
  return {
    layers,
    weights: initialWeights(layers, columns, 5),
    loss,
    penalty: { lambda: 0, penalizeBiases: true },
    optimizer: { name: 'sgd', momentum: 0 },
    learningRate: 0.3,
    schedule: schedules.constant,
    batches: batchings['with-replacement'](rows, 7, 5),
    epochs: 3,
    dtype: 'float64',
    ...changes,
  };
}

const updates: [string, number, Training['penalty']][] = [
  ['plain', 0, { lambda: 0, penalizeBiases: true }],
  ['with a penalty', 0, { lambda: 0.01, penalizeBiases: false }],
  ['with momentum', 0.7, { lambda: 0, penalizeBiases: true }],
  ['with both', 0.7, { lambda: 0.01, penalizeBiases: true }],
  ['with L1', 0, { lambda: 0, l1: 0.01, penalizeBiases: true }],
  ['with an elastic net and momentum', 0.7, { lambda: 0.01, l1: 0.01, penalizeBiases: false }],
];

describe.each(dtypes)('sparse inputs train to the bits of dense ones in %s', (dtype) => {
  test.each(updates)('%s', async (_name, momentum, penalty) => {
    const optimizer = { name: 'sgd', momentum } as const;
    for (const loss of ['mse', 'cross_entropy'] as const) {
      for (const hidden of [[], [5, 3]]) {
        const how = training(loss, hidden, { penalty, optimizer, dtype });
        const [trainSet, testSet] = [samples(loss, 1), samples(loss, 2)];
        const dense = await train(trainSet, testSet, how);
        const [sparseTrain, sparseTest] = sparse(dtype, trainSet, testSet);
        expect(await train(sparseTrain, sparseTest, how)).toEqual(dense);
        // A second training takes the room of the first, and two at a time have room of their own.
        const both = [train(sparseTrain, testSet, how), train(sparseTrain, sparseTest, how)];
        expect(await Promise.all(both)).toEqual([dense, dense]);
        expect(dense.divergedAt).toBeNull();
        expect(dense.weights).not.toEqual(how.weights);
      }
    }
  });
});

test.each(dtypes)('an elastic net with one part 0 is the other part, bit for bit, in %s', async (dtype) => {
  const set = samples('mse', 1);
  const weightsAfter = async (hidden: number[], penalty: Partial<Training['penalty']>) => {
    const changes = { dtype, penalty: { lambda: 0, penalizeBiases: true, ...penalty } };
    return (await train(set, samples('mse', 2), training('mse', hidden, changes))).weights;
  };
  for (const hidden of [[], [5]]) {
    const none = await weightsAfter(hidden, {});
    expect(await weightsAfter(hidden, { l1: 0 })).toEqual(none);
    const l2 = await weightsAfter(hidden, { lambda: 0.01 });
    expect(await weightsAfter(hidden, { lambda: 0.01, l1: 0 })).toEqual(l2);
    const l1 = await weightsAfter(hidden, { l1: 0.01 });
    const both = await weightsAfter(hidden, { lambda: 0.01, l1: 0.01 });
    expect(new Set([none, l2, l1, both].map((weights) => JSON.stringify(weights))).size).toBe(4);
    // Parts too small to change a bit of the gradient.
    expect(await weightsAfter(hidden, { lambda: 1e-60, l1: 0.01 })).toEqual(l1);
    expect(await weightsAfter(hidden, { lambda: 0.01, l1: 1e-60 })).toEqual(l2);
  }
});

test('a column without entries keeps its initial weights unless a penalty moves them', async () => {
  const [data] = sparse('float64', samples('mse', 1));
  const how = training('mse', []);
  const column = (kernel: Float64Array) => kernel.subarray(4 * 2, 5 * 2);
  const { weights } = await train(data, data, how);
  expect(column(weights[0].kernel)).toEqual(column(how.weights[0].kernel));
  const penalized = await train(data, data, { ...how, penalty: { ...how.penalty, lambda: 0.01 } });
  const shrunk = (1 - 0.3 * 2 * 0.01) ** (3 * how.batches.steps);
  column(penalized.weights[0].kernel).forEach((w, i) => {
    expect(w).toBeCloseTo(shrunk * column(how.weights[0].kernel)[i], 12);
  });
});

test('the same training twice gives the same bits, and leaves the given weights alone', async () => {
  for (const dtype of dtypes) {
    const how = training('cross_entropy', [6], { dtype });
    const given = structuredClone(how.weights);
    const first = await train(samples('cross_entropy', 1), samples('cross_entropy', 2), how);
    expect(await train(samples('cross_entropy', 1), samples('cross_entropy', 2), how)).toEqual(first);
    expect(how.weights).toEqual(given);
  }
});

test('float32 agrees with float64 to 1e-4, and is not it', async () => {
  const [trainSet, testSet] = [samples('mse', 1), samples('mse', 2)];
  const [wide, narrow] = await Promise.all(
    dtypes.map((dtype) => train(trainSet, testSet, training('mse', [5], { dtype, learningRate: 0.05 }))),
  );
  expect(narrow.test.loss).not.toEqual(wide.test.loss);
  for (let epoch = 0; epoch < 3; epoch++) {
    expect(Math.abs(narrow.test.loss[epoch] - wide.test.loss[epoch])).toBeLessThan(1e-4);
  }
  narrow.weights[0].kernel.forEach((w, i) => {
    expect(Math.abs(w - wide.weights[0].kernel[i])).toBeLessThan(1e-4);
    expect(Math.fround(w)).toBe(w);
  });
});

describe('divergence', () => {
  test('is reported with its epoch, and ends the training', async () => {
    const heard: number[] = [];
    const how = training('mse', [], { learningRate: 0.8, epochs: 50 });
    const result = await train(samples('mse', 1), samples('mse', 2), how, (epoch) => heard.push(epoch));
    const { divergedAt } = result;
    expect(divergedAt).toBeGreaterThan(0);
    expect(divergedAt).toBeLessThan(49);
    for (const { loss } of [result.train, result.test]) expect(loss).toHaveLength(divergedAt! + 1);
    expect(result.train.loss.slice(0, -1).every(Number.isFinite)).toBe(true);
    // The targets' variance is about 2.
    expect(result.train.loss.slice(0, -1).every((loss) => loss < 1e5)).toBe(true);
    expect(result.train.loss[divergedAt!]).toBeGreaterThan(1e4);
    expect(heard).toEqual(Array.from({ length: divergedAt! + 1 }, (_, i) => i + 1));
  });

  test.each(activationNames)('is seen behind a layer of %s, in both element types', async (activation) => {
    for (const dtype of dtypes) {
      const how = training('mse', [4], { learningRate: 1e30, epochs: 30, dtype });
      const layers = [{ ...how.layers[0], activation }, how.layers[1]];
      const result = await train(samples('mse', 1), samples('mse', 2), { ...how, layers });
      expect(result.divergedAt).not.toBeNull();
    }
  });

  test.each(dtypes)('in %s is a loss beyond use, which may be finite; a replay trains on', async (dtype) => {
    const how = training('mse', [6], { learningRate: 1.2, epochs: 40, dtype });
    const sets = [samples('mse', 1), samples('mse', 2)] as const;
    const ended = await train(...sets, how);
    const went = await train(...sets, { ...how, endBeyondUse: false });
    expect(Number.isFinite(ended.train.loss.at(-1))).toBe(true);
    expect(ended.train.loss.length).toBeLessThan(went.train.loss.length);
    expect(went.train.loss.slice(0, ended.divergedAt! + 1)).toEqual(ended.train.loss);
  });

  test('is not to come from far above: the loss is compared with that of the initial weights', async () => {
    const how = training('mse', [], { learningRate: 1e-6, epochs: 3 });
    const far = how.weights.map(({ kernel, bias }) => ({ kernel: kernel.map((w) => 1e4 * w), bias }));
    const sets = [samples('mse', 1), samples('mse', 2)] as const;
    const { divergedAt, train: curve } = await train(...sets, { ...how, weights: far });
    expect(Math.min(...curve.loss)).toBeGreaterThan(1e5);
    expect(divergedAt).toBeNull();
    // Evaluating the initial weights on the way changes no bit.
    const near = await train(...sets, { ...how, weights: far, endBeyondUse: false });
    expect(near).toEqual(await train(...sets, { ...how, weights: far }));
  });

  test('is found in the same epoch after a resume from any epoch', async () => {
    const how = training('mse', [], { learningRate: 0.8, epochs: 40 });
    const sets = [samples('mse', 1), samples('mse', 2)] as const;
    const states: TrainingState[] = [];
    const keep = async (state: TrainingState) => void states.push(structuredClone(state));
    const whole = await train(...sets, how, undefined, undefined, { resume: null, due: () => true, keep });
    expect(whole.divergedAt).toBeGreaterThan(1);
    expect(states).toHaveLength(whole.divergedAt!);
    for (const resume of states) {
      const resumed = await train(...sets, how, undefined, undefined, { ...noCheckpoints, resume });
      expect(resumed).toEqual(whole);
    }
  });

  test('is null for a training that comes to its end', async () => {
    expect((await train(samples('mse', 1), samples('mse', 2), training('mse', []))).divergedAt).toBeNull();
  });
});

describe('losses that are evaluated only after some epochs', () => {
  const sets = [samples('cross_entropy', 1), samples('cross_entropy', 2)] as const;
  const epochs = 7;

  test.each([1, 2, 3, 7, 9])('every %d: those of every epoch, where they are', async (evaluateEvery) => {
    for (const dtype of dtypes) {
      const how = training('cross_entropy', [4], { epochs, dtype });
      const whole = await train(...sets, how);
      const expected = Array.from({ length: epochs }, (_, i) => i + 1).filter(
        (epoch) => epoch % evaluateEvery === 0 || epoch === epochs,
      );
      for (const lend of [() => null, () => () => {}]) {
        const heard: number[] = [];
        const some = await train(...sets, { ...how, evaluateEvery }, (epoch) => heard.push(epoch), lend);
        for (const split of ['train', 'test'] as const) {
          for (const curve of ['loss', 'second'] as const)
            expect(some[split][curve]).toEqual(expected.map((epoch) => whole[split][curve][epoch - 1]));
        }
        expect({ ...some, train: null, test: null }).toEqual({ ...whole, train: null, test: null });
        expect(heard).toEqual([1, 2, 3, 4, 5, 6, 7]);
        const ofValues = expected.map((_, index) => epochOfValue(index, { evaluateEvery, epochs }));
        expect(ofValues).toEqual(expected);
        expect(expected.map((epoch) => indexOfEpoch(epoch, { evaluateEvery }))).toEqual([...expected.keys()]);
      }
    }
  });

  test('a training resumes after any epoch', async () => {
    const how = training('cross_entropy', [4], { epochs, evaluateEvery: 3 });
    // Two epochs after the best one, the next value is not known yet.
    const stopping = { ...how, learningRate: 0.3, earlyStopping: 2 };
    const inside: TrainingState[] = [];
    const keepInside = async (state: TrainingState) => void inside.push(structuredClone(state));
    const stopped = await train(...sets, stopping, undefined, undefined, {
      resume: null,
      due: () => true,
      keep: keepInside,
    });
    for (const resume of inside)
      expect(await train(...sets, stopping, undefined, undefined, { ...noCheckpoints, resume })).toEqual(
        stopped,
      );
    for (const lend of [() => null, () => () => {}]) {
      const states: TrainingState[] = [];
      const keep = async (state: TrainingState) => void states.push(structuredClone(state));
      const whole = await train(...sets, how, undefined, lend, { resume: null, due: () => true, keep });
      expect(states.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(states.map((state) => state.test.loss.length)).toEqual([0, 0, 1, 1, 1, 2]);
      for (const resume of states)
        expect(await train(...sets, how, undefined, undefined, { ...noCheckpoints, resume })).toEqual(whole);
    }
  });

  test('divergence is noticed at the next of them', async () => {
    const how = training('mse', [], { learningRate: 0.8, epochs: 50 });
    const data = [samples('mse', 1), samples('mse', 2)] as const;
    const { divergedAt } = await train(...data, how);
    const every = divergedAt! + 3;
    const later = await train(...data, { ...how, evaluateEvery: every });
    expect(later.divergedAt).toBe(every - 1);
    expect(later.train.loss).toHaveLength(1);
  });
});

test('onEpoch hears of every epoch once, from 1, and changes nothing', async () => {
  const heard: number[] = [];
  const how = training('cross_entropy', [3], { epochs: 5 });
  const result = await train(samples('cross_entropy', 1), samples('cross_entropy', 2), how, (e) =>
    heard.push(e),
  );
  expect(heard).toEqual([1, 2, 3, 4, 5]);
  expect(await train(samples('cross_entropy', 1), samples('cross_entropy', 2), how)).toEqual(result);
});

describe('what is measured', () => {
  test('the last losses and accuracies are those of the outputs', async () => {
    const [first, second] = [samples('cross_entropy', 1), samples('cross_entropy', 2)];
    const result = await train(first, second, training('cross_entropy', [6]));
    // Outputs are those of the test rows: with the same rows there, those of the training rows.
    const fitted = await train(first, first, training('cross_entropy', [6]));
    for (const [data, outputs, curve] of [
      [first, fitted.testOutputs, result.train],
      [second, result.testOutputs, result.test],
    ] as const) {
      let loss = 0;
      let correct = 0;
      for (let n = 0; n < rows; n++) {
        const label = data.targets.subarray(3 * n, 3 * n + 3).indexOf(1);
        const row = outputs.subarray(3 * n, 3 * n + 3);
        loss -= Math.log(row[label]) / rows;
        if (row[label] === Math.max(...row)) correct++;
      }
      expect(curve.loss[2]).toBeCloseTo(loss, 12);
      expect(curve.second).toHaveLength(3);
      expect(curve.second[2]).toBe(correct / rows);
    }
  });

  test('a regression has no accuracy', async () => {
    const { train: curve } = await train(samples('mse', 1), samples('mse', 2), training('mse', []));
    expect(curve.second).toEqual([]);
  });

  test('rows to test on never change the training', async () => {
    const how = training('mse', [4]);
    const few = samples('mse', 3);
    const one = {
      rows: 1,
      inputs: (few.inputs as Float64Array).slice(0, columns),
      targets: few.targets.slice(0, 2),
    };
    const { weights, train: curve } = await train(samples('mse', 1), samples('mse', 2), how);
    const other = await train(samples('mse', 1), one, how);
    expect(other.weights).toEqual(weights);
    expect(other.train).toEqual(curve);
  });
});

test('a permutation in one batch of all rows is gradient descent, but for the order of summation', async () => {
  const [trainSet, testSet] = [samples('mse', 1), samples('mse', 2)];
  const how = training('mse', [4], { epochs: 20 });
  const whole = await train(trainSet, testSet, { ...how, batches: batchings.full(rows) });
  const permuted = await train(trainSet, testSet, { ...how, batches: batchings.permutation(rows, rows, 1) });
  expect(permuted).not.toEqual(whole);
  permuted.train.loss.forEach((loss, epoch) => {
    expect(loss).toBeCloseTo(whole.train.loss[epoch], 12);
  });
});

test('the schedule is asked for the rate of each step of each epoch', async () => {
  const asked: number[][] = [];
  const schedule: Training['schedule'] = (...time) => {
    asked.push(time);
    return 0;
  };
  const how = training('mse', [3], { schedule, batches: batchings.permutation(rows, 60, 1), epochs: 2 });
  const { weights } = await train(samples('mse', 1), samples('mse', 2), how);
  expect(asked).toEqual([
    [0.3, 0, 0, 2],
    [0.3, 0, 1, 2],
    [0.3, 1, 0, 2],
    [0.3, 1, 1, 2],
  ]);
  expect(weights).toEqual(how.weights);
});

test.each([0, 0.8])(
  'a linear model with full batches and momentum %d ends at least squares',
  async (momentum) => {
    const rng = createRng(1, 'data');
    const x = matrix(
      40,
      columns,
      Float64Array.from({ length: 40 * columns }, () => rng.normal()),
    );
    const targets = Float64Array.from({ length: 40 }, () => rng.normal());
    const data: Samples = { rows: 40, inputs: x.data, targets };
    const layers: LayerSpec[] = [
      { units: 1, activation: 'linear', kernelInit: 'random_normal', biasInit: null },
    ];
    const { weights, trainOutputs } = await train(data, data, {
      ...training('mse', []),
      layers,
      weights: initialWeights(layers, columns, 1),
      penalty: { lambda: 0, penalizeBiases: true },
      optimizer: { name: 'sgd', momentum },
      learningRate: 0.1,
      batches: batchings.full(40),
      epochs: 1500,
    });
    const beta = await leastSquares(x, targets);
    beta.forEach((b, d) => {
      expect(weights[0].kernel[d]).toBeCloseTo(b, 9);
    });
    multiplyVector(x, beta).forEach((fitted, n) => {
      expect(trainOutputs[n]).toBeCloseTo(fitted, 9);
    });
  },
);

describe('with a core that is lent', () => {
  const always = () => {
    const returned = jest.fn();
    return { lend: () => returned, returned };
  };

  test.each<[string, Training['loss'], boolean, Training['dtype']]>([
    ['a sparse classifier in float32', 'cross_entropy', true, 'float32'],
    ['a dense regression in float64', 'mse', false, 'float64'],
  ])(
    '%s: the same bits, every epoch heard, and the core given back',
    async (_name, loss, isSparse, dtype) => {
      const sets = [samples(loss, 1), samples(loss, 2)];
      const [first, second] = isSparse ? sparse(dtype, ...sets) : sets;
      const how = { ...training(loss, [6]), dtype, epochs: 7 };
      const heard: number[] = [];
      const { lend, returned } = always();
      const apart = await train(first, second, how, (epoch) => heard.push(epoch), lend);
      expect(apart).toEqual(await train(first, second, how));
      expect(heard).toEqual([1, 2, 3, 4, 5, 6, 7]);
      expect(returned).toHaveBeenCalledTimes(1);
    },
  );

  test('divergence is found in the same epoch', async () => {
    const how = { ...training('mse', []), learningRate: 0.8, epochs: 400 };
    const [first, second] = [samples('mse', 1), samples('mse', 2)];
    const { lend, returned } = always();
    const apart = await train(first, second, how, () => {}, lend);
    const here = await train(first, second, how);
    expect(here.divergedAt).toBeGreaterThan(1);
    const { divergedAt, train: curve, test: testCurve } = here;
    expect(apart).toMatchObject({ divergedAt, train: curve, test: testCurve });
    expect(returned).toHaveBeenCalledTimes(1);
  });
});
