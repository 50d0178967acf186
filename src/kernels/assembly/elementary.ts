// e^x and ln x in f64, operation by operation as in src/math/elementary.ts, where they are explained: the same bits.

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
