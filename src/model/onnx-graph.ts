import type { PbfWriter } from 'pbf';
import type { Dtype } from '../math/dtype.ts';
import { numbersToBytes } from '../math/number-bytes.ts';

/** The first operator set whose operators are all that we use, which more programs can read than a later one, and its file format. */
export const opset = 13;
const irVersion = 7;

/** ONNX's numbers for the element types. */
const elementTypes = { float32: 1, int64: 7, float64: 11 } as const;
export type ElementType = keyof typeof elementTypes;

/** The name of a value: an input, a constant, or what a node gives. */
export type Value = string;

/** A dimension of a shape: a size, or a name for one that is not fixed. */
type Dimension = number | string;

interface Node {
  readonly operator: string;
  readonly inputs: readonly Value[];
  readonly output: Value;
  readonly attributes: Readonly<Record<string, number>>;
}

interface Constant {
  readonly name: Value;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

interface Port {
  readonly name: Value;
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
  readonly about: string;
}

/** A graph of operators that is being built. */
export interface OnnxGraph {
  input(name: string, type: ElementType, shape: readonly Dimension[], about: string): Value;
  /** An array of numbers, row by row; a shape without sizes is one number. */
  constant(name: string, type: Dtype, values: ArrayLike<number>, shape: readonly number[]): Value;
  /** A list of whole numbers, such as axes. */
  integers(name: string, values: readonly number[]): Value;
  /** Adds a node with one output, which has the given name if it is free. Attributes are whole numbers. */
  node(
    operator: string,
    inputs: readonly Value[],
    name?: string,
    attributes?: Readonly<Record<string, number>>,
  ): Value;
  cast(value: Value, type: ElementType): Value;
  /** Makes a value an output of the graph, under a name of its own. */
  output(name: string, value: Value, type: ElementType, shape: readonly Dimension[], about: string): void;
  /** The file of a model with this graph. */
  toBytes(about: OnnxAbout): Promise<Uint8Array>;
}

/** What a file says of its model. */
export interface OnnxAbout {
  readonly producer: string;
  readonly version: string;
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
export function createOnnxGraph(): OnnxGraph {
  const [inputs, outputs]: [Port[], Port[]] = [[], []];
  const nodes: Node[] = [];
  const constants: Constant[] = [];
  const taken = new Set<string>();
  const named = (wanted: string): Value => {
    let name = wanted;
    for (let number = 2; taken.has(name); number++) name = `${wanted}_${number}`;
    taken.add(name);
    return name;
  };
  const graph: OnnxGraph = {
    input(name, type, shape, about) {
      inputs.push({ name: named(name), type, shape, about });
      return name;
    },
    constant(wanted, type, values, shape) {
      const name = named(wanted);
      constants.push({ name, type, shape, bytes: numbersToBytes(values, type) });
      return name;
    },
    integers(wanted, values) {
      const name = named(wanted);
      const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
      constants.push({ name, type: 'int64', shape: [values.length], bytes });
      return name;
    },
    node(operator, from, name = operator.toLowerCase(), attributes = {}) {
      const output = named(name);
      nodes.push({ operator, inputs: from, output, attributes });
      return output;
    },
    cast: (value, type) => graph.node('Cast', [value], `as_${type}`, { to: elementTypes[type] }),
    output(wanted, value, type, shape, about) {
      const name = graph.node('Identity', [value], wanted);
      outputs.push({ name, type, shape, about });
    },
    async toBytes({ producer, version, description, metadata }) {
      const { PbfWriter: Writer } = await import('pbf');
      const weights = constants.reduce((sum, { bytes }) => sum + bytes.length, 0);
      const writer = new Writer(new Uint8Array(weights + 65_536));
      writer.writeVarintField(1, irVersion);
      writer.writeStringField(2, producer);
      writer.writeStringField(3, version);
      writer.writeStringField(6, description);
      writer.writeMessage(7, writeGraph, { nodes, constants, inputs, outputs });
      writer.writeMessage(8, (set: number, pbf) => pbf.writeVarintField(2, set), opset);
      for (const entry of Object.entries(metadata)) writer.writeMessage(14, writeEntry, entry);
      return writer.finish();
    },
  };
  return graph;
}

interface Parts {
  readonly nodes: readonly Node[];
  readonly constants: readonly Constant[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** A GraphProto. */
function writeGraph({ nodes, constants, inputs, outputs }: Parts, pbf: PbfWriter): void {
  for (const node of nodes) pbf.writeMessage(1, writeNode, node);
  pbf.writeStringField(2, 'model');
  for (const constant of constants) pbf.writeMessage(5, writeTensor, constant);
  for (const port of inputs) pbf.writeMessage(11, writePort, port);
  for (const port of outputs) pbf.writeMessage(12, writePort, port);
}

/** A NodeProto. It has the name of its output. */
function writeNode({ operator, inputs, output, attributes }: Node, pbf: PbfWriter): void {
  for (const input of inputs) pbf.writeStringField(1, input);
  pbf.writeStringField(2, output);
  pbf.writeStringField(3, output);
  pbf.writeStringField(4, operator);
  for (const attribute of Object.entries(attributes)) pbf.writeMessage(5, writeAttribute, attribute);
}

/** An AttributeProto of type INT, whose number is 2. */
function writeAttribute([name, value]: readonly [string, number], pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  pbf.writeVarintField(3, value);
  pbf.writeVarintField(20, 2);
}

/** A TensorProto with its numbers as bytes. */
function writeTensor({ name, type, shape, bytes }: Constant, pbf: PbfWriter): void {
  pbf.writePackedVarint(1, [...shape]);
  pbf.writeVarintField(2, elementTypes[type]);
  pbf.writeStringField(8, name);
  pbf.writeBytesField(9, bytes);
}

/** A ValueInfoProto: a TypeProto with a TensorTypeProto with a TensorShapeProto. */
function writePort({ name, type, shape, about }: Port, pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  pbf.writeMessage(2, (_: null, typed) => typed.writeMessage(1, writeType, { type, shape }), null);
  pbf.writeStringField(3, about);
}

function writeType({ type, shape }: Pick<Port, 'type' | 'shape'>, pbf: PbfWriter): void {
  pbf.writeVarintField(1, elementTypes[type]);
  pbf.writeMessage(
    2,
    (sizes: readonly Dimension[], shaped) => {
      for (const size of sizes) shaped.writeMessage(1, writeDimension, size);
    },
    shape,
  );
}

function writeDimension(size: Dimension, pbf: PbfWriter): void {
  if (typeof size === 'number') pbf.writeVarintField(1, size);
  else pbf.writeStringField(2, size);
}

/** A StringStringEntryProto. */
function writeEntry([key, value]: readonly [string, string], pbf: PbfWriter): void {
  pbf.writeStringField(1, key);
  pbf.writeStringField(2, value);
}
