// Complete steps of plain SGD in one call, for the models of surfaces: one linear output with the squared error, and
// either no hidden layer or one relu layer on two inputs. These steps are so short that calls and intermediate results
// in memory cost as much as the arithmetic. The bits are the same as with the separate kernels.
import { rowAt, rowsTimesVector } from './dense';
import { addProduct, at, intAt, L, splatAt } from './memory';

/** w <- w - rate (gradient + penalty w) for a vector of weights; `descent` is -rate. */
// @ts-ignore: decorator
@inline
function descend(w: usize, gradient: v128, descent: F, penalty: F): void {
  const old = v128.load(w);
  const whole = penalty != 0 ? addProduct(gradient, v128.splat<F>(penalty), old) : gradient;
  v128.store(w, addProduct(old, v128.splat<F>(descent), whole));
}

/** The same for one weight. */
function descendScalar(w: usize, gradient: F, descent: F, penalty: F): void {
  const old = load<F>(w);
  const whole = penalty != 0 ? gradient + penalty * old : gradient;
  store<F>(w, old + descent * whole);
}

/**
 * delta[N] <- 2 / N (delta - y[rows]), where delta holds the model's outputs at first. Returns the sum of the new
 * delta.
 */
function squaredErrorDelta(delta: usize, y: usize, rows: usize, N: i32): F {
  const factor = <F>(<f64>2 / <f64>N);
  let sum: F = 0;
  for (let n: usize = 0; n < <usize>N; n++) {
    const p = delta + (n << alignof<F>());
    const d = factor * (load<F>(p) - load<F>(y + at(load<i32>(rows + (n << 2)))));
    store<F>(p, d);
    sum += d;
  }
  return sum;
}

export function linearSgdStep(x: i32, y: i32, rows: i32, w: i32, b: i32, delta: i32, N: i32, D: i32, rate: f64, lambda: f64, biasLambda: f64): void {
  const batch = intAt(rows);
  rowsTimesVector(true, at(x), batch, at(D), at(w), b < 0 ? <F>0 : load<F>(at(b)), at(delta), N, D);
  const sum = squaredErrorDelta(at(delta), at(y), batch, N);
  descendByRows(true, at(x), batch, at(delta), at(w), N, D, -(<F>rate), <F>(2 * lambda));
  if (b >= 0) descendScalar(at(b), sum, -(<F>rate), <F>(2 * biasLambda));
}

/** Updates w[D] with the gradient x' delta[N]. Row n is row rows[n] of x, or row n of x without `chosen`. */
// @ts-ignore: decorator
@inline
function descendByRows(chosen: bool, x: usize, rows: usize, delta: usize, w: usize, N: i32, D: i32, descent: F, penalty: F): void {
  const stride = at(D);
  const end = delta + at(N);
  let d: usize = 0;
  for (; d + 64 <= stride; d += 64) {
    let g0 = v128.splat<F>(0);
    let g1 = g0;
    let g2 = g0;
    let g3 = g0;
    let row = x + d;
    let number = rows;
    for (let p = delta; p < end; p += sizeof<F>()) {
      const factor = splatAt(p);
      if (chosen) {
        row = x + d + <usize>load<i32>(number) * stride;
        number += 4;
      }
      g0 = addProduct(g0, factor, v128.load(row));
      g1 = addProduct(g1, factor, v128.load(row, 16));
      g2 = addProduct(g2, factor, v128.load(row, 32));
      g3 = addProduct(g3, factor, v128.load(row, 48));
      if (!chosen) row += stride;
    }
    const to = w + d;
    descend(to, g0, descent, penalty);
    descend(to + 16, g1, descent, penalty);
    descend(to + 32, g2, descent, penalty);
    descend(to + 48, g3, descent, penalty);
  }
  for (; d + 16 <= stride; d += 16) {
    let gradient = v128.splat<F>(0);
    for (let n = 0; n < N; n++) {
      const row = x + d + rowAt(chosen, rows, n) * stride;
      gradient = addProduct(gradient, splatAt(delta + at(n)), v128.load(row));
    }
    descend(w + d, gradient, descent, penalty);
  }
  for (; d < stride; d += sizeof<F>()) {
    let gradient: F = 0;
    for (let n = 0; n < N; n++) {
      gradient += load<F>(delta + at(n)) * load<F>(x + d + rowAt(chosen, rows, n) * stride);
    }
    descendScalar(w + d, gradient, descent, penalty);
  }
}

export function relu2H1Forward(x: i32, w: i32, b: i32, v: i32, c: i32, out: i32, N: i32, H: i32): void {
  hiddenForward(false, at(x), at(w), at(b), at(v), load<F>(at(c)), 0, at(out), N, H);
}

