// What one core can do at most in WebAssembly with vectors of 128 bits; F is f32 or f64.

/** Numbers in a vector. */
const L: i32 = 16 / sizeof<F>();

/** What a call costs that does nothing but take six numbers, as most kernels do. */
export function nothing(a: i32, b: i32, c: i32, d: i32, e: i32, f: i32): i32 {
  return a + b + c + d + e + f;
}

function next(a: v128, x: v128, y: v128): v128 {
  return v128.add<F>(v128.mul<F>(a, x), y);
}

/** 8 sums in registers, each a <- a x + y; returns how many numbers were multiplied and added. */
export function multiplyAdd8(from: usize, out: usize, rounds: i32): i32 {
  const x = v128.load(from);
  const y = v128.load(from, 16);
  let a = y,
    b = y,
    c = y,
    d = y,
    e = y,
    f = y,
    g = y,
    h = y;
  for (let i = 0; i < rounds; i++) {
    a = next(a, x, y);
    b = next(b, x, y);
    c = next(c, x, y);
    d = next(d, x, y);
    e = next(e, x, y);
    f = next(f, x, y);
    g = next(g, x, y);
    h = next(h, x, y);
  }
  const sum = v128.add<F>(
    v128.add<F>(v128.add<F>(a, b), v128.add<F>(c, d)),
    v128.add<F>(v128.add<F>(e, f), v128.add<F>(g, h)),
  );
  v128.store(out, sum);
  return rounds * 8 * L;
}

/** The same with 12 sums: more than the latency of a product and a sum needs on any processor known to us. */
export function multiplyAdd12(from: usize, out: usize, rounds: i32): i32 {
  const x = v128.load(from);
  const y = v128.load(from, 16);
  let a = y,
    b = y,
    c = y,
    d = y,
    e = y,
    f = y,
    g = y,
    h = y,
    k = y,
    l = y,
    m = y,
    n = y;
  for (let i = 0; i < rounds; i++) {
    a = next(a, x, y);
    b = next(b, x, y);
    c = next(c, x, y);
    d = next(d, x, y);
    e = next(e, x, y);
    f = next(f, x, y);
    g = next(g, x, y);
    h = next(h, x, y);
    k = next(k, x, y);
    l = next(l, x, y);
    m = next(m, x, y);
    n = next(n, x, y);
  }
  const p = v128.add<F>(
    v128.add<F>(v128.add<F>(a, b), v128.add<F>(c, d)),
    v128.add<F>(v128.add<F>(e, f), v128.add<F>(g, h)),
  );
  v128.store(out, v128.add<F>(p, v128.add<F>(v128.add<F>(k, l), v128.add<F>(m, n))));
  return rounds * 12 * L;
}

/** Reads `bytes` (a multiple of 128) from `from`, `times` times over. */
export function read(from: usize, bytes: usize, out: usize, times: i32): void {
  let a = v128.splat<F>(0);
  let b = a,
    c = a,
    d = a;
  for (let t = 0; t < times; t++) {
    const end = from + bytes;
    for (let p = from; p < end; p += 128) {
      a = v128.or(a, v128.load(p));
      b = v128.or(b, v128.load(p, 16));
      c = v128.or(c, v128.load(p, 32));
      d = v128.or(d, v128.load(p, 48));
      a = v128.or(a, v128.load(p, 64));
      b = v128.or(b, v128.load(p, 80));
      c = v128.or(c, v128.load(p, 96));
      d = v128.or(d, v128.load(p, 112));
    }
  }
  v128.store(out, v128.or(v128.or(a, b), v128.or(c, d)));
}

/** Copies `bytes` (a multiple of 128), `times` times over. */
export function copy(from: usize, to: usize, bytes: usize, times: i32): void {
  for (let t = 0; t < times; t++) {
    let q = to;
    const end = from + bytes;
    for (let p = from; p < end; p += 128) {
      v128.store(q, v128.load(p));
      v128.store(q, v128.load(p, 16), 16);
      v128.store(q, v128.load(p, 32), 32);
      v128.store(q, v128.load(p, 48), 48);
      v128.store(q, v128.load(p, 64), 64);
      v128.store(q, v128.load(p, 80), 80);
      v128.store(q, v128.load(p, 96), 96);
      v128.store(q, v128.load(p, 112), 112);
      q += 128;
    }
  }
}
