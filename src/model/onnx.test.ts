import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as ort from 'onnxruntime-web';
import { PbfReader } from 'pbf';
import { fixedSeed } from '../hostile.testing.ts';
import { dtypes } from '../math/dtype.ts';
import { activationNames } from '../nn/activations.ts';
import { losses, lossNames } from '../nn/losses.ts';
import { anyModel, createModel, type ModelParts, numbersFrom, plainParts } from './models.testing.ts';
import { onnxOf } from './onnx.ts';
import { createModelPredictor } from './predict.ts';
import type { SavedModel } from './saved-model.ts';

ort.env.wasm.numThreads = 1;

interface Given {
  /** As createModelPredictor gives them. */
  readonly predictions: number[];
  readonly labels: number[] | null;
  readonly session: ort.InferenceSession;
}

/** What onnxruntime gives for the exported model. */
async function inOnnxruntime(model: SavedModel, rows: Float64Array): Promise<Given> {
  const session = await ort.InferenceSession.create(await onnxOf(model), { executionProviders: ['wasm'] });
  const { columns } = model.inputs;
  const [{ type }] = session.inputMetadata as unknown as [{ type: 'float32' | 'float64' }];
  const values = type === 'float32' ? Float32Array.from(rows) : rows;
  const inputs = new ort.Tensor(type, values, [rows.length / columns, columns]);
  const { prediction, probabilities, label } = await session.run({ inputs });
  const all = Array.from((prediction ?? probabilities).data as Float64Array);
  const isOne = probabilities !== undefined && losses[model.loss].units(model.target.classes) === 1;
  const labels = label === undefined ? null : Array.from(label.data as BigInt64Array, Number);
  return { predictions: isOne ? all.filter((_, at) => at % 2 === 1) : all, labels, session };
}

async function predictionsOf(model: SavedModel, rows: Float64Array): Promise<Float64Array> {
  const predictor = await createModelPredictor(model);
  const own = predictor.predict(rows);
  predictor.release();
  return own;
}

/** The largest difference between our predictions and those of onnxruntime, as a share of their size where it is above 1. */
async function largestDifference(model: SavedModel, rows: Float64Array): Promise<number> {
  const own = await predictionsOf(model, rows);
  const { predictions, session } = await inOnnxruntime(model, rows);
  await session.release();
  expect(predictions.length).toBe(own.length);
  return differenceOf(own, predictions);
}

function differenceOf(own: Float64Array, others: ArrayLike<number>): number {
  const largest = own.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return own.reduce((most, value, at) => Math.max(most, Math.abs(value - others[at]) / largest), 0);
}

/** How far float32 itself is from the result: sums that cancel have fewer digits, in whatever order they are summed. */
async function roundingOf(model: SavedModel, rows: Float64Array): Promise<number> {
  const exact = await predictionsOf({ ...model, dtype: 'float64' }, rows);
  return differenceOf(await predictionsOf(model, rows), exact);
}

const tolerance = { float32: 1e-6, float64: 1e-12 };

describe('onnxruntime computes the same', () => {
  for (const dtype of dtypes) {
    test(`for every activation in ${dtype}`, async () => {
      const rows = Float64Array.from({ length: 400 }, (_, at) => (at - 200) / 20);
      for (const activation of activationNames) {
        const hidden = [{ units: 7, activation }];
        const model = createModel({ ...plainParts, dtype, hidden });
        expect(await largestDifference(model, rows)).toBeLessThan(tolerance[dtype]);
      }
    });
    test(`for every loss and output in ${dtype}`, async () => {
      const rows = numbersFrom(7)(60, 3);
      for (const loss of lossNames) {
        for (const output of losses[loss].anyOutput ? activationNames : (['auto'] as const)) {
          const model = createModel({ ...plainParts, dtype, loss, output, scaledTarget: true });
          expect(await largestDifference(model, rows)).toBeLessThan(tolerance[dtype]);
        }
      }
    });
  }
  test('for any model', async () => {
    await fc.assert(
      fc.asyncProperty(anyModel, fc.integer({ min: 1, max: 9 }), async (model, rows) => {
        const values = numbersFrom(rows)(rows * model.inputs.columns, 2);
        // Some values are missing, where models fill them.
        if (model.preprocessing[0]?.step === 'fill')
          for (let at = 0; at < values.length; at += 3) values[at] = Number.NaN;
        const allowed = Math.max(tolerance[model.dtype], 4 * (await roundingOf(model, values)));
        expect(await largestDifference(model, values)).toBeLessThan(allowed);
      }),
      { seed: fixedSeed, numRuns: 40 },
    );
  });
  test('where values are missing', async () => {
    const rows = numbersFrom(5)(24, 2).map((value, at) => (at % 5 === 0 ? Number.NaN : value));
    for (const steps of [['fill'], ['fill', 'subtract'], ['fill', 'polynomial', 'scale']] as const) {
      for (const dtype of dtypes) {
        const difference = await largestDifference(createModel({ ...plainParts, dtype, steps }), rows);
        expect(difference).toBeLessThan(tolerance[dtype]);
      }
    }
  });
  test('where numbers next to kernels without bias are no float32', async () => {
    const rows = Float64Array.of(0.1, -0.7, 1 / 3);
    const model = createModel({ ...plainParts, columns: 1, steps: ['divide'], biases: false, hidden: [] });
    const scaled = { ...model, target: { ...model.target, factor: 1 / 3 } };
    expect(await largestDifference(scaled, rows)).toBeLessThan(1e-15);
  });
  test('where inputs are so large that e^z overflows', async () => {
    const rows = Float64Array.of(-1000, -800, -100, -40, -0, 0, 40, 100, 800, 1000);
    for (const dtype of dtypes) {
      for (const activation of activationNames) {
        const hidden = [{ units: 1, activation }];
        const model = createModel({ ...plainParts, columns: 1, biases: false, dtype, hidden });
        expect(await largestDifference(model, rows)).toBeLessThan(tolerance[dtype]);
      }
    }
  });
});

