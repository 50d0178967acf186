import { describe, expect, test } from '@jest/globals';
import type { Kernels } from '../kernels/kernels.ts';
import { createReferenceKernels } from '../kernels/reference.ts';
import { createWasmKernels } from '../kernels/wasm.ts';
import { createMemory } from '../math/memory.ts';
import { createRng } from '../math/rng.ts';
import { metricNames, metrics } from '../stats/metrics.ts';
import { createArena } from './arena.ts';
import { type Loss, type LossName, losses, lossesOf, lossNames, lossOf } from './losses.ts';
import { type LayerMemory, layOut } from './network.ts';

/** Odd, so that every kernel meets a tail. */
const [N, classCount, columns] = [7, 5, 4];
const classesOf = ({ task, classes }: Loss) => (task === 'regression' ? 1 : (classes ?? classCount));

/** Targets as a dataset has them: real values or labels, of more rows than are asked for. */
function datasetTargets(loss: Loss): Float64Array {
  const rng = createRng(4, 'data');
  return Float64Array.from({ length: 3 * N }, () =>
    loss.task === 'classification'
      ? rng.below(classesOf(loss))
      : loss.targets === null
        ? rng.normal()
        : rng.uniform(),
  );
}

const rowsAsked = Int32Array.from({ length: N }, (_, n) => (5 * n + 2) % (3 * N));

/** An output layer of the loss for N rows, with normal z, and targets. */
async function prepared(
  name: LossName,
  create: (
    dtype: 'float64',
    memory: WebAssembly.Memory,
  ) => Kernels | Promise<Kernels> = createReferenceKernels,
) {
  const loss: Loss = losses[name];
  const classes = classesOf(loss);
  const units = loss.units(classes);
  const arena = createArena('float64');
  const spec = { units, activation: loss.output, kernelInit: 'glorot_uniform', biasInit: 'zeros' } as const;
  const [layer]: LayerMemory[] = layOut([spec], columns, N, 0, false, arena);
  const targets = arena.floats(N * units);
  const kernels = await create('float64', createMemory(arena.bytes()));
  const rng = createRng(3, 'data');
  const z = Float64Array.from({ length: N * units }, () => 2 * rng.normal());
  const y = loss.encode(datasetTargets(loss), rowsAsked, classes);
  kernels.floats.set(y, targets);
  const put = (values: Float64Array) => kernels.floats.set(values, layer.output);
  const get = (at: number) => kernels.floats.slice(at, at + N * units);
  put(z);
  return { loss, kernels, layer, targets, z, y, put, get, units };
}

/** The metrics of losses by another road than the kernels'. */
const meanError =
  (errorOf: (e: number) => number) =>
  (y: ArrayLike<number>, a: ArrayLike<number>, rows: number): number =>
    Array.from(y, (target, i) => errorOf(a[i] - target)).reduce((sum, error) => sum + error, 0) / rows;
const huberOf = (delta: number) =>
  meanError((e) => (Math.abs(e) > delta ? delta * Math.abs(e) - (delta * delta) / 2 : (e * e) / 2));
const byHand: Partial<Record<LossName, ReturnType<typeof meanError>>> = {
  mae: meanError(Math.abs),
  huber: huberOf(1),
  sigmoid_cross_entropy: (y, a, rows) =>
    Array.from(y, (t, i) => -t * Math.log(a[i]) - (1 - t) * Math.log1p(-a[i])).reduce((s, c) => s + c, 0) /
    rows,
};

