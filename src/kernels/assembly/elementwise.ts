import { exp, expOfNegative, log, logOfNormal } from './elementary';
import { addScaled, at, intAt, L, splatAt } from './memory';

export function gatherRows(source: i32, rows: i32, out: i32, N: i32, D: i32): void {
  const bytes = at(D);
  let to = at(out);
  for (let n = 0; n < N; n++) {
    const from = at(source) + <usize>load<i32>(intAt(rows + n)) * bytes;
    if (D < L) {
      for (let d: usize = 0; d < bytes; d += sizeof<F>()) store<F>(to + d, load<F>(from + d));
    } else if (D < 64) {
      // The last vector may overlap the one before.
      const last = bytes - 16;
      for (let d: usize = 0; d < last; d += 16) v128.store(to + d, v128.load(from + d));
      v128.store(to + last, v128.load(from + last));
    } else memory.copy(to, from, bytes);
    to += bytes;
  }
}

export function reluForward(a: i32, count: i32): void {
  const zero = v128.splat<F>(0);
  const end = at(a + count);
  let p = at(a);
  // pmax(z, 0) is z < 0 ? 0 : z in one instruction. max, which orders the zeros, takes several.
  for (; p + 64 <= end; p += 64) {
    v128.store(p, v128.pmax<F>(v128.load(p), zero));
    v128.store(p, v128.pmax<F>(v128.load(p, 16), zero), 16);
    v128.store(p, v128.pmax<F>(v128.load(p, 32), zero), 32);
    v128.store(p, v128.pmax<F>(v128.load(p, 48), zero), 48);
  }
  for (; p < end; p += sizeof<F>()) if (load<F>(p) < 0) store<F>(p, 0);
}

export function reluBackward(a: i32, delta: i32, count: i32): void {
  multiplyByReluDerivative(0, at(a), at(delta), count);
}

/** A constant, since a literal in the code below would take the type F from its context. */
const leakySlope: f64 = 0.01;

export function leakyReluForward(a: i32, count: i32): void {
  const zero = v128.splat<F>(0);
  const end = at(a + count);
  let p = at(a);
  // The reference multiplies in float64 and rounds once.
  for (; p + 16 <= end; p += 16) {
    const z = v128.load(p);
    v128.store(p, v128.bitselect(z, timesSlope(z), v128.gt<F>(z, zero)));
  }
  for (; p < end; p += sizeof<F>()) {
    const z = load<F>(p);
    store<F>(p, z > 0 ? z : <F>(leakySlope * <f64>z));
  }
}

/** z times the slope, computed in float64. */
// @ts-ignore: decorator
@inline
function timesSlope(z: v128): v128 {
  const slope = f64x2.splat(leakySlope);
  if (L == 2) return f64x2.mul(z, slope);
  const low = f64x2.mul(f64x2.promote_low_f32x4(z), slope);
  const high = f64x2.mul(f64x2.promote_low_f32x4(v128.shuffle<f32>(z, z, 2, 3, 2, 3)), slope);
  return demotePairs(low, high);
}

/** Two pairs of float64 as one vector of float32. */
// @ts-ignore: decorator
@inline
function demotePairs(low: v128, high: v128): v128 {
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}

export function leakyReluBackward(a: i32, delta: i32, count: i32): void {
  multiplyByReluDerivative(<F>leakySlope, at(a), at(delta), count);
}

