import { addProduct, addScaled, at, columnAt, intAt, L, splatAt } from './memory';

/** out[N,H] = x[rows[n], :] w[D,H] + b[H] for sparse rows; b < 0: no bias; w's rows are `stride` apart. */
export function sparseForward(values: i32, columns: i32, starts: i32, rows: i32, w: i32, b: i32, out: i32, N: i32, H: i32, stride: i32): void {
  prefetchRows(values, columns, starts, rows, out, N);
  // The loop over blocks of columns is outermost, so that a block's part of w stays in the cache for all rows.
  let h = 0;
  for (; h + 4 * L <= H; h += 4 * L) {
    for (let n = 0; n < N; n++) {
      const row = load<i32>(intAt(rows + n));
      forward4(at(values), intAt(columns), load<i32>(intAt(starts + row)), load<i32>(intAt(starts + row + 1)), at(w + h), b < 0 ? -1 : b + h, at(out + n * H + h), at(stride));
    }
  }
  const rest = H - h;
  if (rest > 2 * L && rest <= 3 * L) {
    sparseForward3(values, columns, starts, rows, w + h, b < 0 ? -1 : b + h, out + h, N, H, rest - L, stride);
    return;
  }
  for (; h < H; h += 4 * L) {
    for (let n = 0; n < N; n++) {
      const row = load<i32>(intAt(rows + n));
      const from = load<i32>(intAt(starts + row));
      const end = load<i32>(intAt(starts + row + 1));
      if (H == 1) forwardSingle(values, columns, from, end, w, b, out + n, stride);
      else if (H < L) forwardNarrow(values, columns, from, end, w, b, out + n * H, H, stride);
      else if (rest > 3 * L) forward4Apart(values, columns, from, end, w, b, out + n * H, h, h + L, h + 2 * L, min(h + 3 * L, H - L), stride);
      else forward2(values, columns, from, end, w, b, out + n * H, min(h, H - L), min(h + L, H - L), stride);
    }
  }
}

// @ts-ignore: decorator
@inline
function bias(b: i32, offset: i32): v128 {
  return b < 0 ? v128.splat<F>(0) : v128.load(at(b + offset));
}

/**
 * Reads one number from each cache line of the rows, so that the memory accesses of all rows overlap. The products
 * would wait for one after another. Stores an unused number at `out`, so that the compiler keeps the loads.
 */
function prefetchRows(values: i32, columns: i32, starts: i32, rows: i32, out: i32, N: i32): void {
  let sum = 0;
  for (let n = 0; n < N; n++) {
    const row = load<i32>(intAt(rows + n));
    const from = load<i32>(intAt(starts + row));
    const end = load<i32>(intAt(starts + row + 1));
    const lastValue = at(values + end);
    for (let p = at(values + from); p < lastValue; p += 64) sum += load<i32>(p);
    const lastColumn = intAt(columns) + ((<usize>end) << 1);
    for (let p = intAt(columns) + ((<usize>from) << 1); p < lastColumn; p += 64) sum += load<u8>(p);
  }
  store<i32>(at(out), sum);
}

