import { describe, expect, test } from '@jest/globals';
import { dtypes } from '../math/dtype.ts';
import { createRng } from '../math/rng.ts';
import { batchings } from './batches.ts';
import { createEarlyStopping } from './early-stopping.ts';
import { type LossName, losses } from './losses.ts';
import { initialWeights, type LayerSpec } from './network.ts';
import type { Samples } from './samples.ts';
import { schedules } from './schedules.ts';
import { type Training, train } from './train.ts';

describe('createEarlyStopping', () => {
  const score = (loss: number, second: number | null = null) => ({ loss, second });

  /** The epoch that ends it, and the best one, for a curve of the rows that decide. */
  function follow(curve: readonly number[], patience: number, loss: LossName = 'mse') {
    const stopping = createEarlyStopping(patience, losses[loss], null);
    for (const [index, value] of curve.entries()) {
      const deciding = loss === 'mse' ? score(value) : score(1, value);
      const scores = { train: score(0, 0), test: score(-index, index), validation: deciding };
      stopping.add(index + 1, scores, () => []);
      if (stopping.ends()) return [index + 1, stopping.best()!.epoch];
    }
    return [null, stopping.best()!.epoch];
  }

  test('counts the epochs since the best one', () => {
    expect(follow([5, 4, 4.5, 4.2, 3, 3.5, 3.4, 3.3], 3)).toEqual([8, 5]);
    expect(follow([5, 4, 4.5, 4.2, 3], 2)).toEqual([4, 2]);
    expect(follow([5, 4, 4.5], 1)).toEqual([3, 2]);
    expect(follow([5, 4, 3], 1)).toEqual([null, 3]);
  });

  test('an equally good epoch is no better one', () => {
    expect(follow([2, 2, 2], 2)).toEqual([3, 1]);
  });

  test('compares classifiers by accuracy, the higher the better', () => {
    expect(follow([0.5, 0.7, 0.6, 0.7], 2, 'cross_entropy')).toEqual([4, 2]);
  });
});

const columns = 3;

/** Few noisy rows, so that training soon overfits. */
function samples(seed: number, rows: number): Samples {
  const rng = createRng(seed, 'data');
  const inputs = Float64Array.from({ length: rows * columns }, () => rng.normal());
  const targets = Float64Array.from({ length: rows }, (_, n) => inputs[n * columns] + 2 * rng.normal());
  return { rows, inputs, targets };
}

function training(changes: Partial<Training>): Training {
  const layer = { kernelInit: 'glorot_uniform', biasInit: 'zeros' } as const;
  const layers: LayerSpec[] = [
    { units: 17, activation: 'tanh', ...layer },
    { units: 1, activation: 'linear', ...layer },
  ];
  return {
    layers,
    weights: initialWeights(layers, columns, 5),
    loss: 'mse',
    penalty: { lambda: 0, penalizeBiases: true },
    optimizer: { name: 'sgd', momentum: 0.5 },
    learningRate: 0.05,
    schedule: schedules.constant,
    batches: batchings['with-replacement'](21, 4, 5),
    epochs: 60,
    dtype: 'float64',
    ...changes,
  };
}

const [trainSet, testSet, validation] = [samples(1, 21), samples(2, 30), samples(3, 30)];

describe.each(dtypes)('training in %s', (dtype) => {
  test.each([true, false])(
    'with validation rows %p ends early with the bits of its best epoch',
    async (held) => {
      const rows = held ? { validation } : {};
      const whole = await train(trainSet, testSet, training({ dtype, ...rows }));
      const stopped = await train(trainSet, testSet, training({ dtype, ...rows, earlyStopping: 6 }));
      const { bestEpoch } = stopped;
      const deciding = (held ? whole.validation : whole.test)!.loss;
      // It has to stop somewhere in the middle, or the test tests nothing.
      const run = stopped.train.loss.length;
      expect(run).toBe(bestEpoch! + 6);
      expect(run).toBeLessThan(60);
      expect(bestEpoch).toBeGreaterThan(1);
      expect(stopped.train.loss).toEqual(whole.train.loss.slice(0, run));
      expect(Math.min(...deciding.slice(0, run))).toBe(deciding[bestEpoch! - 1]);
      const short = await train(trainSet, testSet, training({ dtype, ...rows, epochs: bestEpoch! }));
      expect(stopped.weights).toEqual(short.weights);
      expect(stopped.testOutputs).toEqual(short.testOutputs);
      expect(stopped.validationOutputs).toEqual(short.validationOutputs);
    },
  );

  test('is the same while another core evaluates it', async () => {
    const how = training({ dtype, validation, earlyStopping: 6 });
    const here = await train(trainSet, testSet, how);
    expect(await train(trainSet, testSet, how, undefined, () => () => {})).toEqual(here);
  });
});

test('patience beyond the last epoch restores the best one too', async () => {
  const whole = await train(trainSet, testSet, training({}));
  const patient = await train(trainSet, testSet, training({ earlyStopping: 1000 }));
  expect(patient.test).toEqual(whole.test);
  expect(patient.bestEpoch).toBe(whole.test.loss.indexOf(Math.min(...whole.test.loss)) + 1);
  expect(patient.weights).not.toEqual(whole.weights);
});

test('validation rows change nothing but what is measured', async () => {
  const plain = await train(trainSet, testSet, training({}));
  const {
    validation: curve,
    validationOutputs,
    ...rest
  } = await train(trainSet, testSet, training({ validation }));
  expect(rest).toEqual(plain);
  expect(curve!.loss).toHaveLength(60);
  const other = await train(trainSet, validation, training({}));
  expect(curve).toEqual(other.test);
  expect(validationOutputs).toEqual(other.testOutputs);
});
