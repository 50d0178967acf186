// Access to the linear memory, which holds ints and numbers of type F (f32 or f64, chosen when the module is built).
// Every array argument of a kernel is an offset from byte 0, in elements. ../kernels.ts documents the kernels.

/** The number of lanes: numbers of type F in a 128-bit vector. */
// @ts-ignore: decorator
@inline
export const L: i32 = 16 / sizeof<F>();

/** The address of number `offset`. */
// @ts-ignore: decorator
@inline
export function at(offset: i32): usize {
  return (<usize>offset) << alignof<F>();
}

/** The address of int `offset`. */
// @ts-ignore: decorator
@inline
export function intAt(offset: i32): usize {
  return (<usize>offset) << 2;
}

/** Column k of the 16-bit columns that start at int `columns`. */
// @ts-ignore: decorator
@inline
export function columnAt(columns: i32, k: i32): i32 {
  return <i32>load<u16>(intAt(columns) + ((<usize>k) << 1));
}

// @ts-ignore: decorator
@inline
export function splatAt(address: usize): v128 {
  return sizeof<F>() == 4 ? v128.load32_splat(address) : v128.load64_splat(address);
}

/** sum + a * b. The product and the sum are rounded separately, never fused. */
// @ts-ignore: decorator
@inline
export function addProduct(sum: v128, a: v128, b: v128): v128 {
  return v128.add<F>(sum, v128.mul<F>(a, b));
}

/** to[count] += factor * from[count]. */
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