export function relu2H1SgdStep(x: i32, y: i32, rows: i32, w: i32, b: i32, v: i32, c: i32, inputs: i32, a: i32, delta: i32, N: i32, H: i32, rate: f64, lambda: f64, biasLambda: f64): void {
  for (let n = 0; n < N; n++) {
    const from = at(x + 2 * load<i32>(intAt(rows + n)));
    const to = at(inputs + 2 * n);
    store<F>(to, load<F>(from));
    store<F>(to, load<F>(from, sizeof<F>()), sizeof<F>());
  }
  hiddenForward(true, at(inputs), at(w), at(b), at(v), load<F>(at(c)), at(a), at(delta), N, H);
  const sum = squaredErrorDelta(at(delta), at(y), intAt(rows), N);
  const descent = -(<F>rate);
  const penalty = <F>(2 * lambda);
  const biasPenalty = <F>(2 * biasLambda);
  descendHidden(at(inputs), at(a), at(delta), at(v), at(w), at(b), N, H, descent, penalty, biasPenalty);
  descendByRows(false, at(a), 0, at(delta), at(v), N, H, descent, penalty);
  descendScalar(at(c), sum, descent, biasPenalty);
}

/** out[N] = relu(x[N,2] w[2,H] + b) v[H] + c. With `keep`, the outputs of the relu are stored in a[N,H]. */
// @ts-ignore: decorator
@inline
function hiddenForward(keep: bool, x: usize, w: usize, b: usize, v: usize, c: F, a: usize, out: usize, N: i32, H: i32): void {
  const zero = v128.splat<F>(0);
  const row = at(H);
  for (let n = 0; n < N; n += 2) {
    // An odd last row is computed twice.
    const m = min(n + 1, N - 1);
    const x0 = splatAt(x + at(2 * n));
    const x1 = splatAt(x + at(2 * n + 1));
    const y0 = splatAt(x + at(2 * m));
    const y1 = splatAt(x + at(2 * m + 1));
    const toA = a + <usize>n * row;
    const toB = a + <usize>m * row;
    // The four partial sums of a single unit: one vector of f32, two of f64.
    let s0 = zero;
    let s1 = zero;
    let t0 = zero;
    let t1 = zero;
    for (let h: usize = 0; h < row; h += 16) {
      const w0 = v128.load(w + h);
      const w1 = v128.load(w + row + h);
      const start = v128.load(b + h);
      const weight = v128.load(v + h);
      const p = v128.pmax<F>(addProduct(addProduct(start, x0, w0), x1, w1), zero);
      const q = v128.pmax<F>(addProduct(addProduct(start, y0, w0), y1, w1), zero);
      if (keep) {
        v128.store(toA + h, p);
        v128.store(toB + h, q);
      }
      const s2 = addProduct(s0, p, weight);
      const t2 = addProduct(t0, q, weight);
      s0 = L == 2 ? s1 : s2;
      t0 = L == 2 ? t1 : t2;
      s1 = s2;
      t1 = t2;
    }
    store<F>(out + at(n), c + fourParts(s0, s1));
    store<F>(out + at(m), c + fourParts(t0, t1));
  }
}

/** (s0 + s1) + (s2 + s3) of four numbers in one vector of f32 or two of f64. */
// @ts-ignore: decorator
@inline
function fourParts(low: v128, high: v128): F {
  const s2 = L == 2 ? v128.extract_lane<F>(high, 0) : <F>f32x4.extract_lane(low, 2);
  const s3 = L == 2 ? v128.extract_lane<F>(high, 1) : <F>f32x4.extract_lane(low, 3);
  return v128.extract_lane<F>(low, 0) + v128.extract_lane<F>(low, 1) + (s2 + s3);
}

/**
 * The backward pass through v[H] and the relu's outputs a[N,H], and the update of w[2,H] and b[H], two vectors of units
 * at a time.
 */
function descendHidden(x: usize, a: usize, delta: usize, v: usize, w: usize, b: usize, N: i32, H: i32, descent: F, penalty: F, biasPenalty: F): void {
  const zero = v128.splat<F>(0);
  const row = at(H);
  const end = delta + at(N);
  for (let h: usize = 0; h < row; h += 32) {
    const v0 = v128.load(v + h);
    const v1 = v128.load(v + h, 16);
    let bias0 = zero;
    let bias1 = zero;
    let x0 = zero;
    let x1 = zero;
    let y0 = zero;
    let y1 = zero;
    let input = x;
    let activation = a + h;
    for (let p = delta; p < end; p += sizeof<F>()) {
      const d = splatAt(p);
      const below0 = v128.and(v128.mul<F>(d, v0), v128.gt<F>(v128.load(activation), zero));
      const below1 = v128.and(v128.mul<F>(d, v1), v128.gt<F>(v128.load(activation, 16), zero));
      const xn = splatAt(input);
      const yn = splatAt(input + sizeof<F>());
      bias0 = v128.add<F>(bias0, below0);
      bias1 = v128.add<F>(bias1, below1);
      x0 = addProduct(x0, xn, below0);
      x1 = addProduct(x1, xn, below1);
      y0 = addProduct(y0, yn, below0);
      y1 = addProduct(y1, yn, below1);
      activation += row;
      input += 2 * sizeof<F>();
    }
    descend(w + h, x0, descent, penalty);
    descend(w + h + 16, x1, descent, penalty);
    descend(w + row + h, y0, descent, penalty);
    descend(w + row + h + 16, y1, descent, penalty);
    descend(b + h, bias0, descent, biasPenalty);
    descend(b + h + 16, bias1, descent, biasPenalty);
  }
}
