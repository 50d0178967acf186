import { addProduct, at, L, splatAt } from './memory';

/** out[N,H] = x[N,D] w[D,H] + b[H]; b < 0: no bias. */
export function denseForward(x: i32, w: i32, b: i32, out: i32, N: i32, D: i32, H: i32): void {
  if (H == 1) {
    rowsTimesVector(false, at(x), 0, at(D), at(w), b < 0 ? <F>0 : load<F>(at(b)), at(out), N, D);
    return;
  }
  const start: usize = b < 0 ? 0 : at(b);
  product(at(x), at(w), start, b >= 0, at(out), N, D, H);
}

/**
 * out[N] = start + x[N,D] w[D] for a layer with one unit. The inputs with d mod 4 = 0, 1, 2 and 3 form four partial
 * sums, which are added as (s0 + s1) + (s2 + s3). Four rows at a time share each load of w. If three rows are left, the
 * last one is computed twice. With `chosen`, row n is row rows[n] of x.
 */
// @ts-ignore: decorator
@inline
export function rowsTimesVector(chosen: bool, x: usize, rows: usize, stride: usize, w: usize, start: F, out: usize, N: i32, D: i32): void {
  const whole = at(D & ~3);
  let n = 0;
  for (; n + 2 < N; n += 4) {
    const last = min(n + 3, N - 1);
    const a = x + rowAt(chosen, rows, n) * stride;
    const b = x + rowAt(chosen, rows, n + 1) * stride;
    const c = x + rowAt(chosen, rows, n + 2) * stride;
    const d = x + rowAt(chosen, rows, last) * stride;
    let a0 = v128.splat<F>(0);
    let b0 = a0;
    let c0 = a0;
    let d0 = a0;
    let a1 = a0;
    let b1 = a0;
    let c1 = a0;
    let d1 = a0;
    for (let i: usize = 0; i < whole; i += 16) {
      const weight = v128.load(w + i);
      const a2 = addProduct(a0, v128.load(a + i), weight);
      const b2 = addProduct(b0, v128.load(b + i), weight);
      const c2 = addProduct(c0, v128.load(c + i), weight);
      const d2 = addProduct(d0, v128.load(d + i), weight);
      // Two vectors of f64 alternate. With more loads per iteration the engine would spill sums to the stack.
      a0 = L == 2 ? a1 : a2;
      b0 = L == 2 ? b1 : b2;
      c0 = L == 2 ? c1 : c2;
      d0 = L == 2 ? d1 : d2;
      a1 = a2;
      b1 = b2;
      c1 = c2;
      d1 = d2;
    }
    store<F>(out + at(n), start + partialSums(a0, a1, a, w, D));
    store<F>(out + at(n + 1), start + partialSums(b0, b1, b, w, D));
    store<F>(out + at(n + 2), start + partialSums(c0, c1, c, w, D));
    store<F>(out + at(last), start + partialSums(d0, d1, d, w, D));
  }
  if (n < N) {
    const last = N - 1;
    const a = x + rowAt(chosen, rows, n) * stride;
    const b = x + rowAt(chosen, rows, last) * stride;
    let a0 = v128.splat<F>(0);
    let b0 = a0;
    let a1 = a0;
    let b1 = a0;
    for (let i: usize = 0; i < whole; i += 16) {
      const weight = v128.load(w + i);
      const a2 = addProduct(a0, v128.load(a + i), weight);
      const b2 = addProduct(b0, v128.load(b + i), weight);
      a0 = L == 2 ? a1 : a2;
      b0 = L == 2 ? b1 : b2;
      a1 = a2;
      b1 = b2;
    }
    store<F>(out + at(n), start + partialSums(a0, a1, a, w, D));
    store<F>(out + at(last), start + partialSums(b0, b1, b, w, D));
  }
}

// @ts-ignore: decorator
@inline
export function rowAt(chosen: bool, rows: usize, n: i32): usize {
  return chosen ? <usize>load<i32>(rows + ((<usize>n) << 2)) : <usize>n;
}