test('labels are the most probable classes', async () => {
  const rows = numbersFrom(3)(200, 4);
  for (const [loss, classes] of [
    ['cross_entropy', 4],
    ['binary_cross_entropy', 2],
  ] as const) {
    const model = createModel({ ...plainParts, loss, classes });
    const { predictions, labels, session } = await inOnnxruntime(model, rows);
    await session.release();
    const width = losses[loss].units(classes);
    const expected = Array.from({ length: 100 }, (_, n) => {
      const own = predictions.slice(n * width, (n + 1) * width);
      return width === 1 ? Number(own[0] >= 0.5) : own.indexOf(Math.max(...own));
    });
    expect(labels).toEqual(expected);
    expect(new Set(labels).size).toBeGreaterThan(1);
  }
});

test('rows and predictions are float32 where that loses nothing, else float64', async () => {
  const types = async (parts: Partial<ModelParts>) => {
    const model = createModel({ ...plainParts, ...parts });
    const { session } = await inOnnxruntime(model, new Float64Array(6));
    const [input] = session.inputMetadata as unknown as [{ type: string }];
    const [output] = session.outputMetadata as unknown as [{ type: string }];
    await session.release();
    return [input.type, output.type];
  };
  expect(await types({ dtype: 'float32', steps: ['divide'] })).toEqual(['float32', 'float32']);
  expect(await types({ dtype: 'float32', steps: ['scale'] })).toEqual(['float64', 'float64']);
  expect(await types({ dtype: 'float32', scaledTarget: true })).toEqual(['float64', 'float64']);
  expect(await types({ dtype: 'float64' })).toEqual(['float64', 'float64']);
});

test('inputs and outputs have names, and the number of rows is open', async () => {
  const { session } = await inOnnxruntime(createModel({ ...plainParts, columns: 3 }), new Float64Array(3));
  expect(session.inputMetadata).toMatchObject([{ name: 'inputs', shape: ['N', 3] }]);
  expect(session.outputMetadata).toMatchObject([{ name: 'prediction', shape: ['N'] }]);
  await session.release();
  const classifier = createModel({ ...plainParts, columns: 1, loss: 'cross_entropy', classes: 5 });
  const { session: other } = await inOnnxruntime(classifier, new Float64Array(1));
  expect(other.outputMetadata).toMatchObject([
    { name: 'probabilities', shape: ['N', 5] },
    { name: 'label', shape: ['N'], type: 'int64' },
  ]);
  await other.release();
});

test('the file says which program and trial it is from, and what its data may be used for', async () => {
  const model = createModel({ ...plainParts, loss: 'cross_entropy' });
  const said = new PbfReader(await onnxOf(model)).readFields<Record<string, unknown>>((tag, found, pbf) => {
    if (tag === 1) found.irVersion = pbf.readVarint();
    if (tag === 2) found.producer = pbf.readString();
    if (tag === 8)
      found.opset = pbf.readMessage<number[]>((_, list, own) => void list.push(own.readVarint()), []);
    if (tag !== 14) return;
    const [key, value] = pbf.readMessage<string[]>((_, entry, own) => void entry.push(own.readString()), []);
    found[key] = value;
  }, {});
  expect(said).toMatchObject({
    producer: 'fys-nn',
    irVersion: 7,
    opset: [13],
    program: 'fys-nn 0.1.0',
    trial: model.trial,
    data: 'Franke function',
    data_license: 'CC BY 4.0',
    class_names: '["class 0","class 1","class 2"]',
    input_names: '["column \\"0\\", ø","column \\"1\\", ø"]',
  });
});

test('a model that does not fit into a protocol buffer is refused', async () => {
  const model = createModel(plainParts);
  const kernel = { length: 2 ** 28 } as Float64Array;
  const large = { ...model, layers: [{ ...model.layers[0], kernel }] };
  await expect(onnxOf(large)).rejects.toThrow('use the format safetensors or npz');
});
