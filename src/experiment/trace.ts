import { readFile } from 'node:fs/promises';
import type * as Zod from 'zod';
import { quote, UserError } from '../errors.ts';
import { matrix, multiplyVector } from '../math/matrix.ts';
import { recordedBatches } from '../nn/batches.ts';
import type { LayerSpec, LayerWeights } from '../nn/network.ts';
import type { Samples } from '../nn/samples.ts';
import { schedules } from '../nn/schedules.ts';
import { type Trained, train } from '../nn/train.ts';
import { leastSquares, ridge } from '../regression/least-squares.ts';
import { polynomialFeatures } from '../regression/polynomial.ts';
import { meanSquaredError, r2Score } from '../stats/metrics.ts';

/** A recorded training run (data/README.md describes the file). */
export type Trace = Zod.infer<ReturnType<typeof traceSchema>>;

/** How far a replay is from the recording: max |ours - recorded| / max |recorded| over the quantity's values. */
export interface TraceDifference {
  readonly quantity: string;
  readonly difference: number;
}

/** Reads and checks a trace. Errors: no such file, not JSON, not a trace, sizes that do not fit together. */
export async function readTrace(file: string): Promise<Trace> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new UserError({
      what: `${file} cannot be read as a trace`,
      expected: 'a JSON file in the format fys-nn-trace/1',
      received: error instanceof Error ? error.message : String(error),
      remedy: 'name files such as data/fixtures/traces/*.json',
    });
  }
  const { z } = await import('zod');
  const parsed = traceSchema(z).safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw traceError(file, issue.path.join('.'), issue.message);
  }
  checkSizes(file, parsed.data);
  return parsed.data;
}

/** Trains again with the recorded data, weights and batches, and compares everything that was recorded. */
export async function replayTrace(trace: Trace): Promise<TraceDifference[]> {
  if (trace.model.kind === 'polynomial-closed-form') return replayClosedForm(trace, trace.model);
  const { sgd, batches, expect, model } = trace;
  const network = model.kind === 'ffnn' ? networkOf(model) : linearModelOf(model);
  const trained = await train(samplesOf(trace, 'train'), samplesOf(trace, 'test'), {
    ...network,
    sgd: { momentum: sgd!.momentum, lambda: network.lambda, penalizeBiases: true },
    learningRate: sgd!.learning_rate,
    schedule: sgd!.decay ? schedules.decay : schedules.constant,
    batches: recordedBatches(batches!),
    epochs: batches!.length,
    dtype: 'float64',
  });
  const pairs: [string, ArrayLike<number>, ArrayLike<number> | undefined][] = [
    ['train_loss', trained.train.loss, asList(expect.train_loss)],
    ['test_loss', trained.test.loss, asList(expect.test_loss)],
    ['train_accuracy', trained.train.accuracy, expect.train_accuracy],
    ['test_accuracy', trained.test.accuracy, expect.test_accuracy],
    ['test_output', trained.testOutputs, expect.test_output.flat()],
    ...finalWeights(trained, expect),
  ];
  return pairs.flatMap(([quantity, ours, recorded]) =>
    recorded === undefined ? [] : [{ quantity, difference: relativeDifference(ours, recorded) }],
  );
}

type NetworkModel = Extract<Trace['model'], { kind: 'ffnn' }>;
type PolynomialModel = Extract<Trace['model'], { kind: 'polynomial' }>;
type ClosedFormModel = Extract<Trace['model'], { kind: 'polynomial-closed-form' }>;

function networkOf({ layers, loss }: NetworkModel) {
  return {
    layers: layers.map(({ units, activation }) => layerSpec(units, activation)),
    weights: layers.map(({ kernel, bias }) => ({
      kernel: transposed(kernel),
      bias: Float64Array.from(bias),
    })),
    lambda: layers[0].l2,
    loss: loss === 'mse' ? ('mse' as const) : ('cross_entropy' as const),
  };
}

/** A polynomial model is a network with no hidden layer and no bias on the features. */
function linearModelOf({ beta, l2 }: PolynomialModel) {
  const weights: LayerWeights[] = [{ kernel: Float64Array.from(beta), bias: null }];
  const layers: LayerSpec[] = [{ ...layerSpec(1, 'linear'), biasInit: null }];
  return { layers, weights, lambda: l2, loss: 'mse' as const };
}