/** Four vectors, and two entries in one iteration. */
// @ts-ignore: decorator
@inline
function forward4(values: usize, columns: usize, from: i32, end: i32, w: usize, b: i32, out: usize, stride: usize): void {
  let a0 = bias(b, 0);
  let a1 = bias(b, 1 * L);
  let a2 = bias(b, 2 * L);
  let a3 = bias(b, 3 * L);
  let column = columns + ((<usize>from) << 1);
  let value = values + at(from);
  const lastPair = value + at((end - from) & ~1);
  for (; value < lastPair; value += 2 * sizeof<F>()) {
    const x = splatAt(value);
    const p = w + <usize>load<u16>(column) * stride;
    a0 = addProduct(a0, x, v128.load(p));
    a1 = addProduct(a1, x, v128.load(p, 16));
    a2 = addProduct(a2, x, v128.load(p, 32));
    a3 = addProduct(a3, x, v128.load(p, 48));
    const y = splatAt(value + sizeof<F>());
    const q = w + <usize>load<u16>(column, 2) * stride;
    a0 = addProduct(a0, y, v128.load(q));
    a1 = addProduct(a1, y, v128.load(q, 16));
    a2 = addProduct(a2, y, v128.load(q, 32));
    a3 = addProduct(a3, y, v128.load(q, 48));
    column += 4;
  }
  if (value < values + at(end)) {
    const x = splatAt(value);
    const p = w + <usize>load<u16>(column) * stride;
    a0 = addProduct(a0, x, v128.load(p));
    a1 = addProduct(a1, x, v128.load(p, 16));
    a2 = addProduct(a2, x, v128.load(p, 32));
    a3 = addProduct(a3, x, v128.load(p, 48));
  }
  v128.store(out, a0);
  v128.store(out, a1, 16);
  v128.store(out, a2, 32);
  v128.store(out, a3, 48);
}

/** Four vectors that start at the given columns. They may overlap: both computations give the same result. */
// @ts-ignore: decorator
@inline
function forward4Apart(values: i32, columns: i32, from: i32, end: i32, w: i32, b: i32, out: i32, c0: i32, c1: i32, c2: i32, c3: i32, stride: i32): void {
  let a0 = bias(b, c0);
  let a1 = bias(b, c1);
  let a2 = bias(b, c2);
  let a3 = bias(b, c3);
  for (let k = from; k < end; k++) {
    const x = splatAt(at(values + k));
    const row = w + columnAt(columns, k) * stride;
    a0 = addProduct(a0, x, v128.load(at(row + c0)));
    a1 = addProduct(a1, x, v128.load(at(row + c1)));
    a2 = addProduct(a2, x, v128.load(at(row + c2)));
    a3 = addProduct(a3, x, v128.load(at(row + c3)));
  }
  v128.store(at(out + c0), a0);
  v128.store(at(out + c1), a1);
  v128.store(at(out + c2), a2);
  v128.store(at(out + c3), a3);
}

/**
 * `sparseForward` of three vectors, the last of which starts at column `c2`; out's rows are H apart. Two rows at a time,
 * because the additions of three sums alone leave the processor waiting.
 *
 * Exported from the module so that the optimiser keeps it a function of its own: next to it, the loops of `sparseForward`
 * for wide layers were slower.
 */
export function sparseForward3(values: i32, columns: i32, starts: i32, rows: i32, w: i32, b: i32, out: i32, N: i32, H: i32, c2: i32, stride: i32): void {
  const first = at(w);
  const last = at(c2);
  const step = at(stride);
  let n = 0;
  for (; n + 2 <= N; n += 2) {
    const row = load<i32>(intAt(rows + n));
    const other = load<i32>(intAt(rows + n), 4);
    let value = at(values + load<i32>(intAt(starts + row)));
    let column = intAt(columns) + ((<usize>load<i32>(intAt(starts + row))) << 1);
    const end = at(values + load<i32>(intAt(starts + row), 4));
    let otherValue = at(values + load<i32>(intAt(starts + other)));
    let otherColumn = intAt(columns) + ((<usize>load<i32>(intAt(starts + other))) << 1);
    const otherEnd = at(values + load<i32>(intAt(starts + other), 4));
    let a0 = bias(b, 0);
    let a1 = bias(b, L);
    let a2 = bias(b, c2);
    let b0 = a0;
    let b1 = a1;
    let b2 = a2;
    const pairsEnd = value + min(end - value, otherEnd - otherValue);
    for (; value < pairsEnd; value += sizeof<F>()) {
      const x = splatAt(value);
      const p = first + <usize>load<u16>(column) * step;
      a0 = addProduct(a0, x, v128.load(p));
      a1 = addProduct(a1, x, v128.load(p, 16));
      a2 = addProduct(a2, x, v128.load(p + last));
      const y = splatAt(otherValue);
      const q = first + <usize>load<u16>(otherColumn) * step;
      b0 = addProduct(b0, y, v128.load(q));
      b1 = addProduct(b1, y, v128.load(q, 16));
      b2 = addProduct(b2, y, v128.load(q + last));
      column += 2;
      otherColumn += 2;
      otherValue += sizeof<F>();
    }
    finish3(value, end, column, first, last, step, at(out + n * H), a0, a1, a2);
    finish3(otherValue, otherEnd, otherColumn, first, last, step, at(out + (n + 1) * H), b0, b1, b2);
  }
  if (n < N) {
    const row = load<i32>(intAt(rows + n));
    const from = load<i32>(intAt(starts + row));
    const end = load<i32>(intAt(starts + row), 4);
    finish3(at(values + from), at(values + end), intAt(columns) + ((<usize>from) << 1), first, last, step, at(out + n * H), bias(b, 0), bias(b, L), bias(b, c2));
  }
}