describe.each(lossNames)('%s', (name) => {
  test.each([
    ['reference', createReferenceKernels],
    ['wasm', createWasmKernels],
  ] as const)('delta is the derivative of the mean by z, with the %s kernels', async (_name, create) => {
    const { loss, kernels, layer, targets, z, put, get } = await prepared(name, create);
    loss.forward(kernels, layer, N);
    loss.backward(kernels, layer, targets, N, N);
    const delta = get(layer.delta);
    const meanAt = (values: Float64Array) => {
      put(values);
      return loss.forwardSum(kernels, layer, targets, N) / N;
    };
    const h = 1e-5;
    z.forEach((value, i) => {
      const slope = (meanAt(z.with(i, value + h)) - meanAt(z.with(i, value - h))) / (2 * h);
      expect(Math.abs(slope - delta[i])).toBeLessThan(1e-6 * Math.max(Math.abs(delta[i]), 1e-4));
    });
    expect(Math.max(...delta.map(Math.abs))).toBeGreaterThan(1e-2);
  });

  test('forward and forwardSum leave the same outputs', async () => {
    const { loss, kernels, layer, targets, z, put, get } = await prepared(name);
    loss.forward(kernels, layer, N);
    const outputs = get(layer.output);
    put(z);
    loss.forwardSum(kernels, layer, targets, N);
    expect(get(layer.output)).toEqual(outputs);
  });

  test('its mean is its metric of the outputs, and so is what is measured along with it', async () => {
    const { loss, kernels, layer, targets, y, get, units } = await prepared(name);
    const mean = loss.forwardSum(kernels, layer, targets, N) / N;
    const outputs = get(layer.output);
    const score = metrics[loss.metric].score ?? byHand[name]!;
    expect(mean).toBeGreaterThan(0.1);
    expect(Math.abs(mean / score(y, outputs, N) - 1)).toBeLessThan(1e-13);
    if (loss.second === null) return;
    // Of the first rows alone, too: each row counts.
    const { metric } = loss.second;
    const sums = Array.from({ length: N }, (_, n) => {
      const rows = n + 1;
      const sum = loss.second!.sum(kernels, layer, targets, rows);
      const some = [y, outputs].map((values) => values.subarray(0, rows * units));
      expect(sum / rows).toBe(metrics[metric].score!(some[0], some[1], rows));
      return sum;
    });
    expect(new Set(sums).size).toBeGreaterThan(1);
    if (metric === 'accuracy') expect(sums[N - 1]).toBeLessThan(N);
  });

  test('encodes the rows that are asked for, in their order, as rows of its units', () => {
    const loss: Loss = losses[name];
    const given = datasetTargets(loss);
    const classes = classesOf(loss);
    const P = loss.units(classes);
    const encoded = loss.encode(given, rowsAsked, classes);
    expect(encoded).toHaveLength(N * P);
    rowsAsked.forEach((row, n) => {
      const values = [...encoded.subarray(n * P, (n + 1) * P)];
      if (P === 1) expect(values).toEqual([given[row]]);
      else expect(values).toEqual(values.map((_, p) => Number(p === given[row])));
    });
    expect(loss.encode(given, new Int32Array(), classes)).toHaveLength(0);
    expect(loss.encode(Uint8Array.of(1, 0), Int32Array.of(1, 0), 2)).toHaveLength(2 * loss.units(2));
  });

  test('has units for its task, and metrics of it', () => {
    const { task, units, classes, metric, selects }: Loss = losses[name];
    const isSingle = task === 'regression' || classes === 2;
    expect([1, 2, 10].map(units)).toEqual(isSingle ? [1, 1, 1] : [1, 2, 10]);
    expect(metricNames(task)).toEqual(expect.arrayContaining([metric, selects]));
    expect(lossesOf(task)).toContain(name);
  });
});

test('the width of the Huber loss: a large one is half the squared error, a small one delta times the absolute one', async () => {
  const { kernels, layer, targets, z, y, put, get } = await prepared('huber');
  const meanOf = (loss: Loss) => {
    put(z);
    return loss.forwardSum(kernels, layer, targets, N) / N;
  };
  for (const delta of [0.01, 0.7, 1, 3]) {
    const mean = meanOf(lossOf('huber', delta));
    expect(Math.abs(mean / huberOf(delta)(y, z, N) - 1)).toBeLessThan(1e-13);
  }
  expect(lossOf('huber').title).toBe('Huber loss');
  expect(meanOf(lossOf('huber'))).toBe(meanOf(lossOf('huber', 1)));
  expect(meanOf(lossOf('huber', 1e6))).toBe(meanOf(losses.mse) / 2);
  expect(meanOf(lossOf('huber', 1e-9)) / 1e-9).toBeCloseTo(meanOf(losses.mae), 6);
  (lossOf('huber', 1e6) as Loss).backward(kernels, layer, targets, N, N);
  const wide = get(layer.delta);
  losses.mse.backward(kernels, layer, targets, N, N);
  expect([...get(layer.delta)].map((slope) => slope / 2)).toEqual([...wide]);
});

test('a loss without a width is the same for every width', () => {
  for (const name of lossNames) if (name !== 'huber') expect(lossOf(name, 0.3)).toBe(losses[name]);
});

test('the guess of a regression is the loss of its mean target, of a classification that of equal probabilities', () => {
  const targets = Float64Array.of(1, 3, 8);
  expect(lossOf('mse').guess(targets, 3)).toBeCloseTo((9 + 1 + 16) / 3, 12);
  expect(lossOf('mae').guess(targets, 3)).toBeCloseTo((3 + 1 + 4) / 3, 12);
  expect(lossOf('huber', 2).guess(targets, 3)).toBeCloseTo((2 * 3 - 2 + 0.5 + (2 * 4 - 2)) / 3, 12);
  for (const name of ['sigmoid_cross_entropy', 'binary_cross_entropy'] as const)
    expect(lossOf(name).guess(Float64Array.of(0, 1, 0.3), 3)).toBeCloseTo(Math.LN2, 12);
});

test('each task has losses, and those trained on without being told are the first', () => {
  expect(lossesOf('regression')[0]).toBe('mse');
  expect(lossesOf('classification')[0]).toBe('cross_entropy');
  expect([...lossesOf('regression'), ...lossesOf('classification')].sort()).toEqual([...lossNames].sort());
});
