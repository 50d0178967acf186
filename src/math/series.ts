/*
 * Functions of activations in either element type, computed with only + - * / and the bits of a number, each result rounded to
 * that type. So every engine and machine gives the same bits, and vectors of float32 hold twice as many numbers as of
 * float64. All are within a few units in the last place (series.test.ts measures how many), except where a result is below
 * the smallest normal number: it becomes 0 there, since processors compute with smaller ones many times more slowly.
 *
 * src/kernels/assembly/series.ts repeats them operation by operation.
 */
import type { Dtype } from './dtype.ts';

export interface Series {
  /** Rounds to the element type. */
  readonly round: (x: number) => number;
  /** e^(x + low) for x <= 0 and a low that is small beside 1; 0 where e^x is not a normal number. */
  exp(x: number, low?: number): number;
  /** e^x - 1 for x <= 0. */
  expm1(x: number): number;
  /** ln(1 + x) for x in [0, 1]. */
  log1p(x: number): number;
  tanh(x: number): number;
  /** s = 1 / (1 + e^-x). */
  sigmoid(x: number): number;
  /** s + s (1 - s) y for that s. */
  sigmoidSlope(x: number, y: number): number;
  /** The standard normal distribution: its density, and the probability of less than x. */
  density(x: number): number;
  probability(x: number): number;
}

interface Constants {
  /** e^x is normal from here on. */
  readonly lowest: number;
  /** ln 2 in two parts: the product of the first one with any exponent is exact. */
  readonly ln2: readonly [high: number, low: number];
  /** The last power of the series of e^r, |r| <= 0.43. */
  readonly powers: number;
  /** The number of terms of the series of artanh(s) / s - 1 for s <= 1/3. */
  readonly terms: number;
  /** x times this splits x into halves (T. J. Dekker, A floating-point technique for extending precision, 1971). */
  readonly split: number;
  readonly tail: Tail;
}

/**
 * P(X > t) / e^(-t^2/2) for a standard normal X and t in [0, limit], as u p(s) with u = 1 / (t + shift), s = (alpha t - shift)
 * u in [-1, 1], and a polynomial p interpolated at Chebyshev nodes, lowest power first. Its relative error is below that of
 * rounding.
 */
export interface Tail {
  readonly limit: number;
  readonly shift: number;
  readonly alpha: number;
  readonly polynomial: readonly number[];
}

const constants: Readonly<Record<Dtype, Constants>> = {
  float32: {
    lowest: -87,
    ln2: [0.693359375, -2.1219444e-4],
    powers: 8,
    terms: 7,
    split: 2 ** 12 + 1,
    tail: {
      limit: 13.25,
      shift: 3.5,
      alpha: 1.5283020734786987,
      polynomial: [
        0.87745452479858, -0.5641324701531264, 0.24533001175724675, -0.06297898389677666,
        0.0034278388195554204, 0.0030496165180091475, -0.0004982314898823397, -0.00020677858979509936,
        3.679339298426306e-5, 1.9434243297193468e-5, -1.7255241160024965e-6, -1.6064537322651915e-6,
      ],
    },
  },
  float64: {
    lowest: -708,
    ln2: [0.6931471803691238, 1.9082149292705877e-10],
    powers: 13,
    terms: 16,
    split: 2 ** 27 + 1,
    tail: {
      limit: 38,
      shift: 5,
      alpha: 1.2631578947368434,
      polynomial: [
        0.8537846698997351, -0.7020201186954605, 0.48357981526923044, -0.27627116298368287,
        0.12782105422768542, -0.045486836698664435, 0.010886455838608979, -0.0008325940659462443,
        -0.0005170351017370536, 0.00018796574026217256, 4.907551068425174e-6, -1.729767911757321e-5,
        1.7316487812105592e-6, 1.53588585007456e-6, -2.760957843331393e-7, -1.5526209695062916e-7,
        3.223765089969823e-8, 1.843024806774064e-8, -3.1453956508172794e-9, -2.3933779329850044e-9,
        2.144017135046001e-10, 2.8578982492763777e-10, -5.292494824382767e-13, -2.154397739035056e-11,
        -1.456255467882181e-12,
      ],
    },
  },
};

