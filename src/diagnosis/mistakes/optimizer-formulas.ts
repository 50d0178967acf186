import { type OptimizerConfig, withDefaults } from '../../nn/optimizers.ts';
import { arrayOf, map, type NumberArray } from '../../trace/number-array.ts';
import { eachWeight, kept, type Move } from './update-mistakes.ts';

/** The numbers that configure an optimiser, by name; words are left out. */
export type Settings = Readonly<Record<string, number>>;

export function settingsOf(config: OptimizerConfig): Settings {
  const numbers = Object.entries(withDefaults(config)).filter(([, value]) => typeof value === 'number');
  return Object.fromEntries(numbers) as Settings;
}

export const isNesterov = (config: OptimizerConfig): boolean =>
  config.name === 'sgd' && config.nesterov === 'yes' && (config.momentum ?? 0) > 0;

/** The parts of SGD, Adagrad and RMSprop. */
export interface Descent {
  /** The squares of an array's gradient. */
  readonly squares: (gradient: NumberArray) => NumberArray;
  /** s after the step; g2 is the squared gradient. */
  readonly s: (s: number, g2: number, g: number) => number;
  /** What is multiplied by the learning rate, from s after and before the step. */
  readonly direction: (g: number, s: number, before: number, t: number) => number;
  /** The velocity after the step; moved is the learning rate times the direction. */
  readonly v: (v: number, moved: number, rate: number) => number;
  /** The weight after the step, from the velocities after and before it. */
  readonly w: (w: number, v: number, before: number, moved: number, rate: number) => number;
}

/** SGD, Adagrad or RMSprop with other parts. */
export function descent(
  config: OptimizerConfig,
  changed: Partial<Descent> = {},
  settings = settingsOf(config),
): Move {
  const { rho, epsilon, momentum } = settings;
  const isPlain = config.name === 'sgd';
  const parts: Descent = {
    squares: (gradient) => map(gradient, (g) => g * g),
    s: config.name === 'rmsprop' ? (s, g2) => rho * s + (1 - rho) * g2 : (s, g2) => s + g2,
    direction: isPlain ? (g) => g : (g, s) => g / (Math.sqrt(s) + epsilon),
    v: (v, moved) => momentum * v + moved,
    w: isNesterov(config) ? (w, v, _before, moved) => w - (momentum * v + moved) : (w, v) => w - v,
    ...changed,
  };
  return (step, parameter) => {
    const squares = parts.squares(parameter.gradient).values;
    return eachWeight(({ w, g, v, s, rate, t }, i) => {
      const sAfter = parts.s(s, squares[i], g);
      const moved = rate * parts.direction(g, sAfter, s, t);
      const vAfter = parts.v(v, moved, rate);
      return { w: parts.w(w, vAfter, v, moved, rate), s: sAfter, v: vAfter };
    })(step, parameter);
  };
}

/** The parts of Adam and AdamW. */
export interface Adam {
  readonly m: (m: number, g: number) => number;
  readonly s: (s: number, g: number, m: number) => number;
  /** m and s without their bias at step t. */
  readonly first: (m: number, t: number) => number;
  readonly second: (s: number, t: number) => number;
  /** What is multiplied by the learning rate; m and s are the corrected ones. */
  readonly direction: (m: number, s: number, g: number, t: number) => number;
  /** The weight after its decay. */
  readonly decayed: (w: number, rate: number) => number;
  /** What is kept of m and s for the next step. */
  readonly kept: (m: number, s: number, t: number) => readonly [number, number];
}

/** Adam or AdamW with other parts. */
export function adam(settings: Settings, changed: Partial<Adam> = {}): Move {
  const { beta1, beta2, epsilon, weightDecay = 0 } = settings;
  const parts: Adam = {
    m: (m, g) => beta1 * m + (1 - beta1) * g,
    s: (s, g) => beta2 * s + (1 - beta2) * g * g,
    first: (m, t) => m / (1 - beta1 ** t),
    second: (s, t) => s / (1 - beta2 ** t),
    direction: (m, s) => m / (Math.sqrt(s) + epsilon),
    decayed: (w, rate) => w * (1 - rate * weightDecay),
    kept: (m, s) => [m, s],
    ...changed,
  };
  return eachWeight(({ w, g, m, s, rate, t }) => {
    const mAfter = parts.m(m, g);
    const sAfter = parts.s(s, g, mAfter);
    const direction = parts.direction(parts.first(mAfter, t), parts.second(sAfter, t), g, t);
    const [mKept, sKept] = parts.kept(mAfter, sAfter, t);
    return { w: parts.decayed(w, rate) - rate * direction, m: mKept, s: sKept };
  });
}

/** The optimiser of a config, as formulas. */
export const moveOf = (config: OptimizerConfig): Move =>
  config.name === 'adam' || config.name === 'adamw' ? adam(settingsOf(config)) : descent(config);

/** An optimiser in the place of the exercise's: states that the exercise does not have are kept aside. */
export function inPlaceOf(move: Move, slots: readonly string[]): Move {
  return (step, parameter) => {
    const own = kept<Record<string, NumberArray>>('state', parameter);
    const before = own.before(step) ?? {};
    const state = Object.fromEntries(
      slots.map((slot) => [slot, parameter.state[slot] ?? before[slot] ?? arrayOf(parameter.value.shape)]),
    );
    const moved = move(step, { ...parameter, state });
    own.keep(step, moved.state as Record<string, NumberArray>);
    return {
      value: moved.value,
      state: Object.fromEntries(
        Object.entries(parameter.state).map(([slot, values]) => [slot, moved.state[slot] ?? values]),
      ),
    };
  };
}
