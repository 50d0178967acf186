import { addProduct, at, intAt, L, splatAt } from './memory';

/** out[N,H] = x[rows[n], :] w[D,H] + b[H] on sparse rows; b < 0: no bias. */
export function sparseForward(values: i32, columns: i32, starts: i32, rows: i32, w: i32, b: i32, out: i32, N: i32, H: i32): void {
  if (H < L) {
    narrowForward(values, columns, starts, rows, w, b, out, N, H);
    return;
  }
  // Blocks of columns outermost: the piece of w that a block needs stays in the cache for all rows.
  let h = 0;
  for (; h + 8 * L <= H; h += 8 * L) {
    for (let n = 0; n < N; n++) forward8(values, columns, starts, load<i32>(intAt(rows + n)), at(w + h), b < 0 ? -1 : b + h, at(out + n * H + h), H);
  }
  for (; h + 4 * L <= H; h += 4 * L) {
    for (let n = 0; n < N; n++) forward4(values, columns, starts, load<i32>(intAt(rows + n)), at(w + h), b < 0 ? -1 : b + h, at(out + n * H + h), H);
  }
  for (; h < H; h += L) {
    const column = min(h, H - L);
    for (let n = 0; n < N; n++) forward1(values, columns, starts, load<i32>(intAt(rows + n)), at(w + column), b < 0 ? -1 : b + column, at(out + n * H + column), H);
  }
}

// @ts-ignore: decorator
@inline
function bias(b: i32, vector: i32): v128 {
  return b < 0 ? v128.splat<F>(0) : v128.load(at(b + vector * L));
}

// @ts-ignore: decorator
@inline
function forward8(values: i32, columns: i32, starts: i32, row: i32, w: usize, b: i32, out: usize, H: i32): void {
  let a0 = bias(b, 0);
  let a1 = bias(b, 1);
  let a2 = bias(b, 2);
  let a3 = bias(b, 3);
  let a4 = bias(b, 4);
  let a5 = bias(b, 5);
  let a6 = bias(b, 6);
  let a7 = bias(b, 7);
  const end = load<i32>(intAt(starts + row + 1));
  for (let k = load<i32>(intAt(starts + row)); k < end; k++) {
    const x = splatAt(at(values + k));
    const p = w + at(load<i32>(intAt(columns + k)) * H);
    a0 = addProduct(a0, x, v128.load(p));
    a1 = addProduct(a1, x, v128.load(p, 16));
    a2 = addProduct(a2, x, v128.load(p, 32));
    a3 = addProduct(a3, x, v128.load(p, 48));
    a4 = addProduct(a4, x, v128.load(p, 64));
    a5 = addProduct(a5, x, v128.load(p, 80));
    a6 = addProduct(a6, x, v128.load(p, 96));
    a7 = addProduct(a7, x, v128.load(p, 112));
  }
  v128.store(out, a0);
  v128.store(out, a1, 16);
  v128.store(out, a2, 32);
  v128.store(out, a3, 48);
  v128.store(out, a4, 64);
  v128.store(out, a5, 80);
  v128.store(out, a6, 96);
  v128.store(out, a7, 112);
}

// @ts-ignore: decorator
@inline
function forward4(values: i32, columns: i32, starts: i32, row: i32, w: usize, b: i32, out: usize, H: i32): void {
  let a0 = bias(b, 0);
  let a1 = bias(b, 1);
  let a2 = bias(b, 2);
  let a3 = bias(b, 3);
  const end = load<i32>(intAt(starts + row + 1));
  for (let k = load<i32>(intAt(starts + row)); k < end; k++) {
    const x = splatAt(at(values + k));
    const p = w + at(load<i32>(intAt(columns + k)) * H);
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

// @ts-ignore: decorator
@inline
function forward1(values: i32, columns: i32, starts: i32, row: i32, w: usize, b: i32, out: usize, H: i32): void {
  let a = bias(b, 0);
  const end = load<i32>(intAt(starts + row + 1));
  for (let k = load<i32>(intAt(starts + row)); k < end; k++) {
    a = addProduct(a, splatAt(at(values + k)), v128.load(w + at(load<i32>(intAt(columns + k)) * H)));
  }
  v128.store(out, a);
}

function narrowForward(values: i32, columns: i32, starts: i32, rows: i32, w: i32, b: i32, out: i32, N: i32, H: i32): void {
  for (let n = 0; n < N; n++) {
    const row = load<i32>(intAt(rows + n));
    const end = load<i32>(intAt(starts + row + 1));
    for (let h = 0; h < H; h++) {
      let sum: F = b < 0 ? 0 : load<F>(at(b + h));
      for (let k = load<i32>(intAt(starts + row)); k < end; k++) {
        sum += load<F>(at(values + k)) * load<F>(at(w + load<i32>(intAt(columns + k)) * H + h));
      }
      store<F>(at(out + n * H + h), sum);
    }
  }
}

/**
 * gradient rows of the columns that have an entry; returns how many, lists them in ints at `touched` ([2 D] ints: the
 * list, then one mark a column). The first entry of a column stores, the others add.
 */
export function sparseBackwardWeights(values: i32, columns: i32, starts: i32, rows: i32, delta: i32, gradient: i32, touched: i32, N: i32, D: i32, H: i32): i32 {
  const marks = touched + D;
  let count = 0;
  for (let n = 0; n < N; n++) {
    const row = load<i32>(intAt(rows + n));
    const end = load<i32>(intAt(starts + row + 1));
    const from = at(delta + n * H);
    for (let k = load<i32>(intAt(starts + row)); k < end; k++) {
      const d = load<i32>(intAt(columns + k));
      const to = at(gradient + d * H);
      if (load<i32>(intAt(marks + d)) == 0) {
        store<i32>(intAt(marks + d), 1);
        store<i32>(intAt(touched + count), d);
        count++;
        memory.fill(to, 0, at(H));
      }
      addScaled(splatAt(at(values + k)), load<F>(at(values + k)), from, to, H);
    }
  }
  for (let i = 0; i < count; i++) store<i32>(intAt(marks + load<i32>(intAt(touched + i))), 0);
  return count;
}

/** to[count] += factor from[count]. */
// @ts-ignore: decorator
@inline
export function addScaled(factors: v128, factor: F, from: usize, to: usize, count: i32): void {
  let i = 0;
  for (; i + 2 * L <= count; i += 2 * L) {
    const p = to + at(i);
    const q = from + at(i);
    v128.store(p, addProduct(v128.load(p), factors, v128.load(q)));
    v128.store(p, addProduct(v128.load(p, 16), factors, v128.load(q, 16)), 16);
  }
  for (; i + L <= count; i += L) {
    v128.store(to + at(i), addProduct(v128.load(to + at(i)), factors, v128.load(from + at(i))));
  }
  for (; i < count; i++) store<F>(to + at(i), load<F>(to + at(i)) + factor * load<F>(from + at(i)));
}