/** The tail of the normal distribution in each element type, for programs that compute it with other arithmetic. */
export const normalTails: Readonly<Record<Dtype, Tail>> = {
  float32: constants.float32.tail,
  float64: constants.float64.tail,
};

/** 2^-k. */
const halves = new Float64Array(1023).fill(1);
for (let k = 1; k < halves.length; k++) halves[k] = halves[k - 1] / 2;

/** The functions in an element type. */
export function createSeries(dtype: Dtype): Series {
  const r = dtype === 'float32' ? Math.fround : (x: number): number => x;
  const { lowest, ln2, powers, terms, split, tail } = constants[dtype];
  const [ln2High, ln2Low] = ln2.map(r);
  const log2e = r(Math.LOG2E);
  // 1/2!, 1/3!, ... for e^r, and 2/3, 2/5, ... for 2 artanh(s).
  const inverseFactorials = Array.from({ length: powers - 1 }, (_, i) => r(1 / factorial(i + 2)));
  const oddFractions = Array.from({ length: terms }, (_, i) => r(2 / (2 * i + 3)));
  const polynomial = tail.polynomial.map(r);
  const densityAt0 = r(1 / Math.sqrt(2 * Math.PI));

  /** c[0] + x (c[1] + x (c[2] + ...)) */
  function horner(c: readonly number[], x: number): number {
    let sum = c[c.length - 1];
    for (let i = c.length - 2; i >= 0; i--) sum = r(c[i] + r(x * sum));
    return sum;
  }

  /** x = k ln 2 + rest: k, and e^(rest + low) - 1 = rest + rest^2 (1/2! + rest/3! + ...). */
  function reduced(x: number, low: number): { readonly power: number; readonly fraction: number } {
    const k = Math.trunc(r(r(x * log2e) - 0.5)) | 0;
    const rest = r(r(r(x - r(k * ln2High)) - r(k * ln2Low)) + low);
    const fraction = r(rest + r(r(rest * rest) * horner(inverseFactorials, rest)));
    return { power: halves[-k], fraction };
  }

  const exp: Series['exp'] = (x, low = 0) => {
    const { power, fraction } = reduced(x < lowest ? lowest : x, low);
    return x < lowest ? 0 : r(power * r(1 + fraction));
  };
  const expm1: Series['expm1'] = (x) => {
    const { power, fraction } = reduced(x < lowest ? lowest : x, 0);
    return r(r(power * fraction) + r(power - 1));
  };
  /** e^(-t^2/2) for t in [0, limit]: a rounded t^2 would cost digits. */
  const bell = (t: number): number => {
    const whole = r(t * split);
    const high = r(whole - r(whole - t));
    return exp(r(-0.5 * r(high * high)), r(r(-0.5 * r(t - high)) * r(t + high)));
  };
  const bounded = (x: number): number => (Math.abs(x) > tail.limit ? tail.limit : Math.abs(x));
  return {
    round: r,
    exp,
    expm1,
    log1p(x) {
      const s = r(x / r(2 + x));
      const z = r(s * s);
      return r(r(2 * s) + r(s * r(z * horner(oddFractions, z))));
    },
    tanh(x) {
      const e = expm1(r(-2 * Math.abs(x)));
      const a = r(-e / r(2 + e));
      return x < 0 ? -a : a;
    },
    sigmoid(x) {
      const e = exp(-Math.abs(x));
      return r((x >= 0 ? 1 : e) / r(1 + e));
    },
    sigmoidSlope(x, y) {
      // 1 - s would lose its digits where s is near 1.
      const e = exp(-Math.abs(x));
      const large = r(1 / r(1 + e));
      const small = r(e * large);
      return r((x >= 0 ? large : small) + r(r(large * small) * y));
    },
    density: (x) => r(densityAt0 * bell(bounded(x))),
    probability(x) {
      const t = bounded(x);
      const u = r(1 / r(t + tail.shift));
      const beyond = r(r(u * horner(polynomial, r(r(r(tail.alpha * t) - tail.shift) * u))) * bell(t));
      return x < 0 ? beyond : r(1 - beyond);
    },
  };
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}
