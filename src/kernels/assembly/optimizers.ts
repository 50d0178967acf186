// The updates of weights by optimisers with state, in one pass over the weights. The last vector may hold fewer numbers than
// lanes: these are computed one by one, each in a vector of its own.
import { addProduct, at, L } from './memory';

// @ts-ignore: decorator
@inline
function splat(value: f64): v128 {
  return v128.splat<F>(<F>value);
}

/** State of an optimiser, as it is kept: 0 where its absolute value is below the smallest one. NaN is preserved. */
// @ts-ignore: decorator
@inline
function kept(x: v128): v128 {
  // 2^-100 and 2^-900: `smallestState` in ../kernels.ts
  const tiny = sizeof<F>() == 4 ? f32x4.splat(7.888609052210118e-31) : f64x2.splat(1.1830521861667747e-271);
  return v128.andnot(x, v128.lt<F>(v128.abs<F>(x), tiny));
}

/** Numbers at an address: a whole vector of them, or one in every lane. */
// @ts-ignore: decorator
@inline
function read(whole: bool, address: usize): v128 {
  return whole ? v128.load(address) : v128.splat<F>(load<F>(address));
}

// @ts-ignore: decorator
@inline
function write(whole: bool, address: usize, value: v128): void {
  if (whole) v128.store(address, value);
  else store<F>(address, v128.extract_lane<F>(value, 0));
}

// @ts-ignore: decorator
@inline
function nesterov(whole: bool, w: usize, v: usize, gradient: usize, rate: v128, momentum: v128): void {
  const step = v128.mul<F>(rate, read(whole, gradient));
  const velocity = kept(v128.add<F>(v128.mul<F>(momentum, read(whole, v)), step));
  write(whole, v, velocity);
  write(whole, w, v128.sub<F>(read(whole, w), v128.add<F>(v128.mul<F>(momentum, velocity), step)));
}

export function nesterovInPlace(w: i32, velocity: i32, gradient: i32, rate: f64, momentum: f64, count: i32): void {
  const factor = splat(rate);
  const memory = splat(momentum);
  let i = 0;
  for (; i + L <= count; i += L) nesterov(true, at(w + i), at(velocity + i), at(gradient + i), factor, memory);
  for (; i < count; i++) nesterov(false, at(w + i), at(velocity + i), at(gradient + i), factor, memory);
}

// @ts-ignore: decorator
@inline
function rootMeanSquare(whole: bool, fast: bool, w: usize, s: usize, v: usize, gradient: usize, rate: v128, keep: v128, share: v128, epsilon: v128, momentum: v128): void {
  const g = read(whole, gradient);
  const square = kept(addProduct(v128.mul<F>(keep, read(whole, s)), share, v128.mul<F>(g, g)));
  write(whole, s, square);
  let step = v128.div<F>(v128.mul<F>(rate, g), v128.add<F>(v128.sqrt<F>(square), epsilon));
  if (!fast) {
    step = kept(v128.add<F>(v128.mul<F>(momentum, read(whole, v)), step));
    write(whole, v, step);
  }
  write(whole, w, v128.sub<F>(read(whole, w), step));
}

export function rootMeanSquareInPlace(w: i32, s: i32, v: i32, gradient: i32, rate: f64, keep: f64, share: f64, epsilon: f64, momentum: f64, count: i32): void {
  const eta = splat(rate);
  const old = splat(keep);
  const fresh = splat(share);
  const added = splat(epsilon);
  const memory = splat(momentum);
  let i = 0;
  if (v < 0) {
    for (; i + L <= count; i += L) rootMeanSquare(true, true, at(w + i), at(s + i), 0, at(gradient + i), eta, old, fresh, added, memory);
    for (; i < count; i++) rootMeanSquare(false, true, at(w + i), at(s + i), 0, at(gradient + i), eta, old, fresh, added, memory);
    return;
  }
  for (; i + L <= count; i += L) rootMeanSquare(true, false, at(w + i), at(s + i), at(v + i), at(gradient + i), eta, old, fresh, added, memory);
  for (; i < count; i++) rootMeanSquare(false, false, at(w + i), at(s + i), at(v + i), at(gradient + i), eta, old, fresh, added, memory);
}

// @ts-ignore: decorator
@inline
function adam(whole: bool, w: usize, m: usize, s: usize, gradient: usize, rate: v128, old1: v128, fresh1: v128, old2: v128, fresh2: v128, epsilon: v128, keep: v128): void {
  const g = read(whole, gradient);
  const mean = kept(addProduct(v128.mul<F>(old1, read(whole, m)), fresh1, g));
  const square = kept(addProduct(v128.mul<F>(old2, read(whole, s)), fresh2, v128.mul<F>(g, g)));
  write(whole, m, mean);
  write(whole, s, square);
  const step = v128.div<F>(v128.mul<F>(rate, mean), v128.add<F>(v128.sqrt<F>(square), epsilon));
  write(whole, w, v128.sub<F>(v128.mul<F>(keep, read(whole, w)), step));
}

export function adamInPlace(w: i32, m: i32, s: i32, gradient: i32, rate: f64, beta1: f64, beta2: f64, epsilon: f64, keep: f64, count: i32): void {
  const eta = splat(rate);
  const old1 = splat(beta1);
  const fresh1 = splat(1 - beta1);
  const old2 = splat(beta2);
  const fresh2 = splat(1 - beta2);
  const added = splat(epsilon);
  const kept = splat(keep);
  let i = 0;
  for (; i + L <= count; i += L) adam(true, at(w + i), at(m + i), at(s + i), at(gradient + i), eta, old1, fresh1, old2, fresh2, added, kept);
  for (; i < count; i++) adam(false, at(w + i), at(m + i), at(s + i), at(gradient + i), eta, old1, fresh1, old2, fresh2, added, kept);
}

export function sumOfSquares(a: i32, count: i32): f64 {
  let low = f64x2.splat(0);
  let high = low;
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const p = at(a + i);
    const x = sizeof<F>() == 4 ? f64x2.promote_low_f32x4(v128.load64_zero(p)) : v128.load(p);
    const y = sizeof<F>() == 4 ? f64x2.promote_low_f32x4(v128.load64_zero(p, 8)) : v128.load(p, 16);
    low = f64x2.add(low, f64x2.mul(x, x));
    high = f64x2.add(high, f64x2.mul(y, y));
  }
  let s0 = f64x2.extract_lane(low, 0);
  let s1 = f64x2.extract_lane(low, 1);
  let s2 = f64x2.extract_lane(high, 0);
  const s3 = f64x2.extract_lane(high, 1);
  if (i < count) s0 += square(a + i);
  if (i + 1 < count) s1 += square(a + i + 1);
  if (i + 2 < count) s2 += square(a + i + 2);
  return s0 + s1 + (s2 + s3);
}

// @ts-ignore: decorator
@inline
function square(a: i32): f64 {
  const x = <f64>load<F>(at(a));
  return x * x;
}

export function scaleInPlace(a: i32, factor: f64, count: i32): void {
  const factors = splat(factor);
  let i = 0;
  for (; i + L <= count; i += L) v128.store(at(a + i), v128.mul<F>(factors, v128.load(at(a + i))));
  for (; i < count; i++) store<F>(at(a + i), <F>factor * load<F>(at(a + i)));
}
