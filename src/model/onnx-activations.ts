import type { Dtype } from '../math/dtype.ts';
import { normalTails } from '../math/series.ts';
import type { ActivationName } from '../nn/activations.ts';
import type { OnnxGraph, Value } from './onnx-graph.ts';

/** Operators on values [N][H] of one element type. */
interface Operators {
  readonly graph: OnnxGraph;
  readonly dtype: Dtype;
  /** A number in that element type. */
  number(value: number): Value;
}

type Activation = (z: Value, operators: Operators) => Value;

/**
 * The activations as ONNX operators. Only those that onnxruntime has for both element types: Elu, Erf and Softplus it has for
 * float32 alone, and the slope of LeakyRelu is a float32.
 */
export const onnxActivations: Readonly<Record<ActivationName, Activation>> = {
  sigmoid: (z, { graph }) => graph.node('Sigmoid', [z]),
  relu: (z, { graph }) => graph.node('Relu', [z]),
  leaky_relu: (z, { graph, number }) => graph.node('Max', [z, graph.node('Mul', [z, number(0.01)])]),
  linear: (z) => z,
  tanh: (z, { graph }) => graph.node('Tanh', [z]),
  /** The exponent is at most 0: what Where leaves out must not overflow. */
  elu: (z, { graph, number }) => {
    const below = graph.node('Exp', [graph.node('Min', [z, number(0)])]);
    const isAbove = graph.node('Greater', [z, number(0)]);
    return graph.node('Where', [isAbove, z, graph.node('Sub', [below, number(1)])]);
  },
  gelu: (z, operators) => operators.graph.node('Mul', [z, probability(z, operators)]),
  gelu_tanh: (z, { graph, number }) => {
    const square = graph.node('Mul', [graph.node('Mul', [z, z]), number(0.044715)]);
    const slope = graph.node('Mul', [z, number(1.5957691216057308)]);
    const argument = graph.node('Mul', [slope, graph.node('Add', [square, number(1)])]);
    return timesSigmoid(z, argument, { graph, number });
  },
  silu: (z, operators) => timesSigmoid(z, z, operators),
  softplus: (z, { graph, number }) => {
    const small = graph.node('Exp', [graph.node('Neg', [graph.node('Abs', [z])])]);
    const logarithm = graph.node('Log', [graph.node('Add', [small, number(1)])]);
    return graph.node('Add', [graph.node('Relu', [z]), logarithm]);
  },
  relu6: (z, { graph, number }) => graph.node('Clip', [z, number(0), number(6)]),
};

/**
 * z sigmoid(v) = z / (1 + e^-v). onnxruntime replaces the product of z and Sigmoid by an operator of its own that does not exist
 * for float64.
 */
function timesSigmoid(z: Value, v: Value, { graph, number }: Pick<Operators, 'graph' | 'number'>): Value {
  const exponential = graph.node('Exp', [graph.node('Neg', [v])]);
  return graph.node('Div', [z, graph.node('Add', [exponential, number(1)])]);
}

/** P(X < z) of a standard normal X: by Erf in float32, and in float64 by the polynomial of math/series.ts. */
function probability(z: Value, operators: Operators): Value {
  const { graph, dtype, number } = operators;
  if (dtype === 'float32') {
    const erf = graph.node('Erf', [graph.node('Mul', [z, number(Math.SQRT1_2)])]);
    return graph.node('Mul', [graph.node('Add', [erf, number(1)]), number(0.5)]);
  }
  const beyond = tailProbability(graph.node('Abs', [z]), operators);
  const isBelow = graph.node('Less', [z, number(0)]);
  return graph.node('Where', [isBelow, beyond, graph.node('Sub', [number(1), beyond])]);
}

/** P(X > t) for t >= 0 as e^(-t^2/2) u p(s), with u = 1 / (t + shift), s = (alpha t - shift) u and a polynomial p. */
function tailProbability(distance: Value, { graph, dtype, number }: Operators): Value {
  const { limit, shift, alpha, polynomial } = normalTails[dtype];
  const t = graph.node('Min', [distance, number(limit)]);
  const u = graph.node('Reciprocal', [graph.node('Add', [t, number(shift)])]);
  const difference = graph.node('Sub', [graph.node('Mul', [t, number(alpha)]), number(shift)]);
  const s = graph.node('Mul', [difference, u]);
  // p(s) = sum over k of c_k s^k, as a product of [N][H][k] and [k][1].
  const lastAxis = graph.integers('last_axis', [2]);
  const exponents = graph.constant(
    'powers',
    dtype,
    polynomial.map((_, k) => k),
    [polynomial.length],
  );
  const powers = graph.node('Pow', [graph.node('Unsqueeze', [s, lastAxis]), exponents]);
  const coefficients = graph.constant('coefficients', dtype, polynomial, [polynomial.length, 1]);
  const sum = graph.node('Squeeze', [graph.node('MatMul', [powers, coefficients]), lastAxis]);
  const bell = graph.node('Exp', [graph.node('Mul', [graph.node('Mul', [t, t]), number(-0.5)])]);
  return graph.node('Mul', [graph.node('Mul', [sum, u]), bell]);
}
