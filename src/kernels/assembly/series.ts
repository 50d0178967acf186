// The functions of src/math/series.ts, which explains them, operation by operation on vectors of numbers of type F. NaN is
// preserved.

/** A constant in every lane. A literal elsewhere in the code would take the type F from its context. */
// @ts-ignore: decorator
@inline
export function splat(value: f64): v128 {
  return v128.splat<F>(<F>value);
}

// @ts-ignore: decorator
@inline
function constant(single: f64, double: f64): v128 {
  return splat(sizeof<F>() == 4 ? single : double);
}

/** 1/2! + x/3! + x^2/4! + ... */
// @ts-ignore: decorator
@inline
function exponentialSeries(x: v128): v128 {
  if (sizeof<F>() == 4) {
    let sum = splat(1.0 / 40320.0);
    sum = v128.add<F>(splat(1.0 / 5040.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(1.0 / 720.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(1.0 / 120.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(1.0 / 24.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(1.0 / 6.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(1.0 / 2.0), v128.mul<F>(x, sum));
    return sum;
  } else {
    let sum = splat(1.0 / 6227020800.0);
    sum = v128.add<F>(splat(1.0 / 479001600.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(1.0 / 39916800.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(1.0 / 3628800.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(1.0 / 362880.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(1.0 / 40320.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(1.0 / 5040.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(1.0 / 720.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(1.0 / 120.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(1.0 / 24.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(1.0 / 6.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(1.0 / 2.0), v128.mul<F>(x, sum));
    return sum;
  }
}

/** 2/3 + x 2/5 + x^2 2/7 + ... */
// @ts-ignore: decorator
@inline
function artanhSeries(x: v128): v128 {
  if (sizeof<F>() == 4) {
    let sum = splat(2.0 / 15.0);
    sum = v128.add<F>(splat(2.0 / 13.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(2.0 / 11.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(2.0 / 9.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(2.0 / 7.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(2.0 / 5.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(2.0 / 3.0), v128.mul<F>(x, sum));
    return sum;
  } else {
    let sum = splat(2.0 / 33.0);
    sum = v128.add<F>(splat(2.0 / 31.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(2.0 / 29.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(2.0 / 27.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(2.0 / 25.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(2.0 / 23.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(2.0 / 21.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(2.0 / 19.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(2.0 / 17.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(2.0 / 15.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(2.0 / 13.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(2.0 / 11.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(2.0 / 9.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(2.0 / 7.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(2.0 / 5.0), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(2.0 / 3.0), v128.mul<F>(x, sum));
    return sum;
  }
}

/** The polynomial p of the normal tail. */
// @ts-ignore: decorator
@inline
function tailPolynomial(x: v128): v128 {
  if (sizeof<F>() == 4) {
    let sum = splat(-1.6064537322651915e-06);
    sum = v128.add<F>(splat(-1.7255241160024965e-06), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(1.9434243297193468e-05), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(3.679339298426306e-05), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(-0.00020677858979509936), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(-0.0004982314898823397), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(0.0030496165180091475), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(0.0034278388195554204), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(-0.06297898389677666), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(0.24533001175724675), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(-0.5641324701531264), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(0.87745452479858), v128.mul<F>(x, sum));
    return sum;
  } else {
    let sum = splat(-1.456255467882181e-12);
    sum = v128.add<F>(splat(-2.154397739035056e-11), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(-5.292494824382767e-13), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(2.8578982492763777e-10), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(2.144017135046001e-10), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(-2.3933779329850044e-09), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(-3.1453956508172794e-09), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(1.843024806774064e-08), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(3.223765089969823e-08), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(-1.5526209695062916e-07), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(-2.760957843331393e-07), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(1.53588585007456e-06), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(1.7316487812105592e-06), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(-1.729767911757321e-05), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(4.907551068425174e-06), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(0.00018796574026217256), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(-0.0005170351017370536), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(-0.0008325940659462443), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(0.010886455838608979), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(-0.045486836698664435), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(0.12782105422768542), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(-0.27627116298368287), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(0.48357981526923044), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(-0.7020201186954605), v128.mul<F>(x, sum));
    sum = v128.add<F>(splat(0.8537846698997351), v128.mul<F>(x, sum));
    return sum;
  }
}

/** k of x = k ln 2 + rest, rounded towards 0. */
// @ts-ignore: decorator
@inline
function exponentOf(x: v128): v128 {
  return v128.trunc<F>(v128.sub<F>(v128.mul<F>(x, splat(1.4426950408889634)), splat(0.5)));
}

/** 2^k of whole numbers, for normal numbers. */
// @ts-ignore: decorator
@inline
function powerOf2(k: v128): v128 {
  // With 3 2^22 or 3 2^51 added, the low bits hold k. The shift drops the others.
  const bits = v128.add<F>(k, constant(12582912, 6755399441055744));
  if (sizeof<F>() == 4) return i32x4.shl(i32x4.add(bits, i32x4.splat(127)), 23);
  return i64x2.shl(i64x2.add(bits, i64x2.splat(1023)), 52);
}

/** e^(rest + low) - 1 for the rest of x. */
// @ts-ignore: decorator
@inline
function fractionOf(x: v128, k: v128, low: v128, hasLow: bool): v128 {
  const high = v128.sub<F>(x, v128.mul<F>(k, constant(0.693359375, 0.6931471803691238)));
  let rest = v128.sub<F>(high, v128.mul<F>(k, constant(-2.12194440e-4, 1.9082149292705877e-10)));
  if (hasLow) rest = v128.add<F>(rest, low);
  return v128.add<F>(rest, v128.mul<F>(v128.mul<F>(rest, rest), exponentialSeries(rest)));
}

// @ts-ignore: decorator
@inline
function lowest(): v128 {
  return constant(-87, -708);
}

// @ts-ignore: decorator
@inline
function expWith(x: v128, low: v128, hasLow: bool): v128 {
  const bounded = v128.pmax<F>(x, lowest());
  const k = exponentOf(bounded);
  const e = v128.mul<F>(powerOf2(k), v128.add<F>(splat(1), fractionOf(bounded, k, low, hasLow)));
  return v128.andnot(e, v128.lt<F>(x, lowest()));
}

/** e^x for x <= 0. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  return expWith(x, x, false);
}

/** e^x - 1 for x <= 0. */
// @ts-ignore: decorator
@inline
export function expm1(x: v128): v128 {
  const bounded = v128.pmax<F>(x, lowest());
  const k = exponentOf(bounded);
  const power = powerOf2(k);
  return v128.add<F>(v128.mul<F>(power, fractionOf(bounded, k, x, false)), v128.sub<F>(power, splat(1)));
}

/** ln(1 + x) for x in [0, 1]. */
// @ts-ignore: decorator
@inline
export function log1p(x: v128): v128 {
  const s = v128.div<F>(x, v128.add<F>(splat(2), x));
  const z = v128.mul<F>(s, s);
  return v128.add<F>(v128.mul<F>(splat(2), s), v128.mul<F>(s, v128.mul<F>(z, artanhSeries(z))));
}

// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const sign = splat(-0.0);
  const e = expm1(v128.mul<F>(splat(2), v128.or(x, sign)));
  const a = v128.div<F>(e, v128.sub<F>(splat(-2), e));
  return v128.xor(a, v128.and(v128.lt<F>(x, splat(0)), sign));
}

// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const e = exp(v128.neg<F>(v128.abs<F>(x)));
  const above = v128.bitselect(splat(1), e, v128.ge<F>(x, splat(0)));
  return v128.div<F>(above, v128.add<F>(splat(1), e));
}

/** s + s (1 - s) y for s = sigmoid(x). */
// @ts-ignore: decorator
@inline
export function sigmoidSlope(x: v128, y: v128): v128 {
  const e = exp(v128.neg<F>(v128.abs<F>(x)));
  const large = v128.div<F>(splat(1), v128.add<F>(splat(1), e));
  const small = v128.mul<F>(e, large);
  const s = v128.bitselect(large, small, v128.ge<F>(x, splat(0)));
  return v128.add<F>(s, v128.mul<F>(v128.mul<F>(large, small), y));
}

/** |x|, at most the limit beyond which the normal tail is 0. */
// @ts-ignore: decorator
@inline
export function boundedForNormal(x: v128): v128 {
  return v128.pmin<F>(v128.abs<F>(x), constant(13.25, 38));
}

/** e^(-t^2/2) for a bounded t. */
// @ts-ignore: decorator
@inline
export function bell(t: v128): v128 {
  const whole = v128.mul<F>(t, constant(4097, 134217729));
  const high = v128.sub<F>(whole, v128.sub<F>(whole, t));
  const low = v128.mul<F>(v128.mul<F>(splat(-0.5), v128.sub<F>(t, high)), v128.add<F>(t, high));
  return expWith(v128.mul<F>(splat(-0.5), v128.mul<F>(high, high)), low, true);
}

/** The density of the standard normal distribution, from `bell`. */
// @ts-ignore: decorator
@inline
export function density(ofBell: v128): v128 {
  return v128.mul<F>(splat(0.3989422804014327), ofBell);
}

/** The probability that a standard normal number is less than x, from the bounded x and `bell`. */
// @ts-ignore: decorator
@inline
export function probability(x: v128, t: v128, ofBell: v128): v128 {
  const shift = constant(3.5, 5.0);
  const u = v128.div<F>(splat(1), v128.add<F>(t, shift));
  const s = v128.mul<F>(v128.sub<F>(v128.mul<F>(constant(1.5283020734786987, 1.2631578947368434), t), shift), u);
  const beyond = v128.mul<F>(v128.mul<F>(u, tailPolynomial(s)), ofBell);
  return v128.bitselect(beyond, v128.sub<F>(splat(1), beyond), v128.lt<F>(x, splat(0)));
}
