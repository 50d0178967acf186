import type { Dtype, FloatArray } from '../math/dtype.ts';
import { exp, log } from '../math/elementary.ts';
import { type Activation, type Kernels, smallestState } from './kernels.ts';

type ActivationKernels = Pick<Kernels, 'activationForwardInPlace' | 'activationBackwardInPlace' | 'copy'>;

/**
 * Activation kernels built from scalar functions. They work for any entry of the table and with every implementation.
 */
export function createActivationKernels(dtype: Dtype, f: FloatArray): ActivationKernels {
  const single = dtype === 'float32';
  const functionsOf = (activation: Activation) => (single ? (activation.float32 ?? activation) : activation);
  return {
    activationForwardInPlace(activation, a, count) {
      const { value } = functionsOf(activation);
      for (let i = a; i < a + count; i++) f[i] = value(f[i]);
    },
    activationBackwardInPlace(activation, x, delta, count) {
      const { derivative } = functionsOf(activation);
      for (let i = 0; i < count; i++) {
        const slope = derivative(f[x + i]);
        f[delta + i] *= single ? Math.fround(slope) : slope;
      }
    },
    copy: (a, out, count) => {
      f.copyWithin(out, a, a + count);
    },
  };
}

/**
 * The kernels in plain TypeScript. Every other implementation must give the same bits.
 *
 * JavaScript computes in float64. For float32, `round` therefore rounds each product and sum that is not stored at
 * once; storing into a Float32Array already rounds.
 */