/** Adds the remaining entries of a row to its three vectors of sums, and stores them. */
// @ts-ignore: decorator
@inline
function finish3(value: usize, end: usize, column: usize, w: usize, last: usize, stride: usize, out: usize, a0: v128, a1: v128, a2: v128): void {
  for (; value < end; value += sizeof<F>()) {
    const x = splatAt(value);
    const p = w + <usize>load<u16>(column) * stride;
    column += 2;
    a0 = addProduct(a0, x, v128.load(p));
    a1 = addProduct(a1, x, v128.load(p, 16));
    a2 = addProduct(a2, x, v128.load(p + last));
  }
  v128.store(out, a0);
  v128.store(out, a1, 16);
  v128.store(out + last, a2);
}

// @ts-ignore: decorator
@inline
function forward2(values: i32, columns: i32, from: i32, end: i32, w: i32, b: i32, out: i32, c0: i32, c1: i32, stride: i32): void {
  let a0 = bias(b, c0);
  let a1 = bias(b, c1);
  for (let k = from; k < end; k++) {
    const x = splatAt(at(values + k));
    const row = w + columnAt(columns, k) * stride;
    a0 = addProduct(a0, x, v128.load(at(row + c0)));
    a1 = addProduct(a1, x, v128.load(at(row + c1)));
  }
  v128.store(at(out + c0), a0);
  v128.store(at(out + c1), a1);
}

/** One unit, with the partial sums of `rowsTimesVector` in dense.ts. */
function forwardSingle(values: i32, columns: i32, from: i32, end: i32, w: i32, b: i32, out: i32, stride: i32): void {
  let s0: F = 0;
  let s1: F = 0;
  let s2: F = 0;
  let s3: F = 0;
  for (let k = from; k < end; k++) {
    const d = columnAt(columns, k);
    const product = load<F>(at(values + k)) * load<F>(at(w + d * stride));
    if ((d & 3) == 0) s0 += product;
    else if ((d & 3) == 1) s1 += product;
    else if ((d & 3) == 2) s2 += product;
    else s3 += product;
  }
  store<F>(at(out), (b < 0 ? <F>0 : load<F>(at(b))) + (s0 + s1 + (s2 + s3)));
}

function forwardNarrow(values: i32, columns: i32, from: i32, end: i32, w: i32, b: i32, out: i32, H: i32, stride: i32): void {
  for (let h = 0; h < H; h++) {
    let sum: F = b < 0 ? 0 : load<F>(at(b + h));
    for (let k = from; k < end; k++) {
      sum += load<F>(at(values + k)) * load<F>(at(w + columnAt(columns, k) * stride + h));
    }
    store<F>(at(out + h), sum);
  }
}

/** The size of an entry in bytes: the address of its row of delta, and its value next to it. */
// @ts-ignore: decorator
@inline
const entrySize: usize = 2 * sizeof<F>();

/** The most rows whose entries are sorted at a time: `rowsSortedAtOnce` in ../kernels.ts. */
// @ts-ignore: decorator
@inline
const rowsAtOnce: i32 = 128;

