import { UserError } from '../errors.ts';
import type { Dtype } from '../math/dtype.ts';
import { elementBytes } from '../math/number-bytes.ts';
import { losses } from '../nn/losses.ts';
import type { Step } from '../trial/preprocessing.ts';
import { modelFacts } from './facts.ts';
import { onnxActivations } from './onnx-activations.ts';
import { createOnnxGraph, type OnnxGraph, type Value } from './onnx-graph.ts';
import type { SavedLayer, SavedModel } from './saved-model.ts';

/** The largest size of a protocol buffer, in bytes. */
const mostBytes = 2 ** 31 - 1;

/**
 * A model as an ONNX file, with everything from rows of the data to predictions in the unit of the targets.
 *
 * Input: `inputs` [N][D], any number of rows. Outputs of a regression: `prediction` [N]; of a classifier: `probabilities`
 * [N][classes] and `label` [N], the number of the most probable class. Layers compute in the element type of the model. Errors:
 * UserError for more than 2 GiB.
 */
export async function onnxOf(model: SavedModel): Promise<Uint8Array> {
  requireSize(model);
  const { inputs, preprocessing, layers, dtype } = model;
  const graph = createOnnxGraph();
  const outside = outsideType(model);
  const names = inputs.names === null ? '' : `: ${inputs.names.join(', ')}`;
  const rows = graph.input('inputs', outside, ['N', inputs.columns], `the columns of each row${names}`);
  const width = { columns: inputs.columns };
  const features = preprocessing.reduce((before, step, place) => {
    const write = steps[step.step] as (step: Step, before: Value, stage: Stage) => Value;
    return write(step, before, { graph, type: outside, name: `preprocessing_${place}_${step.step}`, width });
  }, rows);
  const inside = outside === dtype ? features : graph.cast(features, dtype);
  const last = layers.reduce((before, layer, place) => layerOf(layer, before, place, graph, dtype), inside);
  addOutputs(model, graph, last, outside);
  return await graph.toBytes({
    producer: 'fys-nn',
    version: model.about?.program ?? '',
    description: model.about?.data.title ?? '',
    metadata: modelFacts(model),
  });
}

/**
 * The element type of rows and predictions. Preprocessing is in float64, as in training: in float32 the difference between a
 * large input and its mean would lose digits. Only where a float32 model takes inputs as they are, or divided by one number, as
 * pixels, is float32 enough.
 */
function outsideType({ dtype, preprocessing, target }: SavedModel): Dtype {
  const isPlain = preprocessing.every(({ step }) => step === 'divide');
  return isPlain && target.offset === 0 && target.factor === 1 ? dtype : 'float64';
}

/** Where a step is added. */
interface Stage {
  readonly graph: OnnxGraph;
  readonly type: Dtype;
  readonly name: string;
  /** The number of columns, which a step may change. */
  readonly width: { columns: number };
}

const steps: { [S in Step as S['step']]: (step: S, before: Value, stage: Stage) => Value } = {
  fill: ({ by }, before, { graph, type, name }) => {
    const isMissing = graph.node('IsNaN', [before]);
    return graph.node(
      'Where',
      [isMissing, graph.constant(`${name}_by`, type, by, [by.length]), before],
      name,
    );
  },
  divide: ({ by }, before, { graph, type, name }) =>
    graph.node('Div', [before, graph.constant(`${name}_by`, type, [by], [])], name),
  subtract: ({ means }, before, { graph, type, name }) =>
    graph.node('Sub', [before, graph.constant(`${name}_means`, type, means, [means.length])], name),
  /** The product over columns of the column [N][1] to the power of its exponents [terms]. */
  polynomial({ exponents }, before, { graph, type, name, width }) {
    const powers = Array.from({ length: width.columns }, (_, d) => {
      const column = graph.node('Gather', [before, graph.integers('column', [d])], 'column', { axis: 1 });
      const own = graph.constant(
        `${name}_exponents`,
        type,
        exponents.map((one) => one[d]),
        [exponents.length],
      );
      return graph.node('Pow', [column, own]);
    });
    width.columns = exponents.length;
    return powers.reduce((product, power) => graph.node('Mul', [product, power], name));
  },
  scale({ offsets, factors }, before, { graph, type, name }) {
    const row = (what: string, values: Float64Array) =>
      graph.constant(`${name}_${what}`, type, values, [values.length]);
    const moved = graph.node('Sub', [before, row('offsets', offsets)]);
    // A column that was constant in training becomes 0.
    const scaled = graph.node(
      'Div',
      [
        moved,
        row(
          'factors',
          factors.map((factor) => factor || 1),
        ),
      ],
      name,
    );
    if (factors.every((factor) => factor !== 0)) return scaled;
    return graph.node(
      'Mul',
      [
        scaled,
        row(
          'varies',
          factors.map((factor) => (factor === 0 ? 0 : 1)),
        ),
      ],
      name,
    );
  },
};