function layerSpec(units: number, activation: LayerSpec['activation']): LayerSpec {
  return { units, activation, kernelInit: 'glorot_uniform', biasInit: 'zeros' };
}

function samplesOf({ data, model }: Trace, part: 'train' | 'test'): Samples {
  const x = part === 'train' ? data.x_train : data.x_test;
  const y = part === 'train' ? data.y_train : data.y_test;
  const raw = Float64Array.from(x.flat());
  const inputs = model.kind === 'ffnn' ? raw : polynomialFeatures(raw, model.terms).data;
  return { rows: x.length, inputs, targets: Float64Array.from(y.flat()) };
}

async function replayClosedForm(trace: Trace, { l2, terms }: ClosedFormModel): Promise<TraceDifference[]> {
  const { expect } = trace;
  const train = samplesOf(trace, 'train');
  const test = samplesOf(trace, 'test');
  const features = matrix(train.rows, terms.length, train.inputs as Float64Array);
  const targets = train.targets as Float64Array;
  const beta = l2 === 0 ? await leastSquares(features, targets) : await ridge(features, targets, l2);
  const outputs = multiplyVector(matrix(test.rows, terms.length, test.inputs as Float64Array), beta);
  const compare = (quantity: string, ours: ArrayLike<number>, recorded: ArrayLike<number>) => ({
    quantity,
    difference: relativeDifference(ours, recorded),
  });
  return [
    compare('test_output', outputs, expect.test_output.flat()),
    compare('test_loss', [meanSquaredError(test.targets, outputs)], asList(expect.test_loss)!),
    compare('test_r2', [r2Score(test.targets, outputs)], [expect.test_r2!]),
  ];
}

function finalWeights(
  trained: Trained,
  { final_beta, final_layers }: Trace['expect'],
): [string, ArrayLike<number>, ArrayLike<number>][] {
  if (final_beta !== undefined) return [['final_beta', trained.weights[0].kernel, final_beta]];
  return (final_layers ?? []).flatMap(({ kernel, bias }, index) => [
    [`final_layers.${index}.kernel`, trained.weights[index].kernel, transposed(kernel)],
    [`final_layers.${index}.bias`, trained.weights[index].bias!, bias],
  ]);
}

/** [units][inputs], as recorded, to row-major [inputs][units], as we keep it. */
function transposed(kernel: readonly (readonly number[])[]): Float64Array {
  const units = kernel.length;
  const values = new Float64Array(units * kernel[0].length);
  kernel.forEach((row, unit) => {
    row.forEach((weight, input) => {
      values[input * units + unit] = weight;
    });
  });
  return values;
}

function relativeDifference(ours: ArrayLike<number>, recorded: ArrayLike<number>): number {
  if (ours.length !== recorded.length) return Infinity;
  let largest = 0;
  let scale = 0;
  for (let i = 0; i < recorded.length; i++) {
    const difference = Math.abs(ours[i] - recorded[i]);
    // Not `>`: NaN counts as different.
    if (!(difference <= largest)) largest = difference;
    scale = Math.max(scale, Math.abs(recorded[i]));
  }
  return largest === 0 ? 0 : largest / scale;
}

function asList(value: number | number[] | undefined): number[] | undefined {
  return typeof value === 'number' ? [value] : value;
}

function traceError(file: string, place: string, problem: string): UserError {
  return new UserError({
    what: `${file} is not a trace: ${place === '' ? 'the file' : place}`,
    expected: 'the format fys-nn-trace/1 (data/README.md)',
    received: problem,
    remedy: 'mend or leave out the file',
  });
}

