// One linear memory: numbers of type F (f32 or f64, chosen when the module is built) from byte 0 on, ints behind them.
// Every array argument of a kernel is an offset in elements, as in ../kernels.ts, where the kernels are described.

/** Where the ints begin, in bytes; set once by the loader. */
export let intsBase: usize = 0;

export function setIntsBase(bytes: usize): void {
  intsBase = bytes;
}

/** Numbers in a vector of 128 bits. */
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
  return intsBase + ((<usize>offset) << 2);
}

// @ts-ignore: decorator
@inline
export function splatAt(address: usize): v128 {
  return sizeof<F>() == 4 ? v128.load32_splat(address) : v128.load64_splat(address);
}

/** sum + a * b, each rounded by itself: never fused. */
// @ts-ignore: decorator
@inline
export function addProduct(sum: v128, a: v128, b: v128): v128 {
  return v128.add<F>(sum, v128.mul<F>(a, b));
}
