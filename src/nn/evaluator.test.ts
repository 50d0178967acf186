import { describe, expect, test } from '@jest/globals';
import { csrFromDense } from '../math/csr.ts';
import { takeRegion } from '../math/memory.ts';
import { createRng } from '../math/rng.ts';
import { createEvaluation, type EvaluatorTask, startEvaluator } from './evaluator.ts';
import { initialWeights, type LayerSpec } from './network.ts';
import type { Samples } from './samples.ts';

const columns = 7;
const layers: LayerSpec[] = [
  { units: 5, activation: 'sigmoid', kernelInit: 'glorot_uniform', biasInit: 'zeros' },
  { units: 3, activation: 'softmax', kernelInit: 'glorot_uniform', biasInit: 'zeros' },
];

/** Dense rows with one-hot targets, large enough for a page of memory or more. */
function samples(rows: number, seed: number): Samples {
  const rng = createRng(seed, 'data');
  const inputs = Float64Array.from({ length: rows * columns }, () =>
    rng.uniform() < 0.7 ? 0 : rng.normal(),
  );
  const targets = new Float64Array(3 * rows);
  for (let n = 0; n < rows; n++) targets[3 * n + rng.below(3)] = 1;
  return { rows, inputs, targets };
}

/** The same as rows of one sparse matrix, in memory that threads share. */
function sparse({ rows, inputs, targets }: Samples): Samples {
  const every = Int32Array.from({ length: rows }, (_, row) => row);
  const csr = csrFromDense(inputs as Float64Array, columns, every, 1, 'float64');
  return { rows, inputs: { csr, rows: every }, targets };
}

/** The memory that an evaluation works in: the one of sparse inputs, or this thread's own. */
function memoryOf({ inputs }: Samples): WebAssembly.Memory {
  if ('csr' in inputs) return inputs.csr.memory;
  const { memory, release } = takeRegion(null, 1);
  release();
  return memory;
}

function taskOf(kind: 'dense' | 'sparse'): EvaluatorTask {
  const train = kind === 'dense' ? samples(2000, 1) : sparse(samples(2000, 1));
  return { train, test: train, layers, loss: 'cross_entropy', dtype: 'float64' };
}

const weights = initialWeights(layers, columns, 1);

describe.each(['dense', 'sparse'] as const)('an evaluation of %s inputs', (kind) => {
  test('gives its memory back: a thousand one after the other take no more than one', async () => {
    const task = taskOf(kind);
    const first = await createEvaluation(task);
    const scores = first.evaluate(weights);
    first.release();
    const memories = new Set<ArrayBufferLike>();
    for (let i = 0; i < 1000; i++) {
      const evaluation = await createEvaluation(task);
      if (i % 250 === 0) expect(evaluation.evaluate(weights)).toEqual(scores);
      evaluation.release();
      memories.add(memoryOf(task.train).buffer);
    }
    // A memory that grows gets another buffer.
    expect(memories.size).toBe(1);
  });

  test('two at once do not share their memory', async () => {
    const task = taskOf(kind);
    const other = initialWeights(layers, columns, 2);
    const [a, b] = [await createEvaluation(task), await createEvaluation(task)];
    const [scoresA, scoresB] = [a.evaluate(weights), b.evaluate(other)];
    expect(scoresA).not.toEqual(scoresB);
    expect(a.evaluate(weights)).toEqual(scoresA);
    expect(b.evaluate(other)).toEqual(scoresB);
    a.release();
    b.release();
  });
});

test('a thread that evaluated sparse inputs leaves its room to the next one', async () => {
  const task = taskOf('sparse');
  const expected = await createEvaluation(task);
  const scores = expected.evaluate(weights);
  expected.release();
  const { buffer } = memoryOf(task.train);
  for (let i = 0; i < 3; i++) {
    const evaluator = startEvaluator(task);
    await expect(evaluator.evaluate(weights)).resolves.toEqual(scores);
    await evaluator.close();
  }
  expect(memoryOf(task.train).buffer).toBe(buffer);
});