export function createReferenceKernels(dtype: Dtype, { buffer }: WebAssembly.Memory): Kernels {
  const round = dtype === 'float32' ? Math.fround : (x: number): number => x;
  const f = dtype === 'float32' ? new Float32Array(buffer) : new Float64Array(buffer);
  const ints = new Int32Array(buffer);
  const columns = new Uint16Array(buffer);
  const zeros = (count: number): FloatArray =>
    dtype === 'float32' ? new Float32Array(count) : new Float64Array(count);

  /** out[H] += factor * row[H] */
  function axpy(factor: number, row: number, out: number, H: number): void {
    for (let h = 0; h < H; h++) f[out + h] += round(factor * f[row + h]);
  }

  // A layer with one unit sums its inputs in four parts, by d mod 4, so that the lanes of a vector can hold the parts.
  const partial = new Float64Array(4);
  const clearPartialSums = () => partial.fill(0);
  const addToPartialSum = (d: number, a: number, weight: number): void => {
    partial[d % 4] = round(partial[d % 4] + round(a * weight));
  };
  const withPartialSums = (b: number): number => {
    const sum = round(round(partial[0] + partial[1]) + round(partial[2] + partial[3]));
    return (b < 0 ? 0 : f[b]) + sum;
  };
  const singleUnit = (x: number, w: number, b: number, D: number): number => {
    clearPartialSums();
    for (let d = 0; d < D; d++) addToPartialSum(d, f[x + d], f[w + d]);
    return withPartialSums(b);
  };

  function startWithBias(b: number, out: number, H: number): void {
    if (b < 0) f.fill(0, out, out + H);
    else f.copyWithin(out, b, b + H);
  }

  const sparseGradient: Kernels['sparseBackwardWeights'] = (
    x,
    rows,
    delta,
    gradient,
    _,
    N,
    D,
    H,
    stride,
    continued,
  ) => {
    if (!continued) for (let d = 0; d < D; d++) f.fill(0, gradient + d * stride, gradient + d * stride + H);
    for (let n = 0; n < N; n++) {
      const end = ints[x.starts + ints[rows + n] + 1];
      for (let k = ints[x.starts + ints[rows + n]]; k < end; k++) {
        axpy(f[x.values + k], delta + n * H, gradient + columns[2 * x.columns + k] * stride, H);
      }
    }
  };

  /** z[P] <- softmax(z); returns ln sum e^z. The shift by the maximum keeps every exponential finite. */
  function softmaxRow(row: number, P: number): number {
    const max = f[row + argmax(row, P)];
    let sum = 0;
    for (let p = 0; p < P; p++) {
      f[row + p] = exp(round(f[row + p] - max));
      sum = round(sum + f[row + p]);
    }
    for (let p = 0; p < P; p++) f[row + p] /= sum;
    return max + log(sum);
  }

  function argmax(row: number, P: number): number {
    let best = 0;
    for (let p = 1; p < P; p++) if (f[row + p] > f[row + best]) best = p;
    return best;
  }

  /** delta[N] <- 2/N (delta - y[rows]) */
  function squaredErrorDelta(delta: number, y: number, rows: number, N: number): void {
    const factor = round(2 / N);
    for (let n = 0; n < N; n++) f[delta + n] = factor * round(f[delta + n] - f[y + ints[rows + n]]);
  }

  /** w <- w - rate (gradient + 2 lambda w) */
  function descend(w: number, gradient: FloatArray, rate: number, lambda: number): void {
    for (let i = 0; i < gradient.length; i++) {
      if (lambda !== 0) gradient[i] += round(round(2 * lambda) * f[w + i]);
      f[w + i] -= round(round(rate) * gradient[i]);
    }
  }

  /** Unit h of relu(x[2] w[2,H] + b[H]) */
  function reluUnit(h: number, x: number, w: number, b: number, H: number): number {
    const z = round(round(f[b + h] + round(f[x] * f[w + h])) + round(f[x + 1] * f[w + H + h]));
    // Not Math.max, for the reason given in nn/activations.ts.
    return z < 0 ? 0 : z;
  }

  /** State of an optimiser, as it is kept. */
  const tiny = smallestState[dtype];
  const kept = (x: number): number => (Math.abs(x) < tiny ? 0 : x);

  return {
    dtype,
    floats: f,
    ints,

    gatherRows(source, rows, out, N, D) {
      for (let n = 0; n < N; n++) {
        const from = source + ints[rows + n] * D;
        for (let d = 0; d < D; d++) f[out + n * D + d] = f[from + d];
      }
    },

    denseForward(x, w, b, out, N, D, H) {
      for (let n = 0; n < N; n++) {
        if (H === 1) {
          f[out + n] = singleUnit(x + n * D, w, b, D);
          continue;
        }
        startWithBias(b, out + n * H, H);
        for (let d = 0; d < D; d++) axpy(f[x + n * D + d], w + d * H, out + n * H, H);
      }
    },

    sparseForward(x, rows, w, b, out, N, H, stride) {
      for (let n = 0; n < N; n++) {
        const end = ints[x.starts + ints[rows + n] + 1];
        if (H === 1) {
          clearPartialSums();
          for (let k = ints[x.starts + ints[rows + n]]; k < end; k++) {
            const d = columns[2 * x.columns + k];
            addToPartialSum(d, f[x.values + k], f[w + d * stride]);
          }
          f[out + n] = withPartialSums(b);
          continue;
        }
        startWithBias(b, out + n * H, H);
        for (let k = ints[x.starts + ints[rows + n]]; k < end; k++) {
          axpy(f[x.values + k], w + columns[2 * x.columns + k] * stride, out + n * H, H);
        }
      }
    },

    denseBackwardWeights(x, delta, gradient, N, D, H, continued) {
      if (!continued) f.fill(0, gradient, gradient + D * H);
      for (let n = 0; n < N; n++) {
        for (let d = 0; d < D; d++) axpy(f[x + n * D + d], delta + n * H, gradient + d * H, H);
      }
    },

    sparseBackwardWeights: sparseGradient,

    sparseSgdInPlace(x, rows, delta, gradient, w, rate, _workspace, N, D, H, stride) {
      sparseGradient(x, rows, delta, gradient, _workspace, N, D, H, stride);
      for (let d = 0; d < D; d++) axpy(-round(rate), gradient + d * stride, w + d * stride, H);
    },

    backwardBias(delta, gradient, N, H, continued) {
      if (!continued) f.fill(0, gradient, gradient + H);
      for (let n = 0; n < N; n++) {
        for (let h = 0; h < H; h++) f[gradient + h] += f[delta + n * H + h];
      }
    },

    backwardInputs(delta, w, _scratch, out, N, D, H) {
      for (let n = 0; n < N; n++) {
        for (let d = 0; d < D; d++) {
          let sum = 0;
          for (let h = 0; h < H; h++) sum = round(sum + round(f[delta + n * H + h] * f[w + d * H + h]));
          f[out + n * D + d] = sum;
        }
      }
    },

    ...createActivationKernels(dtype, f),

    multiply(a, b, out, count) {
      for (let i = 0; i < count; i++) f[out + i] = f[a + i] * f[b + i];
    },

    softmaxForwardInPlace(z, N, P) {
      for (let n = 0; n < N; n++) softmaxRow(z + n * P, P);
    },

    scaledDifference(a, y, scale, out, count) {
      const factor = round(scale);
      for (let i = 0; i < count; i++) f[out + i] = factor * round(f[a + i] - f[y + i]);
    },

    squaredError(a, y, count) {
      let sum = 0;
      for (let i = 0; i < count; i++) {
        const difference = f[a + i] - f[y + i];
        sum += difference * difference;
      }
      return sum;
    },

    signOfDifference(a, y, scale, out, count) {
      const factor = round(scale);
      for (let i = 0; i < count; i++) {
        const e = f[a + i] - f[y + i];
        f[out + i] = factor * (e > 0 ? 1 : e < 0 ? -1 : e);
      }
    },

    absoluteError(a, y, count) {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += Math.abs(f[a + i] - f[y + i]);
      return sum;
    },

    limitedDifference(a, y, limit, scale, out, count) {
      const factor = round(scale);
      const most = round(limit);
      for (let i = 0; i < count; i++) {
        const e = round(f[a + i] - f[y + i]);
        f[out + i] = factor * (e > most ? most : e < -most ? -most : e);
      }
    },

    huberError(a, y, limit, count) {
      let sum = 0;
      for (let i = 0; i < count; i++) {
        const size = Math.abs(f[a + i] - f[y + i]);
        sum += size <= limit ? 0.5 * size * size : limit * (size - 0.5 * limit);
      }
      return sum;
    },

    softmaxCrossEntropyInPlace(z, y, N, P) {
      let total = 0;
      for (let n = 0; n < N; n++) {
        const row = z + n * P;
        // -sum y ln(e^z / sum e^z) = sum y (max + ln sum e^(z - max) - z): never the log of 0.
        let weight = 0;
        let weighted = 0;
        for (let p = 0; p < P; p++) {
          const target = f[y + n * P + p];
          weight += target;
          if (target !== 0) weighted += target * f[row + p];
        }
        total += weight * softmaxRow(row, P) - weighted;
      }
      return total;
    },

    countCorrect(a, y, N, P) {
      let correct = 0;
      for (let n = 0; n < N; n++) if (argmax(a + n * P, P) === argmax(y + n * P, P)) correct++;
      return correct;
    },

    binaryCrossEntropy(z, y, count) {
      let total = 0;
      for (let i = 0; i < count; i++) {
        const logit = f[z + i];
        const size = logit < 0 ? -logit : logit;
        // ln(1 + e^z) = max(z, 0) + ln(1 + e^-|z|), which never overflows.
        total += (logit < 0 ? 0 : logit) + log(1 + exp(-size)) - f[y + i] * logit;
      }
      return total;
    },

    countCorrectBinary(a, y, count) {
      let correct = 0;
      for (let i = 0; i < count; i++) if (f[a + i] >= 0.5 === f[y + i] >= 0.5) correct++;
      return correct;
    },

    addPenalty(gradient, w, lambda, count) {
      const factor = round(2 * lambda);
      for (let i = 0; i < count; i++) f[gradient + i] += round(factor * f[w + i]);
    },

    addAbsolutePenalty(gradient, w, l1, count) {
      const slope = round(l1);
      for (let i = 0; i < count; i++) {
        f[gradient + i] += (f[w + i] > 0 ? slope : 0) - (f[w + i] < 0 ? slope : 0);
      }
    },

    sgdInPlace(w, gradient, rate, count) {
      axpy(-round(rate), gradient, w, count);
    },

    momentumInPlace(w, velocity, gradient, rate, momentum, count) {
      const factor = round(rate);
      const memory = round(momentum);
      for (let i = 0; i < count; i++) {
        f[velocity + i] = round(memory * f[velocity + i]) + round(factor * f[gradient + i]);
        f[w + i] -= f[velocity + i];
      }
    },

    nesterovInPlace(w, velocity, gradient, rate, momentum, count) {
      const factor = round(rate);
      const memory = round(momentum);
      for (let i = 0; i < count; i++) {
        const step = round(factor * f[gradient + i]);
        const v = kept(round(round(memory * f[velocity + i]) + step));
        f[velocity + i] = v;
        f[w + i] -= round(round(memory * v) + step);
      }
    },

    rootMeanSquareInPlace(w, s, v, gradient, rate, keep, share, epsilon, momentum, count) {
      const [eta, old, fresh, added, memory] = [rate, keep, share, epsilon, momentum].map(round);
      for (let i = 0; i < count; i++) {
        const g = f[gradient + i];
        const square = kept(round(round(old * f[s + i]) + round(fresh * round(g * g))));
        f[s + i] = square;
        let step = round(round(eta * g) / round(round(Math.sqrt(square)) + added));
        if (v >= 0) {
          step = kept(round(round(memory * f[v + i]) + step));
          f[v + i] = step;
        }
        f[w + i] -= step;
      }
    },

    adamInPlace(w, m, s, gradient, rate, beta1, beta2, epsilon, keep, count) {
      const [eta, old1, fresh1, old2, fresh2, added, whole] = [
        rate,
        beta1,
        1 - beta1,
        beta2,
        1 - beta2,
        epsilon,
        keep,
      ].map(round);
      for (let i = 0; i < count; i++) {
        const g = f[gradient + i];
        const mean = kept(round(round(old1 * f[m + i]) + round(fresh1 * g)));
        const square = kept(round(round(old2 * f[s + i]) + round(fresh2 * round(g * g))));
        f[m + i] = mean;
        f[s + i] = square;
        const step = round(round(eta * mean) / round(round(Math.sqrt(square)) + added));
        f[w + i] = round(whole * f[w + i]) - step;
      }
    },

    sumOfSquares(a, count) {
      const parts = [0, 0, 0, 0];
      for (let i = 0; i < count; i++) parts[i % 4] += f[a + i] * f[a + i];
      return parts[0] + parts[1] + (parts[2] + parts[3]);
    },

    scaleInPlace(a, factor, count) {
      const by = round(factor);
      for (let i = 0; i < count; i++) f[a + i] *= by;
    },

    linearSgdStep(x, y, rows, w, b, delta, N, D, rate, lambda, biasLambda) {
      for (let n = 0; n < N; n++) f[delta + n] = singleUnit(x + ints[rows + n] * D, w, b, D);
      squaredErrorDelta(delta, y, rows, N);
      const [gradient, ofBias] = [zeros(D), zeros(1)];
      for (let n = 0; n < N; n++) {
        const row = x + ints[rows + n] * D;
        for (let d = 0; d < D; d++) gradient[d] += round(f[delta + n] * f[row + d]);
        ofBias[0] += f[delta + n];
      }
      descend(w, gradient, rate, lambda);
      if (b >= 0) descend(b, ofBias, rate, biasLambda);
    },

    relu2H1Forward(x, w, b, v, c, out, N, H) {
      for (let n = 0; n < N; n++) {
        clearPartialSums();
        for (let h = 0; h < H; h++) addToPartialSum(h, reluUnit(h, x + 2 * n, w, b, H), f[v + h]);
        f[out + n] = withPartialSums(c);
      }
    },

    relu2H1SgdStep(x, y, rows, w, b, v, c, inputs, a, delta, N, H, rate, lambda, biasLambda) {
      for (let n = 0; n < N; n++) {
        const row = x + 2 * ints[rows + n];
        f.copyWithin(inputs + 2 * n, row, row + 2);
        for (let h = 0; h < H; h++) f[a + n * H + h] = reluUnit(h, row, w, b, H);
        f[delta + n] = singleUnit(a + n * H, v, c, H);
      }
      squaredErrorDelta(delta, y, rows, N);
      const [ofW, ofB, ofV, ofC] = [zeros(2 * H), zeros(H), zeros(H), zeros(1)];
      for (let n = 0; n < N; n++) {
        for (let h = 0; h < H; h++) {
          const unit = f[a + n * H + h];
          const below = unit > 0 ? round(f[delta + n] * f[v + h]) : 0;
          ofW[h] += round(f[inputs + 2 * n] * below);
          ofW[H + h] += round(f[inputs + 2 * n + 1] * below);
          ofB[h] += below;
          ofV[h] += round(unit * f[delta + n]);
        }
        ofC[0] += f[delta + n];
      }
      descend(w, ofW, rate, lambda);
      descend(b, ofB, rate, biasLambda);
      descend(v, ofV, rate, lambda);
      descend(c, ofC, rate, biasLambda);
    },
  };
}