/** The distance between buckets in bytes. With an odd number of entries they do not compete for the same cache lines. */
// @ts-ignore: decorator
@inline
function bucketSize(N: i32): usize {
  return <usize>(N | 1) * entrySize;
}

/**
 * Sorts the entries of N rows by column, and within a column in row order. Column d's entries start at `buckets` + d
 * bucketSize(N); the address of their end is written to `ends`.
 */
function sortByColumn(values: i32, columns: i32, starts: i32, rows: i32, delta: i32, ends: usize, buckets: usize, N: i32, D: i32, H: i32): void {
  const size = bucketSize(N);
  for (let d = 0; d < D; d++) store<i32>(ends + (<usize>d << 2), <i32>(buckets + <usize>d * size));
  for (let n = 0; n < N; n++) {
    const row = intAt(starts + load<i32>(intAt(rows + n)));
    const from = load<i32>(row);
    const deltaRow = <i32>at(delta + n * H);
    let value = at(values + from);
    const last = intAt(columns) + ((<usize>load<i32>(row, 4)) << 1);
    for (let c = intAt(columns) + ((<usize>from) << 1); c < last; c += 2) {
      const p = ends + ((<usize>load<u16>(c)) << 2);
      const entry = <usize>load<i32>(p);
      store<i32>(p, <i32>(entry + entrySize));
      store<i32>(entry, deltaRow);
      store<F>(entry, load<F>(value), sizeof<F>());
      value += sizeof<F>();
    }
  }
}

/**
 * gradient[D,H] += x[rows, :]' delta[N,H] entry by entry, for L <= H <= 4 L. The row of delta stays in registers, and
 * sorting would cost more than it saves.
 */
function scatter(values: i32, columns: i32, starts: i32, rows: i32, delta: i32, gradient: i32, N: i32, H: i32, stride: i32): void {
  const c1 = at(min(L, H - L));
  const c2 = at(min(2 * L, H - L));
  const c3 = at(H - L);
  const to = at(gradient);
  const step = at(stride);
  for (let n = 0; n < N; n++) {
    const row = load<i32>(intAt(rows + n));
    const from = load<i32>(intAt(starts + row));
    const last = at(values + load<i32>(intAt(starts + row + 1)));
    const p = at(delta + n * H);
    const d0 = v128.load(p);
    const d1 = v128.load(p + c1);
    const d2 = v128.load(p + c2);
    const d3 = v128.load(p + c3);
    let column = intAt(columns) + ((<usize>from) << 1);
    if (H <= 3 * L) {
      for (let value = at(values + from); value < last; value += sizeof<F>()) {
        const x = splatAt(value);
        const g = to + <usize>load<u16>(column) * step;
        column += 2;
        // The vectors may overlap, so all are computed from the old numbers before any is stored.
        const a0 = addProduct(v128.load(g), x, d0);
        const a1 = addProduct(v128.load(g + c1), x, d1);
        const a2 = addProduct(v128.load(g + c2), x, d2);
        v128.store(g, a0);
        v128.store(g + c1, a1);
        v128.store(g + c2, a2);
      }
    } else {
      for (let value = at(values + from); value < last; value += sizeof<F>()) {
        const x = splatAt(value);
        const g = to + <usize>load<u16>(column) * step;
        column += 2;
        const a0 = addProduct(v128.load(g), x, d0);
        const a1 = addProduct(v128.load(g + c1), x, d1);
        const a2 = addProduct(v128.load(g + c2), x, d2);
        const a3 = addProduct(v128.load(g + c3), x, d3);
        v128.store(g, a0);
        v128.store(g + c1, a1);
        v128.store(g + c2, a2);
        v128.store(g + c3, a3);
      }
    }
  }
}

function usesScatter(H: i32): bool {
  return H >= L && H <= 4 * L;
}

