/*
 * e^x and ln x in float64, computed with only + - * / and the bits of a number, so that every engine and machine gives
 * the same bits. Math.exp and Math.log may differ in the last bit. Both results are within 1 ulp of the true value. The
 * argument reduction and the final order of summation follow Sun's fdlibm (e_exp, e_log). The series are the exact
 * ones, not fitted.
 */

/** ln 2 in two parts: the first has 32 bits, so its product with any exponent is exact. */
const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;
const log2e = Math.LOG2E;

/** Every access is explicitly little-endian, so the machine's byte order does not matter. */
const bits = new DataView(new ArrayBuffer(8));

/** 2^k at index k + 1023, for -1023 <= k <= 1023. */
const powersOfTwo = new Float64Array(2047);
powersOfTwo[1023] = 1;
for (let k = 1; k <= 1023; k++) {
  powersOfTwo[1023 + k] = powersOfTwo[1022 + k] * 2;
  powersOfTwo[1023 - k] = powersOfTwo[1024 - k] / 2;
}

/**
 * e^x; 0 below -745.13, Infinity above 709.78, 1 at 0.
 *
 * x = k ln 2 + r with |r| <= ln(2)/2, and e^r = 1 + 2r / (r coth(r/2) - r), where
 * r coth(r/2) = 2 sum_n B_2n r^2n / (2n)! has only even powers (B_2n: Bernoulli numbers).
 */
export function exp(x: number): number {
  if (!(x <= 710)) return x > 710 ? Number.POSITIVE_INFINITY : Number.NaN;
  if (x < -746) return 0;
  const k = (x * log2e + (x < 0 ? -0.5 : 0.5)) | 0;
  const high = x - k * ln2High;
  const low = k * ln2Low;
  const r = high - low;
  const z = r * r;
  const coth =
    z *
    (1 / 6 +
      z * (-1 / 360 + z * (1 / 15120 + z * (-1 / 604800 + z * (1 / 23950080 + z * (-691 / 653837184000))))));
  const c = r - coth; // r coth(r/2) is 2 + coth
  const y = 1 + (high + ((r * c) / (2 - c) - low));
  // in two factors, since 2^k can be outside the range of float64 when e^x is not
  const half = k >> 1;
  return y * powersOfTwo[1023 + half] * powersOfTwo[1023 + k - half];
}

/**
 * ln x; -Infinity at 0, NaN below, 0 at 1.
 *
 * x = 2^k (1 + f) with sqrt(1/2) < 1 + f < sqrt(2), and ln(1 + f) = 2 artanh(s) = 2 (s + s^3/3 + s^5/5 + ...),
 * where s = f / (2 + f).
 */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  const denormal = x < 2 ** -1022; // the exponent bits of every denormal are 0
  const normal = denormal ? x * 2 ** 54 : x;
  bits.setFloat64(0, normal, true);
  let k = (bits.getUint32(4, true) >>> 20) - 1023;
  let m = normal * powersOfTwo[1023 - k];
  if (denormal) k -= 54;
  if (m > Math.SQRT2) {
    m *= 0.5;
    k += 1;
  }
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  // 2 artanh(s) = 2s + s R, and 2s = f - s f = f - (f^2/2 - s f^2/2)
  const R =
    z *
    (2 / 3 +
      z *
        (2 / 5 +
          z *
            (2 / 7 +
              z *
                (2 / 9 +
                  z * (2 / 11 + z * (2 / 13 + z * (2 / 15 + z * (2 / 17 + z * (2 / 19 + z * (2 / 21))))))))));
  const halfSquare = 0.5 * f * f;
  return k * ln2High - (halfSquare - (s * (halfSquare + R) + k * ln2Low) - f);
}