/** delta <- delta times 1 where a > 0, else times the slope. */
// @ts-ignore: decorator
@inline
function multiplyByReluDerivative(slope: F, a: usize, delta: usize, count: i32): void {
  const end = a + at(count);
  let p = a;
  let q = delta;
  for (; p + 32 <= end; p += 32) {
    const first = reluDerivative(slope, v128.load(p));
    const second = reluDerivative(slope, v128.load(p, 16));
    v128.store(q, v128.mul<F>(v128.load(q), first));
    v128.store(q, v128.mul<F>(v128.load(q, 16), second), 16);
    q += 32;
  }
  for (; p < end; p += sizeof<F>()) {
    store<F>(q, load<F>(q) * (load<F>(p) > 0 ? <F>1 : slope));
    q += sizeof<F>();
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

// @ts-ignore: decorator
@inline
function reluDerivative(slope: F, a: v128): v128 {
  const one = v128.splat<F>(1);
  const above = v128.gt<F>(a, v128.splat<F>(0));
  return slope == 0 ? v128.and(one, above) : v128.bitselect(one, v128.splat<F>(slope), above);
}

export function sigmoidForward(a: i32, count: i32): void {
  const end = at(a + count);
  let p = at(a);
  // Two pairs at a time: one computes while the other waits for its divisions.
  for (; p + 4 * sizeof<F>() <= end; p += 4 * sizeof<F>()) {
    const low = sigmoid(loadPair(p));
    const high = sigmoid(loadPair(p + 2 * sizeof<F>()));
    storePair(p, low);
    storePair(p + 2 * sizeof<F>(), high);
  }
  for (; p < end; p += sizeof<F>()) {
    const z = <f64>load<F>(p);
    const e = exp(z >= 0 ? -z : z);
    store<F>(p, <F>((z >= 0 ? 1 : e) / (1 + e)));
  }
}

// @ts-ignore: decorator
@inline
function sigmoid(z: v128): v128 {
  const one = f64x2.splat(1);
  const e = expOfNegative(f64x2.neg(f64x2.abs(z)));
  const above = v128.bitselect(one, e, f64x2.ge(z, f64x2.splat(0)));
  return f64x2.div(above, f64x2.add(one, e));
}

export function sigmoidBackward(a: i32, delta: i32, count: i32): void {
  const one = f64x2.splat(1);
  const end = at(a + count);
  let p = at(a);
  let q = at(delta);
  for (; p + 4 * sizeof<F>() <= end; p += 4 * sizeof<F>()) {
    const s = loadPair(p);
    const t = loadPair(p + 2 * sizeof<F>());
    const low = f64x2.mul(s, f64x2.sub(one, s));
    const high = f64x2.mul(t, f64x2.sub(one, t));
    if (L == 2) {
      v128.store(q, v128.mul<F>(v128.load(q), low));
      v128.store(q, v128.mul<F>(v128.load(q, 16), high), 16);
    } else v128.store(q, v128.mul<F>(v128.load(q), demotePairs(low, high)));
    q += 4 * sizeof<F>();
  }
  for (; p < end; p += sizeof<F>()) {
    const s = <f64>load<F>(p);
    store<F>(q, load<F>(q) * <F>(s * (1 - s)));
    q += sizeof<F>();
  }
}

/** The largest of z[P]. pmax is `next > best ? next : best` without a branch that the processor could mispredict. */
// @ts-ignore: decorator
@inline
function rowMaximum(row: usize, P: i32): v128 {
  let best = splatAt(row);
  if (P < L) {
    for (let p = row + sizeof<F>(); p < row + at(P); p += sizeof<F>()) best = v128.pmax<F>(best, splatAt(p));
    return best;
  }
  const last = row + at(P - L);
  for (let p = row; p < last; p += 16) best = v128.pmax<F>(best, v128.load(p));
  best = v128.pmax<F>(best, v128.load(last));
  if (L == 4) best = v128.pmax<F>(best, v128.shuffle<f32>(best, best, 2, 3, 0, 1));
  return v128.pmax<F>(best, L == 4 ? v128.shuffle<f32>(best, best, 1, 0, 3, 2) : v128.shuffle<f64>(best, best, 1, 0));
}

/** The first index of the largest of z[P]. */
// @ts-ignore: decorator
@inline
function argmax(row: usize, P: i32): i32 {
  if (P < L || P > 32) {
    let best = 0;
    for (let p = 1; p < P; p++) if (load<F>(row + at(p)) > load<F>(row + at(best))) best = p;
    return best;
  }
  const largest = rowMaximum(row, P);
  let found = 0;
  for (let p = 0; p < P; p += L) {
    const from = min(p, P - L);
    const equal = v128.eq<F>(v128.load(row + at(from)), largest);
    found |= (sizeof<F>() == 4 ? i32x4.bitmask(equal) : i64x2.bitmask(equal)) << from;
  }
  // No value equals NaN. A NaN in the first place counts as the largest.
  return found == 0 ? 0 : ctz(found);
}

/** z[P] <- z - largest. */
// @ts-ignore: decorator
@inline
function shiftRow(row: usize, P: i32, largest: v128): void {
  if (P < L) {
    const shift = v128.extract_lane<F>(largest, 0);
    for (let p = row; p < row + at(P); p += sizeof<F>()) store<F>(p, load<F>(p) - shift);
    return;
  }
  // The last vector may overlap the one before, so it is computed from the old numbers.
  const last = row + at(P - L);
  const lastShifted = v128.sub<F>(v128.load(last), largest);
  for (let p = row; p < last; p += 16) v128.store(p, v128.sub<F>(v128.load(p), largest));
  v128.store(last, lastShifted);
}

/** x <- e^x for numbers <= 0. */
function expInPlace(from: usize, count: i32): void {
  const end = from + at(count);
  let p = from;
  for (; p + 4 * sizeof<F>() <= end; p += 4 * sizeof<F>()) {
    const low = expOfNegative(loadPair(p));
    const high = expOfNegative(loadPair(p + 2 * sizeof<F>()));
    storePair(p, low);
    storePair(p + 2 * sizeof<F>(), high);
  }
  if (p + 2 * sizeof<F>() <= end) {
    storePair(p, expOfNegative(loadPair(p)));
    p += 2 * sizeof<F>();
  }
  if (p < end) store<F>(p, <F>exp(<f64>load<F>(p)));
}

/** z[P] <- z / sum of z. Returns the sum. */
// @ts-ignore: decorator
@inline
function normalizeRow(row: usize, P: i32): F {
  let sum: F = 0;
  const end = row + at(P);
  for (let p = row; p < end; p += sizeof<F>()) sum += load<F>(p);
  const sums = v128.splat<F>(sum);
  let p = row;
  for (; p + 16 <= end; p += 16) v128.store(p, v128.div<F>(v128.load(p), sums));
  for (; p < end; p += sizeof<F>()) store<F>(p, load<F>(p) / sum);
  return sum;
}

export function softmaxForwardInPlace(z: i32, N: i32, P: i32): void {
  for (let n = 0; n < N; n++) shiftRow(at(z + n * P), P, rowMaximum(at(z + n * P), P));
  expInPlace(at(z), N * P);
  for (let n = 0; n < N; n++) normalizeRow(at(z + n * P), P);
}

export function softmaxCrossEntropyInPlace(z: i32, y: i32, N: i32, P: i32): f64 {
  let total: f64 = 0;
  let n = 0;
  for (; n + 2 <= N; n += 2) {
    const row = at(z + n * P);
    const next = row + at(P);
    const target = at(y + n * P);
    const weights = targetSums(row, target, P);
    const nextWeights = targetSums(next, target + at(P), P);
    const largest = rowMaximum(row, P);
    const nextLargest = rowMaximum(next, P);
    shiftRow(row, P, largest);
    shiftRow(next, P, nextLargest);
    expInPlace(row, 2 * P);
    const sums = f64x2(<f64>normalizeRow(row, P), <f64>normalizeRow(next, P));
    // Each sum is in [1, P], or NaN.
    const logs = logOfNormal(sums);
    total += crossEntropy(weights, largest, f64x2.extract_lane(logs, 0));
    total += crossEntropy(nextWeights, nextLargest, f64x2.extract_lane(logs, 1));
  }
  if (n < N) {
    const row = at(z + n * P);
    const weights = targetSums(row, at(y + n * P), P);
    const largest = rowMaximum(row, P);
    shiftRow(row, P, largest);
    expInPlace(row, P);
    total += crossEntropy(weights, largest, log(<f64>normalizeRow(row, P)));
  }
  return total;
}

/** The sum of y and the sum of y z over nonzero targets. A mask instead of a branch avoids 0 * infinity. */
// @ts-ignore: decorator
@inline
function targetSums(row: usize, target: usize, P: i32): v128 {
  const zero = f64x2.splat(0);
  let weight = zero;
  let weighted = zero;
  for (let p: usize = 0; p < at(P); p += sizeof<F>()) {
    const t = loadOne(target + p);
    weight = f64x2.add(weight, t);
    weighted = f64x2.add(weighted, v128.and(f64x2.mul(t, loadOne(row + p)), f64x2.ne(t, zero)));
  }
  return v128.shuffle<f64>(weight, weighted, 0, 2);
}

// @ts-ignore: decorator
@inline
function crossEntropy(weights: v128, largest: v128, logSum: f64): f64 {
  const whole = <f64>v128.extract_lane<F>(largest, 0) + logSum;
  return f64x2.extract_lane(weights, 0) * whole - f64x2.extract_lane(weights, 1);
}

/** One number of type F in float64, in the low lane. */
// @ts-ignore: decorator
@inline
function loadOne(address: usize): v128 {
  return sizeof<F>() == 4 ? f64x2.promote_low_f32x4(v128.load32_zero(address)) : v128.load64_zero(address);
}

export function multiply(a: i32, b: i32, out: i32, count: i32): void {
  let i = 0;
  for (; i + L <= count; i += L)
    v128.store(at(out + i), v128.mul<F>(v128.load(at(a + i)), v128.load(at(b + i))));
  for (; i < count; i++) store<F>(at(out + i), load<F>(at(a + i)) * load<F>(at(b + i)));
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

export function signOfDifference(a: i32, y: i32, scale: f64, out: i32, count: i32): void {
  const factor = <F>scale;
  const factors = v128.splat<F>(factor);
  const zero = v128.splat<F>(0);
  const one = v128.splat<F>(1);
  const minusOne = v128.splat<F>(-1);
  let i = 0;
  for (; i + L <= count; i += L) {
    const e = v128.sub<F>(v128.load(at(a + i)), v128.load(at(y + i)));
    const below = v128.bitselect(minusOne, e, v128.lt<F>(e, zero));
    const sign = v128.bitselect(one, below, v128.gt<F>(e, zero));
    v128.store(at(out + i), v128.mul<F>(factors, sign));
  }
  for (; i < count; i++) {
    const e = load<F>(at(a + i)) - load<F>(at(y + i));
    store<F>(at(out + i), factor * (e > 0 ? <F>1 : e < 0 ? <F>-1 : e));
  }
}

export function absoluteError(a: i32, y: i32, count: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < count; i++) sum += abs(<f64>load<F>(at(a + i)) - <f64>load<F>(at(y + i)));
  return sum;
}

export function limitedDifference(a: i32, y: i32, limit: f64, scale: f64, out: i32, count: i32): void {
  const factor = <F>scale;
  const most = <F>limit;
  const factors = v128.splat<F>(factor);
  const high = v128.splat<F>(most);
  const low = v128.splat<F>(-most);
  let i = 0;
  for (; i + L <= count; i += L) {
    const e = v128.sub<F>(v128.load(at(a + i)), v128.load(at(y + i)));
    // pmin(e, high) is high < e ? high : e, which keeps NaN.
    const limited = v128.pmax<F>(v128.pmin<F>(e, high), low);
    v128.store(at(out + i), v128.mul<F>(factors, limited));
  }
  for (; i < count; i++) {
    const e = load<F>(at(a + i)) - load<F>(at(y + i));
    store<F>(at(out + i), factor * (e > most ? most : e < -most ? -most : e));
  }
}

export function huberError(a: i32, y: i32, limit: f64, count: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < count; i++) {
    const size = abs(<f64>load<F>(at(a + i)) - <f64>load<F>(at(y + i)));
    sum += size <= limit ? 0.5 * size * size : limit * (size - 0.5 * limit);
  }
  return sum;
}

export function countCorrect(a: i32, y: i32, N: i32, P: i32): i32 {
  let correct = 0;
  for (let n = 0; n < N; n++) correct += i32(argmax(at(a + n * P), P) == argmax(at(y + n * P), P));
  return correct;
}

export function binaryCrossEntropy(z: i32, y: i32, count: i32): f64 {
  let total: f64 = 0;
  for (let i = 0; i < count; i++) {
    const logit = <f64>load<F>(at(z + i));
    const size = logit < 0 ? -logit : logit;
    total += (logit < 0 ? 0 : logit) + log(1 + exp(-size)) - <f64>load<F>(at(y + i)) * logit;
  }
  return total;
}

export function countCorrectBinary(a: i32, y: i32, count: i32): i32 {
  let correct = 0;
  for (let i = 0; i < count; i++) {
    correct += i32(<f64>load<F>(at(a + i)) >= 0.5 == <f64>load<F>(at(y + i)) >= 0.5);
  }
  return correct;
}

export function addPenalty(gradient: i32, w: i32, lambda: f64, count: i32): void {
  const factor = <F>(2 * lambda);
  addScaled(v128.splat<F>(factor), factor, at(w), at(gradient), count);
}

export function addAbsolutePenalty(gradient: i32, w: i32, l1: f64, count: i32): void {
  const slope = <F>l1;
  const slopes = v128.splat<F>(slope);
  const zero = v128.splat<F>(0);
  let i = 0;
  for (; i + L <= count; i += L) {
    const weights = v128.load(at(w + i));
    const above = v128.and(slopes, v128.gt<F>(weights, zero));
    const below = v128.and(slopes, v128.lt<F>(weights, zero));
    v128.store(at(gradient + i), v128.add<F>(v128.load(at(gradient + i)), v128.sub<F>(above, below)));
  }
  for (; i < count; i++) {
    const weight = load<F>(at(w + i));
    const signed = (weight > 0 ? slope : <F>0) - (weight < 0 ? slope : <F>0);
    store<F>(at(gradient + i), load<F>(at(gradient + i)) + signed);
  }
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