/** Adds the four partial sums, held in one vector of f32 or two of f64, and the last D mod 4 products. */
// @ts-ignore: decorator
@inline
function partialSums(low: v128, high: v128, row: usize, w: usize, D: i32): F {
  let s0 = v128.extract_lane<F>(low, 0);
  let s1 = v128.extract_lane<F>(low, 1);
  let s2 = L == 2 ? v128.extract_lane<F>(high, 0) : <F>f32x4.extract_lane(low, 2);
  const s3 = L == 2 ? v128.extract_lane<F>(high, 1) : <F>f32x4.extract_lane(low, 3);
  const d = D & ~3;
  if (d < D) s0 += load<F>(row + at(d)) * load<F>(w + at(d));
  if (d + 1 < D) s1 += load<F>(row + at(d + 1)) * load<F>(w + at(d + 1));
  if (d + 2 < D) s2 += load<F>(row + at(d + 2)) * load<F>(w + at(d + 2));
  return s0 + s1 + (s2 + s3);
}

/** out[N,D] = delta[N,H] w[D,H]'. The transpose of w is written to scratch[H,D]; `continued`: it is there already. */
export function backwardInputs(delta: i32, w: i32, scratch: i32, out: i32, N: i32, D: i32, H: i32, continued: bool): void {
  const transposed = H > 1 ? at(scratch) : at(w);
  if (H > 1 && !continued) {
    for (let d = 0; d < D; d++) {
      for (let h = 0; h < H; h++) {
        store<F>(at(scratch + h * D + d), load<F>(at(w + d * H + h)));
      }
    }
  }
  product(at(delta), transposed, 0, false, at(out), N, H, D);
}

/**
 * out[N,H] = (start[H] or 0) + x[N,D] w[D,H], summed in the order of D. Blocks of 4 rows by 2 vectors stay in
 * registers.
 */