/** Refuses what would otherwise be read beyond an array's end. */
function checkSizes(file: string, { data, model, batches, sgd }: Trace): void {
  const check = (good: boolean, place: string, problem: string): void => {
    if (!good) throw traceError(file, place, problem);
  };
  const columns = data.x_train[0].length;
  const outputs = data.y_train[0].length;
  for (const [name, rows, width] of [
    ['x_train', data.x_train, columns],
    ['x_test', data.x_test, columns],
    ['y_train', data.y_train, outputs],
    ['y_test', data.y_test, outputs],
  ] as const) {
    check(
      rows.every((row) => row.length === width),
      `data.${name}`,
      `a row that has not ${width} values`,
    );
  }
  check(data.x_train.length === data.y_train.length, 'data.y_train', 'another number of rows than x_train');
  check(data.x_test.length === data.y_test.length, 'data.y_test', 'another number of rows than x_test');
  if (model.kind === 'ffnn') {
    let inputs = columns;
    model.layers.forEach((layer, index) => {
      const { units, kernel, bias, l2 } = layer;
      const place = `model.layers.${index}`;
      check(bias.length === units, `${place}.bias`, `${bias.length} values for ${units} units`);
      check(kernel.length === units, `${place}.kernel`, `${kernel.length} rows for ${units} units`);
      check(
        kernel.every((row) => row.length === inputs),
        `${place}.kernel`,
        `a row that has not ${inputs} values`,
      );
      check(l2 === model.layers[0].l2, `${place}.l2`, `${quote(l2)}: layers with different penalties`);
      const softmax = index === model.layers.length - 1 && model.loss === 'softmax_cross_entropy';
      check((layer.activation === 'softmax') === softmax, `${place}.activation`, layer.activation);
      inputs = units;
    });
    check(inputs === outputs, 'model.layers', `${inputs} outputs for targets of ${outputs}`);
  } else {
    check(columns === 2, 'data.x_train', `${columns} columns where a polynomial needs 2`);
    check(outputs === 1, 'data.y_train', `${outputs} columns where a polynomial needs 1`);
  }
  if (model.kind === 'polynomial') {
    check(model.beta.length === model.terms.length, 'model.beta', `${model.beta.length} values`);
  }
  if (model.kind === 'polynomial-closed-form') return;
  check(sgd !== null && batches !== null, 'sgd', 'no sgd or no batches');
  const size = batches![0][0].length;
  const steps = batches![0].length;
  check(
    batches!.every((epoch) => epoch.length === steps),
    'batches',
    'epochs of different lengths',
  );
  check(
    batches!.flat().every((batch) => batch.length === size),
    'batches',
    'batches of different sizes',
  );
  check(
    batches!.flat(2).every((row) => row < data.x_train.length),
    'batches',
    'a row that x_train does not have',
  );
}

const traceSchema = (z: typeof Zod.z) => {
  const number = z.number();
  const count = z.int().min(1).max(1e6);
  const numbers = z.array(number).min(1);
  const rows = z.array(numbers).min(1);
  const penalty = number.min(0);
  const terms = z.array(z.tuple([z.int().min(0).max(40), z.int().min(0).max(40)])).min(1);
  const activation = z.enum(['relu', 'leaky_relu', 'sigmoid', 'linear', 'softmax']);
  const weights = z.object({ kernel: rows, bias: numbers });
  return z.object({
    format: z.literal('fys-nn-trace/1'),
    name: z.string(),
    source: z.string(),
    data: z.object({ x_train: rows, y_train: rows, x_test: rows, y_test: rows }),
    model: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('ffnn'),
        loss: z.enum(['mse', 'softmax_cross_entropy']),
        layers: z.array(weights.extend({ units: count, activation, l2: penalty })).min(1),
      }),
      z.object({ kind: z.literal('polynomial'), terms, beta: numbers, l2: penalty }),
      z.object({ kind: z.literal('polynomial-closed-form'), terms, l2: penalty }),
    ]),
    sgd: z
      .object({ learning_rate: number.positive(), momentum: number.min(0).lt(1), decay: z.boolean() })
      .nullable(),
    batches: z
      .array(z.array(z.array(z.int().min(0)).min(1)).min(1))
      .min(1)
      .nullable(),
    expect: z.object({
      train_loss: numbers.optional(),
      test_loss: z.union([number, numbers]),
      train_accuracy: numbers.optional(),
      test_accuracy: numbers.optional(),
      test_r2: number.optional(),
      test_output: rows,
      final_layers: z.array(weights).optional(),
      final_beta: numbers.optional(),
    }),
  });
};