function clear(gradient: i32, D: i32, H: i32, stride: i32): void {
  if (H == stride) memory.fill(at(gradient), 0, at(D * H));
  else for (let d = 0; d < D; d++) memory.fill(at(gradient + d * stride), 0, at(H));
}

/**
 * gradient[D,H] = x[rows, :]' delta[N,H] for sparse rows; the gradient's rows are `stride` apart. `continued`: the sums
 * continue from what is in the gradient.
 */
export function sparseBackwardWeights(values: i32, columns: i32, starts: i32, rows: i32, delta: i32, gradient: i32, positions: i32, entries: i32, N: i32, D: i32, H: i32, stride: i32, continued: bool): void {
  if (usesScatter(H)) {
    if (!continued) clear(gradient, D, H, stride);
    scatter(values, columns, starts, rows, delta, gradient, N, H, stride);
    return;
  }
  const ends = intAt(positions);
  for (let n = 0; n < N; n += rowsAtOnce) {
    const count = min(rowsAtOnce, N - n);
    let bucket = at(entries);
    sortByColumn(values, columns, starts, rows + n, delta + n * H, ends, bucket, count, D, H);
    for (let d = 0; d < D; d++) {
      const end = <usize>load<i32>(ends + (<usize>d << 2));
      const to = at(gradient + d * stride);
      if (end > bucket) columnProduct(false, continued || n > 0, bucket, end, to, 0, H);
      else if (!continued && n == 0) memory.fill(to, 0, at(H));
      bucket += bucketSize(count);
    }
  }
}

/**
 * w[D,H] <- w - rate x[rows, :]' delta[N,H] for sparse rows. Rows of w without an entry in their column do not change.
 */
export function sparseSgdInPlace(values: i32, columns: i32, starts: i32, rows: i32, delta: i32, gradient: i32, w: i32, rate: f64, positions: i32, entries: i32, N: i32, D: i32, H: i32, stride: i32): void {
  const factor = -(<F>rate);
  if (usesScatter(H) || N > rowsAtOnce) {
    sparseBackwardWeights(values, columns, starts, rows, delta, gradient, positions, entries, N, D, H, stride, false);
    if (H == stride) addScaled(v128.splat<F>(factor), factor, at(gradient), at(w), D * H);
    else for (let d = 0; d < D; d++) addScaled(v128.splat<F>(factor), factor, at(gradient + d * stride), at(w + d * stride), H);
    return;
  }
  const ends = intAt(positions);
  let bucket = at(entries);
  sortByColumn(values, columns, starts, rows, delta, ends, bucket, N, D, H);
  for (let d = 0; d < D; d++) {
    const end = <usize>load<i32>(ends + (<usize>d << 2));
    if (end > bucket) columnProduct(true, false, bucket, end, at(w + d * stride), factor, H);
    bucket += bucketSize(N);
  }
}

/**
 * to[H] = sum over the entries of value * delta[row, :]; `continued`: the sum continues from to[H]. With `update`, to[H]
 * += factor times the sum.
 */
