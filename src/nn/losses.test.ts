import { describe, expect, test } from '@jest/globals';
import type { Kernels } from '../kernels/kernels.ts';
import { createReferenceKernels } from '../kernels/reference.ts';
import { createWasmKernels } from '../kernels/wasm.ts';
import { createMemory } from '../math/memory.ts';
import { createRng } from '../math/rng.ts';
import { metricNames, metrics } from '../stats/metrics.ts';
import { createArena } from './arena.ts';
import { type Loss, type LossName, losses, lossesOf, lossNames } from './losses.ts';
import { type LayerMemory, layOut } from './network.ts';

/** Odd, so that every kernel meets a tail. */
const [N, classCount, columns] = [7, 5, 4];
const classesOf = ({ task, classes }: Loss) => (task === 'regression' ? 1 : (classes ?? classCount));

/** Targets as a dataset has them: real values or labels, of more rows than are asked for. */
function datasetTargets(loss: Loss): Float64Array {
  const rng = createRng(4, 'data');
  return Float64Array.from({ length: 3 * N }, () =>
    loss.task === 'regression' ? rng.normal() : rng.below(classesOf(loss)),
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

describe.each(lossNames)('%s', (name) => {
  test.each([
    ['reference', createReferenceKernels],
    ['wasm', createWasmKernels],
  ] as const)('delta is the derivative of the mean by z, with the %s kernels', async (_name, create) => {
    const { loss, kernels, layer, targets, z, put, get } = await prepared(name, create);
    loss.forward(kernels, layer, N);
    loss.backward(kernels, layer, targets, N);
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

  test('its mean is its metric of the outputs, and what it counts as correct is the accuracy', async () => {
    const { loss, kernels, layer, targets, y, get, units } = await prepared(name);
    const mean = loss.forwardSum(kernels, layer, targets, N) / N;
    const outputs = get(layer.output);
    const score = metrics[loss.metric].score(y, outputs, N);
    expect(mean).toBeGreaterThan(0.1);
    expect(Math.abs(mean / score - 1)).toBeLessThan(1e-13);
    if (loss.task === 'regression') expect(loss.countCorrect).toBeNull();
    else {
      // Of the first rows alone, too: each row counts.
      const correct = Array.from({ length: N }, (_, n) => {
        const rows = n + 1;
        const counted = loss.countCorrect!(kernels, layer, targets, rows);
        const some = [y, outputs].map((values) => values.subarray(0, rows * units));
        expect(counted / rows).toBe(metrics.accuracy.score(some[0], some[1], rows));
        return counted;
      });
      expect(new Set(correct).size).toBeGreaterThan(1);
      expect(correct[N - 1]).toBeLessThan(N);
    }
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

test('each task has losses, and those trained on without being told are the first', () => {
  expect(lossesOf('regression')[0]).toBe('mse');
  expect(lossesOf('classification')[0]).toBe('cross_entropy');
  expect([...lossesOf('regression'), ...lossesOf('classification')].sort()).toEqual([...lossNames].sort());
});