function product(x: usize, w: usize, start: usize, biased: bool, out: usize, N: i32, D: i32, H: i32): void {
  if (H < L) {
    narrowProduct(x, w, start, biased, out, N, D, H);
    return;
  }
  const xStride = at(D);
  const wStride = at(H);
  // The last block of columns starts early enough to be full. The columns that it shares with the one before are
  // computed twice.
  for (let h = 0; h < H; h += 2 * L) {
    if (H - h >= 2 * L) {
      let n = 0;
      for (; n + 4 <= N; n += 4) {
        block4x2(x + <usize>n * xStride, xStride, w + at(h), wStride, start + at(h), biased, out + <usize>n * wStride + at(h), wStride, D);
      }
      for (; n < N; n++) {
        block1x2(x + <usize>n * xStride, w + at(h), wStride, start + at(h), biased, out + <usize>n * wStride + at(h), D);
      }
    } else {
      for (let g = h; g < H; g += L) {
        const column = at(min(g, H - L));
        let n = 0;
        for (; n + 4 <= N; n += 4) {
          block4x1(x + <usize>n * xStride, xStride, w + column, wStride, start + column, biased, out + <usize>n * wStride + column, wStride, D);
        }
        for (; n < N; n++) {
          block1x1(x + <usize>n * xStride, w + column, wStride, start + column, biased, out + <usize>n * wStride + column, D);
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function startVector(start: usize, biased: bool): v128 {
  return biased ? v128.load(start) : v128.splat<F>(0);
}

// @ts-ignore: decorator
@inline
function block4x2(x: usize, xStride: usize, w: usize, wStride: usize, start: usize, biased: bool, out: usize, outStride: usize, D: i32): void {
  const start0 = startVector(start, biased);
  const start1 = startVector(start + 16, biased);
  let a0 = start0;
  let a1 = start1;
  let b0 = start0;
  let b1 = start1;
  let c0 = start0;
  let c1 = start1;
  let d0 = start0;
  let d1 = start1;
  const end = x + at(D);
  let row = w;
  for (let p = x; p < end; p += sizeof<F>()) {
    const w0 = v128.load(row);
    const w1 = v128.load(row, 16);
    const xa = splatAt(p);
    a0 = addProduct(a0, xa, w0);
    a1 = addProduct(a1, xa, w1);
    const xb = splatAt(p + xStride);
    b0 = addProduct(b0, xb, w0);
    b1 = addProduct(b1, xb, w1);
    const xc = splatAt(p + 2 * xStride);
    c0 = addProduct(c0, xc, w0);
    c1 = addProduct(c1, xc, w1);
    const xd = splatAt(p + 3 * xStride);
    d0 = addProduct(d0, xd, w0);
    d1 = addProduct(d1, xd, w1);
    row += wStride;
  }
  v128.store(out, a0);
  v128.store(out, a1, 16);
  v128.store(out + outStride, b0);
  v128.store(out + outStride, b1, 16);
  v128.store(out + 2 * outStride, c0);
  v128.store(out + 2 * outStride, c1, 16);
  v128.store(out + 3 * outStride, d0);
  v128.store(out + 3 * outStride, d1, 16);
}

// @ts-ignore: decorator
@inline
function block1x2(x: usize, w: usize, wStride: usize, start: usize, biased: bool, out: usize, D: i32): void {
  let a0 = startVector(start, biased);
  let a1 = startVector(start + 16, biased);
  const end = x + at(D);
  let row = w;
  for (let p = x; p < end; p += sizeof<F>()) {
    const xa = splatAt(p);
    a0 = addProduct(a0, xa, v128.load(row));
    a1 = addProduct(a1, xa, v128.load(row, 16));
    row += wStride;
  }
  v128.store(out, a0);
  v128.store(out, a1, 16);
}

// @ts-ignore: decorator
@inline
function block4x1(x: usize, xStride: usize, w: usize, wStride: usize, start: usize, biased: bool, out: usize, outStride: usize, D: i32): void {
  let a = startVector(start, biased);
  let b = a;
  let c = a;
  let d = a;
  const end = x + at(D);
  let row = w;
  for (let p = x; p < end; p += sizeof<F>()) {
    const w0 = v128.load(row);
    a = addProduct(a, splatAt(p), w0);
    b = addProduct(b, splatAt(p + xStride), w0);
    c = addProduct(c, splatAt(p + 2 * xStride), w0);
    d = addProduct(d, splatAt(p + 3 * xStride), w0);
    row += wStride;
  }
  v128.store(out, a);
  v128.store(out + outStride, b);
  v128.store(out + 2 * outStride, c);
  v128.store(out + 3 * outStride, d);
}

// @ts-ignore: decorator
@inline
function block1x1(x: usize, w: usize, wStride: usize, start: usize, biased: bool, out: usize, D: i32): void {
  let a = startVector(start, biased);
  const end = x + at(D);
  let row = w;
  for (let p = x; p < end; p += sizeof<F>()) {
    a = addProduct(a, splatAt(p), v128.load(row));
    row += wStride;
  }
  v128.store(out, a);
}

/**
 * The product for fewer columns than a vector has lanes. Four rows at a time, so that four sums are computed in
 * parallel.
 */
function narrowProduct(x: usize, w: usize, start: usize, biased: bool, out: usize, N: i32, D: i32, H: i32): void {
  const xStride = at(D);
  const wStride = at(H);
  for (let h = 0; h < H; h++) {
    const bias = biased ? load<F>(start + at(h)) : <F>0;
    let n = 0;
    for (; n + 4 <= N; n += 4) {
      let a = bias;
      let b = bias;
      let c = bias;
      let d = bias;
      const rows = x + <usize>n * xStride;
      const end = rows + at(D);
      let row = w + at(h);
      for (let p = rows; p < end; p += sizeof<F>()) {
        const weight = load<F>(row);
        a += load<F>(p) * weight;
        b += load<F>(p + xStride) * weight;
        c += load<F>(p + 2 * xStride) * weight;
        d += load<F>(p + 3 * xStride) * weight;
        row += wStride;
      }
      const to = out + <usize>n * wStride + at(h);
      store<F>(to, a);
      store<F>(to + wStride, b);
      store<F>(to + 2 * wStride, c);
      store<F>(to + 3 * wStride, d);
    }
    for (; n < N; n++) {
      let a = bias;
      const from = x + <usize>n * xStride;
      const end = from + at(D);
      let row = w + at(h);
      for (let p = from; p < end; p += sizeof<F>()) {
        a += load<F>(p) * load<F>(row);
        row += wStride;
      }
      store<F>(out + <usize>n * wStride + at(h), a);
    }
  }
}

/**
 * gradient[D,H] = x[N,D]' delta[N,H], summed in the order of N. `continued`: the sums continue from what is in the
 * gradient.
 */
export function denseBackwardWeights(x: i32, delta: i32, gradient: i32, N: i32, D: i32, H: i32, continued: bool): void {
  // With one column, rows and columns are exchanged, so that vectors can be used: gradient[1,D] = delta[N,1]' x[N,D].
  if (H == 1) outer(at(delta), at(x), at(gradient), N, 1, D, continued);
  else outer(at(x), at(delta), at(gradient), N, D, H, continued);
}

function outer(x: usize, delta: usize, gradient: usize, N: i32, D: i32, H: i32, continued: bool): void {
  if (H < L) {
    narrowOuter(x, delta, gradient, N, D, H, continued);
    return;
  }
  let h = 0;
  for (; h + 2 * L <= H; h += 2 * L) outer2(x, delta + at(h), gradient + at(h), N, D, H, continued);
  for (; h < H; h += L) {
    const column = min(h, H - L);
    outer1(x, delta + at(column), gradient + at(column), N, D, H, continued, h - column);
  }
}

// @ts-ignore: decorator
@inline
function startAt(continued: bool, address: usize): v128 {
  return continued ? v128.load(address) : v128.splat<F>(0);
}

/** Two vectors of columns, four rows of the gradient at a time. */
function outer2(x: usize, delta: usize, gradient: usize, N: i32, D: i32, H: i32, continued: bool): void {
  const xStride = at(D);
  const stride = at(H);
  let d = 0;
  for (; d + 4 <= D; d += 4) {
    const to = gradient + <usize>d * stride;
    let a0 = startAt(continued, to);
    let a1 = startAt(continued, to + 16);
    let b0 = startAt(continued, to + stride);
    let b1 = startAt(continued, to + stride + 16);
    let c0 = startAt(continued, to + 2 * stride);
    let c1 = startAt(continued, to + 2 * stride + 16);
    let e0 = startAt(continued, to + 3 * stride);
    let e1 = startAt(continued, to + 3 * stride + 16);
    let p = x + at(d);
    const end = delta + <usize>N * stride;
    for (let row = delta; row < end; row += stride) {
      const w0 = v128.load(row);
      const w1 = v128.load(row, 16);
      const xa = splatAt(p);
      a0 = addProduct(a0, xa, w0);
      a1 = addProduct(a1, xa, w1);
      const xb = splatAt(p + sizeof<F>());
      b0 = addProduct(b0, xb, w0);
      b1 = addProduct(b1, xb, w1);
      const xc = splatAt(p + 2 * sizeof<F>());
      c0 = addProduct(c0, xc, w0);
      c1 = addProduct(c1, xc, w1);
      const xe = splatAt(p + 3 * sizeof<F>());
      e0 = addProduct(e0, xe, w0);
      e1 = addProduct(e1, xe, w1);
      p += xStride;
    }
    v128.store(to, a0);
    v128.store(to, a1, 16);
    v128.store(to + stride, b0);
    v128.store(to + stride, b1, 16);
    v128.store(to + 2 * stride, c0);
    v128.store(to + 2 * stride, c1, 16);
    v128.store(to + 3 * stride, e0);
    v128.store(to + 3 * stride, e1, 16);
  }
  for (; d < D; d++) {
    const to = gradient + <usize>d * stride;
    let a0 = startAt(continued, to);
    let a1 = startAt(continued, to + 16);
    let p = x + at(d);
    const end = delta + <usize>N * stride;
    for (let row = delta; row < end; row += stride) {
      const xa = splatAt(p);
      a0 = addProduct(a0, xa, v128.load(row));
      a1 = addProduct(a1, xa, v128.load(row, 16));
      p += xStride;
    }
    v128.store(to, a0);
    v128.store(to, a1, 16);
  }
}

/** One vector of columns. The first `shared` of them already have their sums. */
function outer1(x: usize, delta: usize, gradient: usize, N: i32, D: i32, H: i32, continued: bool, shared: i32): void {
  const xStride = at(D);
  const stride = at(H);
  const done = firstLanes(shared);
  let d = 0;
  for (; d + 4 <= D; d += 4) {
    const to = gradient + <usize>d * stride;
    let a = startAt(continued, to);
    let b = startAt(continued, to + stride);
    let c = startAt(continued, to + 2 * stride);
    let e = startAt(continued, to + 3 * stride);
    let p = x + at(d);
    const end = delta + <usize>N * stride;
    for (let row = delta; row < end; row += stride) {
      const w0 = v128.load(row);
      a = addProduct(a, splatAt(p), w0);
      b = addProduct(b, splatAt(p + sizeof<F>()), w0);
      c = addProduct(c, splatAt(p + 2 * sizeof<F>()), w0);
      e = addProduct(e, splatAt(p + 3 * sizeof<F>()), w0);
      p += xStride;
    }
    storeExcept(done, to, a);
    storeExcept(done, to + stride, b);
    storeExcept(done, to + 2 * stride, c);
    storeExcept(done, to + 3 * stride, e);
  }
  for (; d < D; d++) {
    const to = gradient + <usize>d * stride;
    let a = startAt(continued, to);
    let p = x + at(d);
    const end = delta + <usize>N * stride;
    for (let row = delta; row < end; row += stride) {
      a = addProduct(a, splatAt(p), v128.load(row));
      p += xStride;
    }
    storeExcept(done, to, a);
  }
}

/** A mask of the first `count` lanes. */
// @ts-ignore: decorator
@inline
function firstLanes(count: i32): v128 {
  return sizeof<F>() == 4 ? i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count)) : i64x2.lt_s(i64x2(0, 1), i64x2.splat(count));
}

/** Stores a vector, except for the lanes of the mask. */
// @ts-ignore: decorator
@inline
function storeExcept(mask: v128, address: usize, value: v128): void {
  v128.store(address, v128.bitselect(v128.load(address), value, mask));
}

function narrowOuter(x: usize, delta: usize, gradient: usize, N: i32, D: i32, H: i32, continued: bool): void {
  for (let d = 0; d < D; d++) {
    for (let h = 0; h < H; h++) {
      const to = gradient + at(d * H + h);
      let sum: F = continued ? load<F>(to) : 0;
      for (let n = 0; n < N; n++) sum += load<F>(x + at(n * D + d)) * load<F>(delta + at(n * H + h));
      store<F>(to, sum);
    }
  }
}

/** gradient[H] = sum over rows of delta[N,H]. `continued`: the sums continue from what is in the gradient. */
export function backwardBias(delta: i32, gradient: i32, N: i32, H: i32, continued: bool): void {
  const stride = at(H);
  const all = <usize>N * stride;
  let h = 0;
  for (; h + 4 * L <= H; h += 4 * L) {
    const to = at(gradient + h);
    let a = startAt(continued, to);
    let b = startAt(continued, to + 16);
    let c = startAt(continued, to + 32);
    let d = startAt(continued, to + 48);
    const from = at(delta + h);
    for (let row = from; row < from + all; row += stride) {
      a = v128.add<F>(a, v128.load(row));
      b = v128.add<F>(b, v128.load(row, 16));
      c = v128.add<F>(c, v128.load(row, 32));
      d = v128.add<F>(d, v128.load(row, 48));
    }
    v128.store(to, a);
    v128.store(to, b, 16);
    v128.store(to, c, 32);
    v128.store(to, d, 48);
  }
  for (; h + L <= H; h += L) {
    const to = at(gradient + h);
    let a = startAt(continued, to);
    const from = at(delta + h);
    for (let row = from; row < from + all; row += stride) a = v128.add<F>(a, v128.load(row));
    v128.store(to, a);
  }
  for (; h < H; h++) {
    const to = at(gradient + h);
    let sum: F = continued ? load<F>(to) : 0;
    const from = at(delta + h);
    for (let row = from; row < from + all; row += stride) sum += load<F>(row);
    store<F>(to, sum);
  }
}
