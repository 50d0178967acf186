import { exp, expOfNegative, log } from './elementary';
import { addScaled, at, intAt, L, splatAt } from './memory';

export function gatherRows(source: i32, rows: i32, out: i32, N: i32, D: i32): void {
  for (let n = 0; n < N; n++) {
    const from = at(source + load<i32>(intAt(rows + n)) * D);
    const to = at(out + n * D);
    if (D >= 16) memory.copy(to, from, at(D));
    else for (let d = 0; d < D; d++) store<F>(to + at(d), load<F>(from + at(d)));
  }
}

export function reluForward(a: i32, count: i32): void {
  const zero = v128.splat<F>(0);
  let i = 0;
  // pmax(z, 0) is z < 0 ? 0 : z, one instruction; max, which orders the zeros, takes several.
  for (; i + L <= count; i += L) v128.store(at(a + i), v128.pmax<F>(v128.load(at(a + i)), zero));
  for (; i < count; i++) if (load<F>(at(a + i)) < 0) store<F>(at(a + i), 0);
}

export function reluBackward(a: i32, delta: i32, count: i32): void {
  const zero = v128.splat<F>(0);
  const one = v128.splat<F>(1);
  let i = 0;
  for (; i + L <= count; i += L) {
    const derivative = v128.and(v128.gt<F>(v128.load(at(a + i)), zero), one);
    v128.store(at(delta + i), v128.mul<F>(v128.load(at(delta + i)), derivative));
  }
  for (; i < count; i++) {
    const derivative: F = load<F>(at(a + i)) > 0 ? 1 : 0;
    store<F>(at(delta + i), load<F>(at(delta + i)) * derivative);
  }
}

/** Not a literal in the code below: that would take the type F from its context. */
const leakySlope: f64 = 0.01;

export function leakyReluForward(a: i32, count: i32): void {
  for (let i = 0; i < count; i++) {
    const z = load<F>(at(a + i));
    // The reference multiplies in float64 and rounds once.
    store<F>(at(a + i), z > 0 ? z : <F>(leakySlope * <f64>z));
  }
}

export function leakyReluBackward(a: i32, delta: i32, count: i32): void {
  for (let i = 0; i < count; i++) {
    const derivative = load<F>(at(a + i)) > 0 ? <F>1 : <F>leakySlope;
    store<F>(at(delta + i), load<F>(at(delta + i)) * derivative);
  }
}

/** Two numbers of type F in float64. */
// @ts-ignore: decorator
@inline
function loadPair(address: usize): v128 {
  return sizeof<F>() == 4 ? f64x2.promote_low_f32x4(v128.load64_zero(address)) : v128.load(address);
}

// @ts-ignore: decorator
@inline
function storePair(address: usize, pair: v128): void {
  if (sizeof<F>() == 4) v128.store64_lane(address, f32x4.demote_f64x2_zero(pair), 0);
  else v128.store(address, pair);
}

export function sigmoidForward(a: i32, count: i32): void {
  const one = f64x2.splat(1);
  let i = 0;
  for (; i + 2 <= count; i += 2) {
    const z = loadPair(at(a + i));
    const e = expOfNegative(f64x2.neg(f64x2.abs(z)));
    const above = v128.bitselect(one, e, f64x2.ge(z, f64x2.splat(0)));
    storePair(at(a + i), f64x2.div(above, f64x2.add(one, e)));
  }
  for (; i < count; i++) {
    const z = <f64>load<F>(at(a + i));
    const e = exp(z >= 0 ? -z : z);
    store<F>(at(a + i), <F>((z >= 0 ? 1 : e) / (1 + e)));
  }
}

export function sigmoidBackward(a: i32, delta: i32, count: i32): void {
  for (let i = 0; i < count; i++) {
    const s = <f64>load<F>(at(a + i));
    store<F>(at(delta + i), load<F>(at(delta + i)) * <F>(s * (1 - s)));
  }
}

/** The largest of z[P]. A pmax is `next > best ? next : best`, without the branch that a processor guesses wrong. */
// @ts-ignore: decorator
@inline
function largestIn(row: i32, P: i32): v128 {
  let best = splatAt(at(row));
  for (let p = at(row + 1); p < at(row + P); p += sizeof<F>()) best = v128.pmax<F>(best, splatAt(p));
  return best;
}

/** Where the largest of z[P] stands first. */
function largestOf(row: i32, P: i32): i32 {
  if (P < L || P > 32) {
    let best = 0;
    for (let p = 1; p < P; p++) if (load<F>(at(row + p)) > load<F>(at(row + best))) best = p;
    return best;
  }
  const largest = largestIn(row, P);
  let found = 0;
  for (let p = 0; p < P; p += L) {
    const from = min(p, P - L);
    const equal = v128.eq<F>(v128.load(at(row + from)), largest);
    found |= (sizeof<F>() == 4 ? i32x4.bitmask(equal) : i64x2.bitmask(equal)) << from;
  }
  // None equals NaN, which stays the largest where it comes first.
  return found == 0 ? 0 : ctz(found);
}

