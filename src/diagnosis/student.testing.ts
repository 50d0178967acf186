import type { Exercise, Recording } from '../trace/exercise.ts';
import type { NumberArray } from '../trace/number-array.ts';
import { placesOf } from '../trace/quantities.ts';

/**
 * A program as a student writes it, with lists of lists, that shares no code with the right program or with the tables of
 * mistakes. Biases are lists with one row, and the loss is one number.
 */

/** Everything that can be wrong in it by a switch. */
export const switches = [
  'targets-shifted',
  'last-batch-dropped',
  'rows-reversed',
  'first-batches-again',
  'bias-left-out',
  'bias-twice',
  'other-activation',
  'leaky-slope',
  'no-output-activation',
  'softmax-over-rows',
  'loss-half',
  'loss-over-outputs',
  'loss-not-averaged',
  'loss-with-penalty',
  'output-delta-without-2',
  'output-delta-not-averaged',
  'output-delta-over-outputs',
  'output-delta-negative',
  'output-derivative-left-out',
  'output-derivative-twice',
  'softmax-derivative-again',
  'derivative-left-out',
  'derivative-twice',
  'derivative-at-a',
  'derivative-of-other',
  'derivative-of-layer-above',
  'derivative-mixed',
  'new-weights-backwards',
  'initial-weights-backwards',
  'kernel-gradient-over-rows',
  'kernel-gradient-mixed',
  'kernel-gradient-from-z',
  'bias-gradient-mean',
  'bias-gradient-zero',
  'bias-gradient-over-wrong-axis',
  'bias-gradient-first-row',
  'penalty-left-out',
  'penalty-twice',
  'penalty-half',
  'penalty-over-rows',
  'penalty-on-other-biases',
  'l1-without-sign',
  'rate-twice',
  'rate-half',
  'rate-negative',
  'rate-137',
  'momentum-left-out',
  'momentum-old-velocity',
  'momentum-damped',
  'momentum-restarted-each-epoch',
  'nesterov-plain',
  'adam-no-correction',
  'adam-correction-of-first-step',
  'adam-epsilon-inside',
  'adam-step-is-epoch',
  'betas-swapped',
  'root-left-out',
  'state-not-kept',
  'state-shared-by-layers',
  'clipping-left-out',
  'clipping-each-array',
  'weight-decay-left-out',
  'decay-left-out',
  'decay-per-step',
  'decay-from-1',
  'float32',
] as const;
export type Switch = (typeof switches)[number];

export type Matrix = number[][];

/** A switch that is on, everywhere or only there. */
export interface On {
  readonly name: Switch;
  readonly layer?: number;
  readonly fromStep?: number;
  readonly epoch?: number;
}

/** Changes a quantity right after it was computed; the program continues with what it returns. */
export type Tamper = (
  value: Matrix,
  quantity: string,
  layer: number | null,
  step: number,
  epoch: number,
) => Matrix;

const zip = (a: Matrix, b: Matrix, f: (x: number, y: number) => number): Matrix =>
  a.map((row, i) => row.map((x, j) => f(x, b[i][j])));
const each = (a: Matrix, f: (x: number) => number): Matrix => a.map((row) => row.map(f));
const turned = (a: Matrix): Matrix => a[0].map((_, j) => a.map((row) => row[j]));
const dot = (a: Matrix, b: Matrix): Matrix => {
  const columns = turned(b);
  return a.map((row) => columns.map((column) => column.reduce((sum, y, i) => sum + row[i] * y, 0)));
};
const zeros = (a: Matrix): Matrix => each(a, () => 0);
const total = (a: Matrix): number => a.flat().reduce((sum, x) => sum + x, 0);

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
/** The error function by its series. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
const phi = (z: number) => 0.5 * (1 + erf(z / Math.SQRT2));
const cubic = (z: number) => Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3);

type Functions = { f: (z: number) => number; slope: (z: number) => number };
/** f(z) and f'(z). */
function functionsOf(name: string, leak: number): Functions {
  switch (name) {
    case 'sigmoid':
      return { f: sigmoid, slope: (z) => sigmoid(z) * (1 - sigmoid(z)) };
    case 'relu':
      return { f: (z) => Math.max(0, z), slope: (z) => (z > 0 ? 1 : 0) };
    case 'leaky_relu':
      return { f: (z) => (z > 0 ? z : leak * z), slope: (z) => (z > 0 ? 1 : leak) };
    case 'tanh':
      return { f: Math.tanh, slope: (z) => 1 - Math.tanh(z) ** 2 };
    case 'elu':
      return { f: (z) => (z > 0 ? z : Math.expm1(z)), slope: (z) => (z > 0 ? 1 : Math.exp(z)) };
    case 'gelu':
      return {
        f: (z) => z * phi(z),
        slope: (z) => phi(z) + (z * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI),
      };
    case 'gelu_tanh':
      return {
        f: (z) => 0.5 * z * (1 + Math.tanh(cubic(z))),
        slope: (z) => {
          const t = Math.tanh(cubic(z));
          return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * z * z);
        },
      };
    case 'silu':
      return {
        f: (z) => z * sigmoid(z),
        slope: (z) => sigmoid(z) + z * sigmoid(z) * (1 - sigmoid(z)),
      };
    case 'softplus':
      return { f: (z) => Math.log1p(Math.exp(z)), slope: sigmoid };
    case 'relu6':
      return { f: (z) => Math.min(6, Math.max(0, z)), slope: (z) => (z > 0 && z < 6 ? 1 : 0) };
    default:
      return { f: (z) => z, slope: () => 1 };
  }
}

