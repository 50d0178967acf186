import { addProduct, addScaled, at, columnAt, intAt, L, splatAt } from './memory';

/** out[N,H] = x[rows[n], :] w[D,H] + b[H] for sparse rows; b < 0: no bias; w's rows are `stride` apart. */
export function sparseForward(values: i32, columns: i32, starts: i32, rows: i32, w: i32, b: i32, out: i32, N: i32, H: i32, stride: i32): void {
  prefetchRows(values, columns, starts, rows, out, N);
  // The loop over blocks of columns is outermost, so that a block's part of w stays in the cache for all rows.
  let h = 0;
  for (; h + 7 * L <= H; h += 7 * L) {
    for (let n = 0; n < N; n++) {
      const row = load<i32>(intAt(rows + n));
      forward7(at(values), intAt(columns), load<i32>(intAt(starts + row)), load<i32>(intAt(starts + row + 1)), at(w + h), b < 0 ? -1 : b + h, at(out + n * H + h), at(stride));
    }
  }
  for (; h + 4 * L <= H; h += 4 * L) {
    for (let n = 0; n < N; n++) {
      const row = load<i32>(intAt(rows + n));
      forward4(at(values), intAt(columns), load<i32>(intAt(starts + row)), load<i32>(intAt(starts + row + 1)), at(w + h), b < 0 ? -1 : b + h, at(out + n * H + h), at(stride));
    }
  }
  for (; h < H; h += 4 * L) {
    const rest = H - h;
    for (let n = 0; n < N; n++) {
      const row = load<i32>(intAt(rows + n));
      const from = load<i32>(intAt(starts + row));
      const end = load<i32>(intAt(starts + row + 1));
      if (H == 1) forwardSingle(values, columns, from, end, w, b, out + n, stride);
      else if (H < L) forwardNarrow(values, columns, from, end, w, b, out + n * H, H, stride);
      else if (rest > 3 * L) forward4Apart(values, columns, from, end, w, b, out + n * H, h, h + L, h + 2 * L, min(h + 3 * L, H - L), stride);
      else if (rest > 2 * L) forward4Apart(values, columns, from, end, w, b, out + n * H, h, h + L, min(h + 2 * L, H - L), min(h + 2 * L, H - L), stride);
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

// @ts-ignore: decorator
@inline
function forward7(values: usize, columns: usize, from: i32, end: i32, w: usize, b: i32, out: usize, stride: usize): void {
  let a0 = bias(b, 0);
  let a1 = bias(b, 1 * L);
  let a2 = bias(b, 2 * L);
  let a3 = bias(b, 3 * L);
  let a4 = bias(b, 4 * L);
  let a5 = bias(b, 5 * L);
  let a6 = bias(b, 6 * L);
  let column = columns + ((<usize>from) << 1);
  const last = values + at(end);
  for (let value = values + at(from); value < last; value += sizeof<F>()) {
    const x = splatAt(value);
    const p = w + <usize>load<u16>(column) * stride;
    column += 2;
    a0 = addProduct(a0, x, v128.load(p));
    a1 = addProduct(a1, x, v128.load(p, 16));
    a2 = addProduct(a2, x, v128.load(p, 32));
    a3 = addProduct(a3, x, v128.load(p, 48));
    a4 = addProduct(a4, x, v128.load(p, 64));
    a5 = addProduct(a5, x, v128.load(p, 80));
    a6 = addProduct(a6, x, v128.load(p, 96));
  }
  v128.store(out, a0);
  v128.store(out, a1, 16);
  v128.store(out, a2, 32);
  v128.store(out, a3, 48);
  v128.store(out, a4, 64);
  v128.store(out, a5, 80);
  v128.store(out, a6, 96);
}

// @ts-ignore: decorator
@inline
function forward4(values: usize, columns: usize, from: i32, end: i32, w: usize, b: i32, out: usize, stride: usize): void {
  let a0 = bias(b, 0);
  let a1 = bias(b, 1 * L);
  let a2 = bias(b, 2 * L);
  let a3 = bias(b, 3 * L);
  let column = columns + ((<usize>from) << 1);
  const last = values + at(end);
  for (let value = values + at(from); value < last; value += sizeof<F>()) {
    const x = splatAt(value);
    const p = w + <usize>load<u16>(column) * stride;
    column += 2;
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

/**
 * Sorts a batch's entries by column, and within a column in row order (counting sort).
 *
 * Column d's entries are positions[d - 1] .. positions[d] - 1 (from 0 for d = 0) of `entryRows` (delta's offset of the
 * row) and `entryValues`. ints at `workspace`: positions [D], then entryRows; floats at `entryValues`.
 */
function sortByColumn(values: i32, columns: i32, starts: i32, rows: i32, delta: i32, workspace: i32, entryValues: i32, N: i32, D: i32, H: i32): void {
  const positions = intAt(workspace);
  const firstColumn = intAt(columns);
  const firstRow = intAt(starts);
  const chosen = intAt(rows);
  memory.fill(positions, 0, (<usize>D) << 2);
  for (let n = 0; n < N; n++) {
    const row = firstRow + ((<usize>load<i32>(chosen + ((<usize>n) << 2))) << 2);
    const end = firstColumn + ((<usize>load<i32>(row, 4)) << 1);
    for (let c = firstColumn + ((<usize>load<i32>(row)) << 1); c < end; c += 2) {
      const p = positions + ((<usize>load<u16>(c)) << 2);
      store<i32>(p, load<i32>(p) + 1);
    }
  }
  let before = 0;
  const lastPosition = positions + ((<usize>D) << 2);
  for (let p = positions; p < lastPosition; p += 4) {
    const count = load<i32>(p);
    store<i32>(p, before);
    before += count;
  }
  // Each position advances with every entry stored, and ends where the next column begins.
  const entryRows = lastPosition;
  const sorted = at(entryValues);
  for (let n = 0; n < N; n++) {
    const row = firstRow + ((<usize>load<i32>(chosen + ((<usize>n) << 2))) << 2);
    const from = load<i32>(row);
    const end = firstColumn + ((<usize>load<i32>(row, 4)) << 1);
    const deltaRow = delta + n * H;
    let value = at(values + from);
    for (let c = firstColumn + ((<usize>from) << 1); c < end; c += 2) {
      const p = positions + ((<usize>load<u16>(c)) << 2);
      const to = <usize>load<i32>(p);
      store<i32>(p, <i32>to + 1);
      store<i32>(entryRows + (to << 2), deltaRow);
      store<F>(sorted + (to << alignof<F>()), load<F>(value));
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

/** gradient[D,H] = x[rows, :]' delta[N,H] for sparse rows; the gradient's rows are `stride` apart. */
export function sparseBackwardWeights(values: i32, columns: i32, starts: i32, rows: i32, delta: i32, gradient: i32, workspace: i32, entryValues: i32, N: i32, D: i32, H: i32, stride: i32): void {
  if (usesScatter(H)) {
    clear(gradient, D, H, stride);
    scatter(values, columns, starts, rows, delta, gradient, N, H, stride);
    return;
  }
  sortByColumn(values, columns, starts, rows, delta, workspace, entryValues, N, D, H);
  let from = 0;
  for (let d = 0; d < D; d++) {
    const end = load<i32>(intAt(workspace + d));
    if (end == from) memory.fill(at(gradient + d * stride), 0, at(H));
    else columnProduct(false, workspace + D, entryValues, from, end, gradient + d * stride, 0, H);
    from = end;
  }
}

/**
 * w[D,H] <- w - rate x[rows, :]' delta[N,H] for sparse rows. Rows of w without an entry in their column are not
 * touched.
 */
export function sparseSgdInPlace(values: i32, columns: i32, starts: i32, rows: i32, delta: i32, gradient: i32, w: i32, rate: f64, workspace: i32, entryValues: i32, N: i32, D: i32, H: i32, stride: i32): void {
  const factor = -(<F>rate);
  if (usesScatter(H)) {
    clear(gradient, D, H, stride);
    scatter(values, columns, starts, rows, delta, gradient, N, H, stride);
    if (H == stride) addScaled(v128.splat<F>(factor), factor, at(gradient), at(w), D * H);
    else for (let d = 0; d < D; d++) addScaled(v128.splat<F>(factor), factor, at(gradient + d * stride), at(w + d * stride), H);
    return;
  }
  sortByColumn(values, columns, starts, rows, delta, workspace, entryValues, N, D, H);
  let from = 0;
  for (let d = 0; d < D; d++) {
    const end = load<i32>(intAt(workspace + d));
    if (end > from) columnProduct(true, workspace + D, entryValues, from, end, w + d * stride, factor, H);
    from = end;
  }
}

/** to[H] = sum over the column's entries of value * delta[row, :]. With `update`, to[H] += factor times that sum. */
// @ts-ignore: decorator
@inline
function columnProduct(update: bool, entryRows: i32, entryValues: i32, from: i32, end: i32, to: i32, factor: F, H: i32): void {
  const factors = v128.splat<F>(factor);
  let h = 0;
  for (; h + 7 * L <= H; h += 7 * L) {
    let a0 = v128.splat<F>(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let a4 = a0;
    let a5 = a0;
    let a6 = a0;
    let entry = intAt(entryRows + from);
    const last = at(entryValues + end);
    for (let value = at(entryValues + from); value < last; value += sizeof<F>()) {
      const x = splatAt(value);
      const p = at(load<i32>(entry) + h);
      entry += 4;
      a0 = addProduct(a0, x, v128.load(p));
      a1 = addProduct(a1, x, v128.load(p, 16));
      a2 = addProduct(a2, x, v128.load(p, 32));
      a3 = addProduct(a3, x, v128.load(p, 48));
      a4 = addProduct(a4, x, v128.load(p, 64));
      a5 = addProduct(a5, x, v128.load(p, 80));
      a6 = addProduct(a6, x, v128.load(p, 96));
    }
    const p = at(to + h);
    v128.store(p, scaledOrAdded(update, p, factors, a0));
    v128.store(p, scaledOrAdded(update, p + 16, factors, a1), 16);
    v128.store(p, scaledOrAdded(update, p + 32, factors, a2), 32);
    v128.store(p, scaledOrAdded(update, p + 48, factors, a3), 48);
    v128.store(p, scaledOrAdded(update, p + 64, factors, a4), 64);
    v128.store(p, scaledOrAdded(update, p + 80, factors, a5), 80);
    v128.store(p, scaledOrAdded(update, p + 96, factors, a6), 96);
  }
  for (; h + 4 * L <= H; h += 4 * L) {
    let a0 = v128.splat<F>(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let entry = intAt(entryRows + from);
    const last = at(entryValues + end);
    for (let value = at(entryValues + from); value < last; value += sizeof<F>()) {
      const x = splatAt(value);
      const p = at(load<i32>(entry) + h);
      entry += 4;
      a0 = addProduct(a0, x, v128.load(p));
      a1 = addProduct(a1, x, v128.load(p, 16));
      a2 = addProduct(a2, x, v128.load(p, 32));
      a3 = addProduct(a3, x, v128.load(p, 48));
    }
    const p = at(to + h);
    v128.store(p, scaledOrAdded(update, p, factors, a0));
    v128.store(p, scaledOrAdded(update, p + 16, factors, a1), 16);
    v128.store(p, scaledOrAdded(update, p + 32, factors, a2), 32);
    v128.store(p, scaledOrAdded(update, p + 48, factors, a3), 48);
  }
  for (; h + L <= H; h += 4 * L) {
    // The last vectors overlap, so all are computed from the old values before any is stored.
    const last = H - L;
    const c1 = min(h + L, last);
    const c2 = min(h + 2 * L, last);
    const c3 = min(h + 3 * L, last);
    let a0 = v128.splat<F>(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    for (let k = from; k < end; k++) {
      const x = splatAt(at(entryValues + k));
      const row = load<i32>(intAt(entryRows + k));
      a0 = addProduct(a0, x, v128.load(at(row + h)));
      a1 = addProduct(a1, x, v128.load(at(row + c1)));
      a2 = addProduct(a2, x, v128.load(at(row + c2)));
      a3 = addProduct(a3, x, v128.load(at(row + c3)));
    }
    a0 = scaledOrAdded(update, at(to + h), factors, a0);
    a1 = scaledOrAdded(update, at(to + c1), factors, a1);
    a2 = scaledOrAdded(update, at(to + c2), factors, a2);
    a3 = scaledOrAdded(update, at(to + c3), factors, a3);
    v128.store(at(to + h), a0);
    v128.store(at(to + c1), a1);
    v128.store(at(to + c2), a2);
    v128.store(at(to + c3), a3);
  }
  for (; h < H; h++) {
    let sum: F = 0;
    for (let k = from; k < end; k++) sum += load<F>(at(entryValues + k)) * load<F>(at(load<i32>(intAt(entryRows + k)) + h));
    store<F>(at(to + h), update ? load<F>(at(to + h)) + factor * sum : sum);
  }
}

// @ts-ignore: decorator
@inline
function scaledOrAdded(update: bool, old: usize, factors: v128, sum: v128): v128 {
  return update ? addProduct(v128.load(old), factors, sum) : sum;
}