/** z[P] <- softmax(z); returns sum e^(z - largest). */
function softmaxRow(row: i32, P: i32, largest: v128): F {
  let p = 0;
  if (P >= L) {
    const from = at(row);
    const last = at(row + P - L);
    // The last vector may overlap the one before: it is computed from the old numbers.
    const lastShifted = v128.sub<F>(v128.load(last), largest);
    for (let q = from; q < last; q += 16) v128.store(q, v128.sub<F>(v128.load(q), largest));
    v128.store(last, lastShifted);
  } else {
    const shift = v128.extract_lane<F>(largest, 0);
    for (; p < P; p++) store<F>(at(row + p), load<F>(at(row + p)) - shift);
  }
  let q = 0;
  for (; q + 2 <= P; q += 2) storePair(at(row + q), expOfNegative(loadPair(at(row + q))));
  if (q < P) store<F>(at(row + q), <F>exp(<f64>load<F>(at(row + q))));
  let sum: F = 0;
  for (p = 0; p < P; p++) sum += load<F>(at(row + p));
  const sums = v128.splat<F>(sum);
  for (p = 0; p + L <= P; p += L) v128.store(at(row + p), v128.div<F>(v128.load(at(row + p)), sums));
  for (; p < P; p++) store<F>(at(row + p), load<F>(at(row + p)) / sum);
  return sum;
}

export function softmaxForwardInPlace(z: i32, N: i32, P: i32): void {
  for (let n = 0; n < N; n++) softmaxRow(z + n * P, P, largestIn(z + n * P, P));
}

export function softmaxCrossEntropyInPlace(z: i32, y: i32, N: i32, P: i32): f64 {
  const zero = f64x2.splat(0);
  let total: f64 = 0;
  for (let n = 0; n < N; n++) {
    const row = z + n * P;
    // In the low lane only: a mask in place of a branch keeps 0 * infinity out.
    let weight = zero;
    let weighted = zero;
    for (let p = 0; p < P; p++) {
      const target = loadOne(at(y + n * P + p));
      weight = f64x2.add(weight, target);
      weighted = f64x2.add(weighted, v128.and(f64x2.mul(target, loadOne(at(row + p))), f64x2.ne(target, zero)));
    }
    const largest = largestIn(row, P);
    const sum = softmaxRow(row, P, largest);
    const logSum = <f64>v128.extract_lane<F>(largest, 0) + log(<f64>sum);
    total += f64x2.extract_lane(weight, 0) * logSum - f64x2.extract_lane(weighted, 0);
  }
  return total;
}

/** One number of type F in float64, in the low lane. */
// @ts-ignore: decorator
@inline
function loadOne(address: usize): v128 {
  return sizeof<F>() == 4 ? f64x2.promote_low_f32x4(v128.load32_zero(address)) : v128.load64_zero(address);
}

export function scaledDifference(a: i32, y: i32, scale: f64, out: i32, count: i32): void {
  const factor = <F>scale;
  const factors = v128.splat<F>(factor);
  let i = 0;
  for (; i + L <= count; i += L) {
    v128.store(at(out + i), v128.mul<F>(factors, v128.sub<F>(v128.load(at(a + i)), v128.load(at(y + i)))));
  }
  for (; i < count; i++) store<F>(at(out + i), factor * (load<F>(at(a + i)) - load<F>(at(y + i))));
}

export function squaredError(a: i32, y: i32, count: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < count; i++) {
    const difference = <f64>load<F>(at(a + i)) - <f64>load<F>(at(y + i));
    sum += difference * difference;
  }
  return sum;
}

export function countCorrect(a: i32, y: i32, N: i32, P: i32): i32 {
  let correct = 0;
  for (let n = 0; n < N; n++) if (largestOf(a + n * P, P) == largestOf(y + n * P, P)) correct++;
  return correct;
}

export function addPenalty(gradient: i32, w: i32, lambda: f64, count: i32): void {
  const factor = <F>(2 * lambda);
  addScaled(v128.splat<F>(factor), factor, at(w), at(gradient), count);
}

export function sgdInPlace(w: i32, gradient: i32, rate: f64, count: i32): void {
  const factor = -(<F>rate);
  addScaled(v128.splat<F>(factor), factor, at(gradient), at(w), count);
}

export function momentumInPlace(w: i32, velocity: i32, gradient: i32, rate: f64, momentum: f64, count: i32): void {
  const factor = <F>rate;
  const kept = <F>momentum;
  const factors = v128.splat<F>(factor);
  const keeps = v128.splat<F>(kept);
  let i = 0;
  for (; i + L <= count; i += L) {
    const v = v128.add<F>(
      v128.mul<F>(keeps, v128.load(at(velocity + i))),
      v128.mul<F>(factors, v128.load(at(gradient + i))),
    );
    v128.store(at(velocity + i), v);
    v128.store(at(w + i), v128.sub<F>(v128.load(at(w + i)), v));
  }
  for (; i < count; i++) {
    const v = kept * load<F>(at(velocity + i)) + factor * load<F>(at(gradient + i));
    store<F>(at(velocity + i), v);
    store<F>(at(w + i), load<F>(at(w + i)) - v);
  }
}
