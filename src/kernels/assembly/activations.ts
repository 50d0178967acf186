// Activations in the element type, as src/nn/activations.ts defines them, on vectors. Each has two kernels: forward, a <- f(a),
// and backward, delta <- delta f'(x). The last vector may hold fewer numbers than lanes: these are computed one by one,
// each in a vector of its own.
import { at } from './memory';
import { bell, boundedForNormal, density, exp, expm1, log1p, probability, sigmoid, sigmoidSlope, splat, tanh } from './series';

const TANH = 0;
const ELU = 1;
const GELU = 2;
const GELU_TANH = 3;
const SILU = 4;
const SOFTPLUS = 5;
const RELU6 = 6;

/** a of z. `kind` is a constant, so that one branch is left. */
// @ts-ignore: decorator
@inline
function valueOf(kind: i32, z: v128): v128 {
  const zero = splat(0);
  if (kind == TANH) return tanh(z);
  if (kind == ELU) return v128.bitselect(z, expm1(z), v128.gt<F>(z, zero));
  if (kind == GELU) {
    const t = boundedForNormal(z);
    return v128.mul<F>(z, probability(z, t, bell(t)));
  }
  if (kind == GELU_TANH) return v128.mul<F>(z, sigmoid(inner(z, splat(0.044715))));
  if (kind == SILU) return v128.mul<F>(z, sigmoid(z));
  if (kind == SOFTPLUS) return v128.add<F>(v128.pmax<F>(z, zero), log1p(exp(v128.neg<F>(v128.abs<F>(z)))));
  return v128.pmin<F>(v128.pmax<F>(z, zero), splat(6));
}

/** f'(z), from a or z. */
// @ts-ignore: decorator
@inline
function derivativeOf(kind: i32, x: v128): v128 {
  const zero = splat(0);
  const one = splat(1);
  if (kind == TANH) return v128.sub<F>(one, v128.mul<F>(x, x));
  if (kind == ELU) return v128.bitselect(one, v128.add<F>(x, one), v128.gt<F>(x, zero));
  if (kind == GELU) {
    const t = boundedForNormal(x);
    const b = bell(t);
    return v128.add<F>(probability(x, t, b), v128.mul<F>(x, density(b)));
  }
  if (kind == GELU_TANH) return sigmoidSlope(inner(x, splat(0.044715)), inner(x, splat(0.134145)));
  if (kind == SILU) return sigmoidSlope(x, x);
  if (kind == SOFTPLUS) return v128.neg<F>(expm1(v128.neg<F>(x)));
  return v128.and(one, v128.and(v128.gt<F>(x, zero), v128.lt<F>(x, splat(6))));
}

/** 2 sqrt(2/pi) (z + cubic z^3). */
// @ts-ignore: decorator
@inline
function inner(z: v128, cubic: v128): v128 {
  return v128.mul<F>(v128.mul<F>(splat(1.5957691216057308), z), v128.add<F>(splat(1), v128.mul<F>(cubic, v128.mul<F>(z, z))));
}

// @ts-ignore: decorator
@inline
function forward(kind: i32, a: i32, count: i32): void {
  const end = at(a + count);
  let p = at(a);
  // Four vectors at a time: one computes while the others wait for a result.
  for (; p + 64 <= end; p += 64) {
    const a0 = valueOf(kind, v128.load(p));
    const a1 = valueOf(kind, v128.load(p, 16));
    const a2 = valueOf(kind, v128.load(p, 32));
    const a3 = valueOf(kind, v128.load(p, 48));
    v128.store(p, a0);
    v128.store(p, a1, 16);
    v128.store(p, a2, 32);
    v128.store(p, a3, 48);
  }
  for (; p + 16 <= end; p += 16) v128.store(p, valueOf(kind, v128.load(p)));
  for (; p < end; p += sizeof<F>()) store<F>(p, v128.extract_lane<F>(valueOf(kind, v128.splat<F>(load<F>(p))), 0));
}

// @ts-ignore: decorator
@inline
function backward(kind: i32, x: i32, delta: i32, count: i32): void {
  const end = at(x + count);
  let p = at(x);
  let q = at(delta);
  for (; p + 16 <= end; p += 16) {
    v128.store(q, v128.mul<F>(v128.load(q), derivativeOf(kind, v128.load(p))));
    q += 16;
  }
  for (; p < end; p += sizeof<F>()) {
    store<F>(q, load<F>(q) * v128.extract_lane<F>(derivativeOf(kind, v128.splat<F>(load<F>(p))), 0));
    q += sizeof<F>();
  }
}

export function tanhForward(a: i32, count: i32): void {
  forward(TANH, a, count);
}

export function tanhBackward(x: i32, delta: i32, count: i32): void {
  backward(TANH, x, delta, count);
}

export function eluForward(a: i32, count: i32): void {
  forward(ELU, a, count);
}

export function eluBackward(x: i32, delta: i32, count: i32): void {
  backward(ELU, x, delta, count);
}

export function geluForward(a: i32, count: i32): void {
  forward(GELU, a, count);
}

export function geluBackward(x: i32, delta: i32, count: i32): void {
  backward(GELU, x, delta, count);
}

export function geluTanhForward(a: i32, count: i32): void {
  forward(GELU_TANH, a, count);
}

export function geluTanhBackward(x: i32, delta: i32, count: i32): void {
  backward(GELU_TANH, x, delta, count);
}

export function siluForward(a: i32, count: i32): void {
  forward(SILU, a, count);
}

export function siluBackward(x: i32, delta: i32, count: i32): void {
  backward(SILU, x, delta, count);
}

export function softplusForward(a: i32, count: i32): void {
  forward(SOFTPLUS, a, count);
}

export function softplusBackward(x: i32, delta: i32, count: i32): void {
  backward(SOFTPLUS, x, delta, count);
}

export function relu6Forward(a: i32, count: i32): void {
  forward(RELU6, a, count);
}

export function relu6Backward(x: i32, delta: i32, count: i32): void {
  backward(RELU6, x, delta, count);
}