// @ts-ignore: decorator
@inline
function columnProduct(update: bool, continued: bool, from: usize, end: usize, to: usize, factor: F, H: i32): void {
  const factors = v128.splat<F>(factor);
  const row = at(H);
  let h: usize = 0;
  for (; h + 112 <= row; h += 112) {
    const p = to + h;
    let a0 = startAt(continued, p);
    let a1 = startAt(continued, p + 16);
    let a2 = startAt(continued, p + 32);
    let a3 = startAt(continued, p + 48);
    let a4 = startAt(continued, p + 64);
    let a5 = startAt(continued, p + 80);
    let a6 = startAt(continued, p + 96);
    for (let entry = from; entry < end; entry += entrySize) {
      const x = splatAt(entry + sizeof<F>());
      const q = <usize>load<i32>(entry) + h;
      a0 = addProduct(a0, x, v128.load(q));
      a1 = addProduct(a1, x, v128.load(q, 16));
      a2 = addProduct(a2, x, v128.load(q, 32));
      a3 = addProduct(a3, x, v128.load(q, 48));
      a4 = addProduct(a4, x, v128.load(q, 64));
      a5 = addProduct(a5, x, v128.load(q, 80));
      a6 = addProduct(a6, x, v128.load(q, 96));
    }
    v128.store(p, scaledOrAdded(update, p, factors, a0));
    v128.store(p, scaledOrAdded(update, p + 16, factors, a1), 16);
    v128.store(p, scaledOrAdded(update, p + 32, factors, a2), 32);
    v128.store(p, scaledOrAdded(update, p + 48, factors, a3), 48);
    v128.store(p, scaledOrAdded(update, p + 64, factors, a4), 64);
    v128.store(p, scaledOrAdded(update, p + 80, factors, a5), 80);
    v128.store(p, scaledOrAdded(update, p + 96, factors, a6), 96);
  }
  for (; h + 64 <= row; h += 64) {
    const p = to + h;
    let a0 = startAt(continued, p);
    let a1 = startAt(continued, p + 16);
    let a2 = startAt(continued, p + 32);
    let a3 = startAt(continued, p + 48);
    for (let entry = from; entry < end; entry += entrySize) {
      const x = splatAt(entry + sizeof<F>());
      const q = <usize>load<i32>(entry) + h;
      a0 = addProduct(a0, x, v128.load(q));
      a1 = addProduct(a1, x, v128.load(q, 16));
      a2 = addProduct(a2, x, v128.load(q, 32));
      a3 = addProduct(a3, x, v128.load(q, 48));
    }
    v128.store(p, scaledOrAdded(update, p, factors, a0));
    v128.store(p, scaledOrAdded(update, p + 16, factors, a1), 16);
    v128.store(p, scaledOrAdded(update, p + 32, factors, a2), 32);
    v128.store(p, scaledOrAdded(update, p + 48, factors, a3), 48);
  }
  if (h + 16 <= row) {
    // The last vectors overlap, so all are computed from the old values before any is stored.
    const last = row - 16;
    const c1 = min(h + 16, last);
    const c2 = min(h + 32, last);
    let a0 = startAt(continued, to + h);
    let a1 = startAt(continued, to + c1);
    let a2 = startAt(continued, to + c2);
    let a3 = startAt(continued, to + last);
    for (let entry = from; entry < end; entry += entrySize) {
      const x = splatAt(entry + sizeof<F>());
      const p = <usize>load<i32>(entry);
      a0 = addProduct(a0, x, v128.load(p + h));
      a1 = addProduct(a1, x, v128.load(p + c1));
      a2 = addProduct(a2, x, v128.load(p + c2));
      a3 = addProduct(a3, x, v128.load(p + last));
    }
    a0 = scaledOrAdded(update, to + h, factors, a0);
    a1 = scaledOrAdded(update, to + c1, factors, a1);
    a2 = scaledOrAdded(update, to + c2, factors, a2);
    a3 = scaledOrAdded(update, to + last, factors, a3);
    v128.store(to + h, a0);
    v128.store(to + c1, a1);
    v128.store(to + c2, a2);
    v128.store(to + last, a3);
    return;
  }
  for (; h < row; h += sizeof<F>()) {
    let sum: F = continued ? load<F>(to + h) : 0;
    for (let entry = from; entry < end; entry += entrySize) sum += load<F>(entry, sizeof<F>()) * load<F>(<usize>load<i32>(entry) + h);
    store<F>(to + h, update ? load<F>(to + h) + factor * sum : sum);
  }
}

// @ts-ignore: decorator
@inline
function startAt(continued: bool, address: usize): v128 {
  return continued ? v128.load(address) : v128.splat<F>(0);
}

// @ts-ignore: decorator
@inline
function scaledOrAdded(update: bool, old: usize, factors: v128, sum: v128): v128 {
  return update ? addProduct(v128.load(old), factors, sum) : sum;
}
