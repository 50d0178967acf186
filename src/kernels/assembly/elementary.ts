// e^x and ln x in f64, operation by operation as in src/math/elementary.ts, which explains them, so that the bits are
// the same.

const ln2High: f64 = 0.6931471803691238;
const ln2Low: f64 = 1.9082149292705877e-10;
const log2e: f64 = 1.4426950408889634;

/** 2^k for -1023 <= k <= 1023. */
// @ts-ignore: decorator
@inline
function powerOfTwo(k: i32): f64 {
  return k == -1023 ? reinterpret<f64>(<i64>1 << 51) : reinterpret<f64>((<i64>(k + 1023)) << 52);
}

export function exp(x: f64): f64 {
  if (!(x <= 710)) return x > 710 ? Infinity : NaN;
  if (x < -746) return 0;
  const k = <i32>(x * log2e + (x < 0 ? -0.5 : 0.5));
  const high = x - <f64>k * ln2High;
  const low = <f64>k * ln2Low;
  const r = high - low;
  const z = r * r;
  const coth =
    z *
    (1.0 / 6.0 +
      z *
        (-1.0 / 360.0 +
          z * (1.0 / 15120.0 + z * (-1.0 / 604800.0 + z * (1.0 / 23950080.0 + z * (-691.0 / 653837184000.0))))));
  const c = r - coth;
  const y = 1 + (high + ((r * c) / (2 - c) - low));
  const half = k >> 1;
  return y * powerOfTwo(half) * powerOfTwo(k - half);
}

/** e^x of two numbers <= 0, as `exp` computes it. */
// @ts-ignore: decorator
@inline
export function expOfNegative(x: v128): v128 {
  // e^-746 is already 0. NaN is preserved.
  const bounded = v128.pmax<f64>(x, f64x2.splat(-746));
  const k = i32x4.trunc_sat_f64x2_s_zero(f64x2.sub(f64x2.mul(bounded, f64x2.splat(log2e)), f64x2.splat(0.5)));
  const whole = f64x2.convert_low_i32x4_s(k);
  const high = f64x2.sub(bounded, f64x2.mul(whole, f64x2.splat(ln2High)));
  const low = f64x2.mul(whole, f64x2.splat(ln2Low));
  const r = f64x2.sub(high, low);
  const z = f64x2.mul(r, r);
  let series = f64x2.splat(-691.0 / 653837184000.0);
  series = f64x2.add(f64x2.splat(1.0 / 23950080.0), f64x2.mul(z, series));
  series = f64x2.add(f64x2.splat(-1.0 / 604800.0), f64x2.mul(z, series));
  series = f64x2.add(f64x2.splat(1.0 / 15120.0), f64x2.mul(z, series));
  series = f64x2.add(f64x2.splat(-1.0 / 360.0), f64x2.mul(z, series));
  series = f64x2.add(f64x2.splat(1.0 / 6.0), f64x2.mul(z, series));
  const c = f64x2.sub(r, f64x2.mul(z, series));
  const quotient = f64x2.div(f64x2.mul(r, c), f64x2.sub(f64x2.splat(2), c));
  const y = f64x2.add(f64x2.splat(1), f64x2.add(high, f64x2.sub(quotient, low)));
  const half = i32x4.shr_s(k, 1);
  return f64x2.mul(f64x2.mul(y, powersOfTwo(half)), powersOfTwo(i32x4.sub(k, half)));
}

/** 2^k for the two low lanes, -1022 <= k <= 1023. */
// @ts-ignore: decorator
@inline
function powersOfTwo(k: v128): v128 {
  return i64x2.shl(i64x2.add(i64x2.extend_low_i32x4_s(k), i64x2.splat(1023)), 52);
}

export function log(x: f64): f64 {
  if (!(x > 0)) return x == 0 ? -Infinity : NaN;
  if (x == Infinity) return x;
  const denormal = x < 2.2250738585072014e-308;
  const normal = denormal ? x * 18014398509481984.0 : x;
  let k = <i32>(reinterpret<u64>(normal) >> 52) - 1023;
  let m = normal * powerOfTwo(-k);
  if (denormal) k -= 54;
  if (m > 1.4142135623730951) {
    m *= 0.5;
    k += 1;
  }
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  const R =
    z *
    (2.0 / 3.0 +
      z *
        (2.0 / 5.0 +
          z *
            (2.0 / 7.0 +
              z *
                (2.0 / 9.0 +
                  z *
                    (2.0 / 11.0 +
                      z * (2.0 / 13.0 + z * (2.0 / 15.0 + z * (2.0 / 17.0 + z * (2.0 / 19.0 + z * (2.0 / 21.0))))))))));
  const halfSquare = 0.5 * f * f;
  return <f64>k * ln2High - (halfSquare - (s * (halfSquare + R) + <f64>k * ln2Low) - f);
}

/** ln x of two normal, finite numbers > 0, as `log` computes it. NaN is preserved. */
// @ts-ignore: decorator
@inline
export function logOfNormal(x: v128): v128 {
  // x = 2^k m, at first with m < 2, then with m <= sqrt(2).
  const exponents = i64x2.sub(i64x2.shr_u(x, 52), i64x2.splat(1023));
  const fraction = v128.and(x, i64x2.splat(0x000fffffffffffff));
  const below2 = v128.or(fraction, f64x2.splat(1));
  const above = f64x2.gt(below2, f64x2.splat(1.4142135623730951));
  const m = f64x2.mul(below2, v128.bitselect(f64x2.splat(0.5), f64x2.splat(1), above));
  // A mask is -1 where its condition is true. Only the low halves of the two exponents matter.
  const whole = i64x2.sub(exponents, above);
  const k = f64x2.convert_low_i32x4_s(i32x4.shuffle(whole, whole, 0, 2, 0, 2));
  const f = f64x2.sub(m, f64x2.splat(1));
  const s = f64x2.div(f, f64x2.add(f64x2.splat(2), f));
  const z = f64x2.mul(s, s);
  let series = f64x2.splat(2.0 / 21.0);
  series = f64x2.add(f64x2.splat(2.0 / 19.0), f64x2.mul(z, series));
  series = f64x2.add(f64x2.splat(2.0 / 17.0), f64x2.mul(z, series));
  series = f64x2.add(f64x2.splat(2.0 / 15.0), f64x2.mul(z, series));
  series = f64x2.add(f64x2.splat(2.0 / 13.0), f64x2.mul(z, series));
  series = f64x2.add(f64x2.splat(2.0 / 11.0), f64x2.mul(z, series));
  series = f64x2.add(f64x2.splat(2.0 / 9.0), f64x2.mul(z, series));
  series = f64x2.add(f64x2.splat(2.0 / 7.0), f64x2.mul(z, series));
  series = f64x2.add(f64x2.splat(2.0 / 5.0), f64x2.mul(z, series));
  series = f64x2.add(f64x2.splat(2.0 / 3.0), f64x2.mul(z, series));
  const halfSquare = f64x2.mul(f64x2.mul(f64x2.splat(0.5), f), f);
  const rest = f64x2.add(f64x2.mul(s, f64x2.add(halfSquare, f64x2.mul(z, series))), f64x2.mul(k, f64x2.splat(ln2Low)));
  const log = f64x2.sub(f64x2.mul(k, f64x2.splat(ln2High)), f64x2.sub(f64x2.sub(halfSquare, rest), f));
  return f64x2.add(log, f64x2.sub(x, x));
}