const softmax = (z: Matrix): Matrix =>
  z.map((row) => {
    const largest = Math.max(...row);
    const e = row.map((x) => Math.exp(x - largest));
    const sum = e.reduce((s, x) => s + x, 0);
    return e.map((x) => x / sum);
  });

/** Trains as the exercise says, apart from what is wrong, and records everything: [step][place]. */
export function runStudent(
  exercise: Exercise,
  wrong: readonly On[] = [],
  tampers: readonly Tamper[] = [],
): Recording['steps'] {
  const rows = (a: NumberArray): Matrix =>
    Array.from({ length: a.shape[0] }, (_, n) => [
      ...a.values.subarray((n * a.values.length) / a.shape[0], ((n + 1) * a.values.length) / a.shape[0]),
    ]);
  const { layers, optimizer, penalty } = exercise;
  const settings = optimizer as unknown as Record<string, number | string | undefined>;
  const setting = (name: string, usual: number) => (settings[name] as number | undefined) ?? usual;
  const [X, Y] = [rows(exercise.x), rows(exercise.y)];
  const W = layers.map(({ kernel }) => rows(kernel));
  const B = layers.map(({ bias }) => (bias === null ? null : [[...bias.values]]));
  const W0 = W.map((kernel) => kernel.map((row) => [...row]));
  const states: Record<string, Matrix>[][] = layers.map(() => [{}, {}]);
  const places = placesOf(exercise);
  const last = layers.length - 1;
  const steps: (NumberArray | null)[][] = [];
  let [k, epoch] = [0, 0];
  const on = (name: Switch, layer?: number): boolean =>
    wrong.some(
      (one) =>
        one.name === name &&
        (one.layer === undefined || one.layer === layer) &&
        k >= (one.fromStep ?? 0) &&
        (one.epoch ?? epoch) === epoch,
    );
  const keep = (quantity: string, layer: number | null, computed: Matrix): Matrix => {
    let value = on('float32') ? each(computed, Math.fround) : computed;
    for (const tamper of tampers) value = tamper(value, quantity, layer, k, epoch);
    const index = places.findIndex((place) => place.quantity === quantity && place.layer === layer);
    const shape =
      quantity === 'loss'
        ? []
        : quantity.startsWith('bias')
          ? [value[0].length]
          : [value.length, value[0].length];
    if (index >= 0) steps[k][index] = { shape, values: Float64Array.from(value.flat()) };
    return value;
  };
  for (epoch = 0; epoch < exercise.batches.length; epoch++) {
    let batches = exercise.batches[on('first-batches-again') ? 0 : epoch];
    if (on('last-batch-dropped')) batches = batches.slice(0, -1);
    for (let b = 0; b < batches.length; b++, k++) {
      steps[k] = places.map(() => null);
      const chosen = on('rows-reversed') ? [...batches[b]].reverse() : batches[b];
      const N = chosen.length;
      const x = keep(
        'x',
        null,
        chosen.map((row) => [...X[row]]),
      );
      const y = keep(
        'y',
        null,
        chosen.map((row) => [...Y[on('targets-shifted') ? (row + 1) % Y.length : row]]),
      );
      const P = y[0].length;
      const [z, a]: [Matrix[], Matrix[]] = [[], []];
      for (let l = 0; l <= last; l++) {
        let sums = dot(l === 0 ? x : a[l - 1], W[l]);
        const bias = B[l];
        if (bias !== null && !on('bias-left-out', l)) {
          const times = on('bias-twice', l) ? 2 : 1;
          sums = sums.map((row) => row.map((value, h) => value + times * bias[0][h]));
        }
        z[l] = keep('z', l, sums);
        a[l] = keep('a', l, activated(l, z[l]));
      }
      keep('loss', null, [[lossOf(z[last], a[last], y, N, P)]]);
      const gradients: (Matrix | null)[][] = [];
      let delta: Matrix = [];
      const backwards = [...W];
      for (let l = last; l >= 0; l--) {
        let computed = l === last ? outputDelta(z[l], a[l], y, N, P) : hiddenDelta(l, delta, z, a, backwards);
        computed = keep('delta', l, computed);
        delta = computed;
        const below = l === 0 ? x : on('kernel-gradient-from-z', l) ? z[l - 1] : a[l - 1];
        let kernel = dot(turned(below), delta);
        if (on('kernel-gradient-over-rows', l)) kernel = each(kernel, (g) => g / N);
        if (on('kernel-gradient-mixed', l)) kernel = zip(kernel, W[l], (g, w) => g + 0.3 * w * w);
        const gradient = keep('kernel_gradient', l, penalized(l, kernel, W[l], true, N));
        const bias = B[l];
        if (bias === null) {
          gradients[l] = [gradient, null];
        } else {
          let sums = [delta[0].map((_, h) => delta.reduce((sum, row) => sum + row[h], 0))];
          if (on('bias-gradient-mean', l)) sums = each(sums, (g) => g / N);
          if (on('bias-gradient-zero', l)) sums = zeros(sums);
          if (on('bias-gradient-first-row', l)) sums = [[...delta[0]]];
          if (on('bias-gradient-over-wrong-axis', l))
            sums = [delta.map((row) => row.reduce((s, d) => s + d, 0))];
          if (sums[0].length === bias[0].length) sums = penalized(l, sums, bias, false, N);
          gradients[l] = [gradient, keep('bias_gradient', l, sums)];
        }
        if (on('new-weights-backwards', l) && optimizer.name === 'sgd' && settings.momentum === undefined)
          backwards[l] = zip(W[l], gradient, (w, g) => w - rateOf(b, exercise.batches[epoch].length) * g);
      }
      if (gradients.some((ofLayer, l) => ofLayer[1] !== null && ofLayer[1][0].length !== B[l]![0].length))
        return steps;
      const rate = rateOf(b, exercise.batches[epoch].length);
      const flat = gradients.flat().filter((g) => g !== null);
      const norm = Math.sqrt(flat.reduce((sum, g) => sum + total(each(g, (v) => v * v)), 0));
      const limit = settings.clipNorm as number | undefined;
      for (let l = 0; l <= last; l++)
        for (const kind of [0, 1]) {
          let g = gradients[l][kind];
          if (g === null) continue;
          if (limit !== undefined && !on('clipping-left-out')) {
            const own = on('clipping-each-array') ? Math.sqrt(total(each(g, (v) => v * v))) : norm;
            const factor = Math.min(1, limit / (own + 1e-6));
            g = each(g, (v) => v * factor);
          }
          const weights = kind === 0 ? W[l] : B[l]!;
          const shared = on('state-shared-by-layers') && sameShape(l, kind) ? 0 : l;
          if (on('momentum-restarted-each-epoch') && b === 0) states[shared][kind] = {};
          if (on('state-not-kept', l)) states[shared][kind] = {};
          const moved = move(l, states[shared][kind], g, weights, rate);
          const prefix = kind === 0 ? 'kernel' : 'bias';
          for (const slot of Object.keys(states[shared][kind]))
            states[shared][kind][slot] = keep(`${prefix}_${slot}`, l, states[shared][kind][slot]);
          const updated = keep(prefix, l, moved(states[shared][kind]));
          if (kind === 0) W[l] = updated;
          else B[l] = updated;
        }
    }
  }
  return steps;

  function sameShape(l: number, kind: number): boolean {
    if (kind === 1) return B[0] !== null && B[l]![0].length === B[0][0].length;
    return W[l].length === W[0].length && W[l][0].length === W[0][0].length;
  }

  function functions(l: number): Functions {
    const { activation } = layers[l];
    if (on('other-activation', l) && l < last)
      return functionsOf(activation === 'tanh' ? 'sigmoid' : 'tanh', 0.01);
    return functionsOf(activation, on('leaky-slope', l) ? 0.2 : 0.01);
  }

  function activated(l: number, z: Matrix): Matrix {
    if (l === last && on('no-output-activation')) return z;
    if (layers[l].activation === 'softmax')
      return on('softmax-over-rows') ? turned(softmax(turned(z))) : softmax(z);
    return each(z, functions(l).f);
  }

  function lossOf(z: Matrix, a: Matrix, y: Matrix, N: number, P: number): number {
    let sum = 0;
    a.forEach((row, n) => {
      row.forEach((value, p) => {
        const [e, target] = [value - y[n][p], y[n][p]];
        const width = exercise.delta;
        if (exercise.loss === 'mse') sum += e * e;
        else if (exercise.loss === 'mae') sum += Math.abs(e);
        else if (exercise.loss === 'huber')
          sum += Math.abs(e) <= width ? (e * e) / 2 : width * (Math.abs(e) - width / 2);
        else if (exercise.loss === 'cross_entropy') sum -= target * Math.log(softmax(z)[n][p]);
        else sum += Math.log1p(Math.exp(z[n][p])) - target * z[n][p];
      });
    });
    if (!on('loss-not-averaged')) sum /= N;
    if (on('loss-half')) sum /= 2;
    if (on('loss-over-outputs')) sum /= P;
    if (on('loss-with-penalty'))
      W.forEach((kernel) => {
        sum +=
          penalty.lambda * total(each(kernel, (w) => w * w)) + penalty.l1 * total(each(kernel, Math.abs));
      });
    return sum;
  }

  function outputDelta(z: Matrix, a: Matrix, y: Matrix, N: number, P: number): Matrix {
    const { loss, delta: width } = exercise;
    let d = zip(a, y, (value, target) => {
      const e = value - target;
      if (loss === 'mse') return on('output-delta-without-2') ? e : 2 * e;
      if (loss === 'mae') return Math.sign(e);
      return loss === 'huber' ? Math.max(-width, Math.min(width, e)) : e;
    });
    if (!on('output-delta-not-averaged')) d = each(d, (v) => v / N);
    if (on('output-delta-over-outputs')) d = each(d, (v) => v / P);
    if (on('output-delta-negative')) d = each(d, (v) => -v);
    const slopes = each(z, functions(last).slope);
    if (loss === 'mse' || loss === 'mae' || loss === 'huber') {
      if (!on('output-derivative-left-out')) d = zip(d, slopes, (v, s) => v * s);
      if (on('output-derivative-twice')) d = zip(d, slopes, (v, s) => v * s);
    } else if (on('softmax-derivative-again')) d = zip(d, a, (v, s) => v * s * (1 - s));
    return d;
  }

  function hiddenDelta(l: number, above: Matrix, z: Matrix[], a: Matrix[], kernels: Matrix[]): Matrix {
    const kernel = on('initial-weights-backwards', l) ? W0[l + 1] : kernels[l + 1];
    const back = dot(above, turned(kernel));
    const { slope } = functions(l);
    if (on('derivative-left-out', l)) return back;
    const slopes = on('derivative-at-a', l)
      ? each(a[l], slope)
      : on('derivative-of-other', l)
        ? each(z[l], functionsOf(layers[l].activation === 'sigmoid' ? 'tanh' : 'sigmoid', 0.01).slope)
        : on('derivative-of-layer-above', l) && z[l + 1][0].length === z[l][0].length
          ? each(z[l + 1], slope)
          : each(z[l], slope);
    if (on('derivative-mixed', l)) return zip(back, slopes, (v, s) => v * (0.3 * s + 0.7));
    const once = zip(back, slopes, (v, s) => v * s);
    return on('derivative-twice', l) ? zip(once, slopes, (v, s) => v * s) : once;
  }

  function penalized(l: number, gradient: Matrix, w: Matrix, isKernel: boolean, N: number): Matrix {
    const biases = on('penalty-on-other-biases') ? !penalty.penalizeBiases : penalty.penalizeBiases;
    if ((!isKernel && !biases) || on('penalty-left-out', l)) return gradient;
    let factor = on('penalty-twice', l) ? 2 : 1;
    if (on('penalty-over-rows')) factor /= N;
    const two = on('penalty-half', l) ? 1 : 2;
    return zip(
      gradient,
      w,
      (g, v) =>
        g + factor * (two * penalty.lambda * v + penalty.l1 * (on('l1-without-sign') ? v : Math.sign(v))),
    );
  }

  function rateOf(b: number, S: number): number {
    let rate = exercise.learningRate;
    const { schedule } = exercise;
    const perStep = on('decay-per-step') || schedule === 'decay_per_step';
    if (schedule !== 'constant' && !on('decay-left-out'))
      rate /= epoch * S + (perStep ? b : 0) + 1 + (on('decay-from-1') ? 1 : 0);
    if (on('rate-twice')) rate *= 2;
    if (on('rate-half')) rate /= 2;
    if (on('rate-negative')) rate = -rate;
    if (on('rate-137')) rate *= 1.37;
    return rate;
  }

  /** Updates the state in place; the result makes the new weights from the state that is kept. */
  function move(
    l: number,
    state: Record<string, Matrix>,
    g: Matrix,
    w: Matrix,
    rate: number,
  ): (state: Record<string, Matrix>) => Matrix {
    const old = (slot: string) => {
      state[slot] ??= zeros(w);
      return state[slot];
    };
    const mu = on('momentum-left-out', l) ? 0 : setting('momentum', 0);
    const hasMomentum = setting('momentum', 0) !== 0;
    if (optimizer.name === 'sgd') {
      if (!hasMomentum) return () => zip(w, g, (v, d) => v - rate * d);
      const before = old('v');
      const share = on('momentum-damped', l) ? 1 - mu : 1;
      state.v = zip(before, g, (v, d) => mu * v + share * rate * d);
      if (settings.nesterov === 'yes' && !on('nesterov-plain'))
        return ({ v }) =>
          zip(
            w,
            zip(v, g, (one, d) => mu * one + rate * d),
            (one, d) => one - d,
          );
      return ({ v }) => zip(w, on('momentum-old-velocity', l) ? before : v, (one, d) => one - d);
    }
    if (optimizer.name === 'adagrad' || optimizer.name === 'rmsprop') {
      const rho = optimizer.name === 'adagrad' ? 1 : setting('rho', 0.99);
      const share = optimizer.name === 'adagrad' ? 1 : 1 - rho;
      const epsilon = setting('epsilon', optimizer.name === 'adagrad' ? 1e-10 : 1e-8);
      state.s = zip(old('s'), g, (s, d) => rho * s + share * d * d);
      const direction = ({ s }: Record<string, Matrix>) =>
        zip(
          g,
          s,
          (d, one) => (rate * d) / (on('root-left-out', l) ? one + epsilon : Math.sqrt(one) + epsilon),
        );
      if (!hasMomentum) return (after) => zip(w, direction(after), (one, d) => one - d);
      state.v = zip(old('v'), direction(state), (v, d) => mu * v + d);
      return ({ v }) => zip(w, v, (one, d) => one - d);
    }
    let [beta1, beta2] = [setting('beta1', 0.9), setting('beta2', 0.999)];
    if (on('betas-swapped')) [beta1, beta2] = [beta2, beta1];
    const epsilon = setting('epsilon', 1e-8);
    const decay =
      optimizer.name === 'adamw' && !on('weight-decay-left-out') ? setting('weightDecay', 0.01) : 0;
    const t = on('adam-correction-of-first-step') ? 1 : on('adam-step-is-epoch') ? epoch + 1 : k + 1;
    state.m = zip(old('m'), g, (m, d) => beta1 * m + (1 - beta1) * d);
    state.s = zip(old('s'), g, (s, d) => beta2 * s + (1 - beta2) * d * d);
    const corrected = on('adam-no-correction') ? 1 : 0;
    return ({ m, s }) =>
      w.map((row, i) =>
        row.map((one, j) => {
          const mean = corrected === 1 ? m[i][j] : m[i][j] / (1 - beta1 ** t);
          const square = corrected === 1 ? s[i][j] : s[i][j] / (1 - beta2 ** t);
          const root = on('root-left-out', l)
            ? square + epsilon
            : on('adam-epsilon-inside')
              ? Math.sqrt(square + epsilon)
              : Math.sqrt(square) + epsilon;
          return one - rate * decay * one - (rate * mean) / root;
        }),
      );
  }
}