/**
 * a = f(x W + b). Gemm, also without a bias: onnxruntime makes one operator of MatMul and a product with a number next to it, and
 * rounds the number to float32.
 */
function layerOf(
  { units, activation, kernel, bias }: SavedLayer,
  before: Value,
  place: number,
  graph: OnnxGraph,
  dtype: Dtype,
): Value {
  const name = `layers.${place}`;
  const weights = graph.constant(`${name}.kernel`, dtype, kernel, [kernel.length / units, units]);
  const biases = bias === null ? [] : [graph.constant(`${name}.bias`, dtype, bias, [units])];
  const z = graph.node('Gemm', [before, weights, ...biases], name);
  if (activation === 'softmax') return graph.node('Softmax', [z], 'softmax', { axis: 1 });
  const number = (value: number) => graph.constant('number', dtype, [value], []);
  return onnxActivations[activation](z, { graph, dtype, number });
}

function addOutputs(model: SavedModel, graph: OnnxGraph, last: Value, outside: Dtype): void {
  const { loss, target, dtype } = model;
  const { task, units } = losses[loss];
  const number = (name: string, type: Dtype, value: number) => graph.constant(name, type, [value], []);
  const flat = (column: Value) => graph.node('Squeeze', [column, graph.integers('last_column', [1])]);
  let given = outside === dtype ? last : graph.cast(last, outside);
  if (task === 'regression') {
    const { offset, factor } = target;
    if (factor !== 1) given = graph.node('Mul', [given, number('target_factor', outside, factor)]);
    if (offset !== 0) given = graph.node('Add', [given, number('target_offset', outside, offset)]);
    graph.output('prediction', flat(given), outside, ['N'], target.name ?? 'in the unit of the targets');
    return;
  }
  // One output is the probability of the second class.
  const isOne = units(target.classes) === 1;
  const probabilities = isOne
    ? graph.node('Concat', [graph.node('Sub', [number('one', outside, 1), given]), given], 'both', {
        axis: 1,
      })
    : given;
  const label = isOne
    ? graph.cast(graph.node('Not', [flat(graph.node('Less', [last, number('half', dtype, 0.5)]))]), 'int64')
    : graph.node('ArgMax', [last], 'largest', { axis: 1, keepdims: 0 });
  const names = target.classNames === null ? '' : `: ${target.classNames.join(', ')}`;
  graph.output('probabilities', probabilities, outside, ['N', target.classes], `of the classes${names}`);
  graph.output('label', label, 'int64', ['N'], 'the number of the most probable class, from 0');
}

function requireSize({ layers, dtype }: SavedModel): void {
  const bytes = elementBytes[dtype] * layers.reduce((sum, { kernel }) => sum + kernel.length, 0);
  if (bytes < mostBytes - 2 ** 20) return;
  throw new UserError({
    what: 'the model is too large for an ONNX file',
    expected: 'weights of less than 2 GiB',
    received: `${bytes} bytes`,
    remedy: 'use the format safetensors or npz',
  });
}
