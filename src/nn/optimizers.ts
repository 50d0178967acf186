import type { Kernels } from '../kernels/kernels.ts';

/** A value of a hyperparameter: a number, or one of its words. */
export type HyperparameterValue = number | string;

/** What configures an optimiser. Each is a command-line option. */
export interface Hyperparameter {
  /** The default. A hyperparameter with this value is left out of a trial's id, so this value must never change. */
  readonly default: HyperparameterValue;
  /** The allowed values, in words. */
  readonly range: string;
  /** The allowed numbers; none if it is left out. */
  readonly holds?: (value: number) => boolean;
  /** The allowed words; none if it is left out. */
  readonly choices?: readonly string[];
  /** Another hyperparameter. While that one is 0, this one has no effect. */
  readonly needs?: string;
  /** One line for --help. */
  readonly help: string;
}

/** Whether a hyperparameter can have a value. */
export function allows({ holds, choices = [] }: Hyperparameter, value: unknown): boolean {
  return typeof value === 'number' ? holds?.(value) === true : choices.includes(value as string);
}

/** An update rule for weights, with every hyperparameter set. */
export interface Optimizer {
  /** The names of the numbers of state for each weight. They start at 0 and have the same layout as the weights. */
  readonly slots: readonly string[];
  /**
   * Whether a step is exactly w <- w - rate g. Kernels that compute a complete step can then replace it, and weights whose
   * gradient is 0 stay as they are. Every other rule may move them, so it needs the gradients of all weights.
   */
  readonly isPlain: boolean;
  /** The largest norm of the gradient of all weights together; a longer gradient is scaled down to it. */
  readonly clipNorm: number;
  /**
   * Updates the `count` weights at `w` with their gradients g at `gradient`.
   *
   * `state` holds the offset of each slot. `step` counts the steps of the training run, from 1.
   */
  readonly update: (
    kernels: Kernels,
    w: number,
    gradient: number,
    state: readonly number[],
    count: number,
    rate: number,
    step: number,
  ) => void;
}

type Hyperparameters = Readonly<Record<string, Hyperparameter>>;

/** A value for each hyperparameter: a number or a word, or either. */
type SettingsOf<Known extends Hyperparameters> = {
  readonly [Name in keyof Known]:
    | (Known[Name] extends { holds: unknown } ? number : never)
    | (Known[Name] extends { choices: unknown } ? string : never);
};

interface OptimizerEntry<Known extends Hyperparameters> {
  readonly title: string;
  readonly hyperparameters: Known;
  readonly create: (settings: SettingsOf<Known>) => Omit<Optimizer, 'clipNorm'>;
}

const fraction = (help: string, usual: number) => ({
  default: usual,
  range: 'a number in [0, 1)',
  holds: (x: number) => x >= 0 && x < 1,
  help,
});

const momentum = fraction('momentum, 0 to below 1', 0);

/** At 0, a weight whose gradients are all 0 would become 0/0. Below 1e-30, float32 would round it to 0 in Adam. */
const epsilon = (usual: number) => ({
  default: usual,
  range: 'a finite number >= 1e-30',
  holds: (x: number) => x >= 1e-30 && x < Infinity,
  help: 'number added to the root of the mean squared gradient, so that it is never 0',
});

/** The hyperparameters that every optimiser has. */
const ofEvery = {
  clipNorm: {
    default: 'none',
    range: 'a finite number > 0, or none',
    holds: (x: number) => x > 0 && x < Infinity,
    choices: ['none'],
    help: 'largest norm of the gradient of all weights, penalties included; longer ones are scaled down to it',
  },
};

const adamParameters = {
  beta1: fraction('decay of the mean gradient, 0 to below 1', 0.9),
  beta2: fraction('decay of the mean squared gradient, 0 to below 1', 0.999),
  epsilon: epsilon(1e-8),
  ...ofEvery,
};

/**
 * Every optimiser. An entry defines everything about it.
 *
 * The formulas and defaults are those of PyTorch (torch.optim), with one difference that shows only when the learning rate
 * changes: the velocity v of momentum contains the rate, as in the report and in Keras.
 */
export const optimizers = {
  /** v <- momentum v + rate g; w <- w - v, or with Nesterov's momentum w <- w - (momentum v + rate g). */
  sgd: define({
    title: 'SGD',
    hyperparameters: {
      momentum,
      nesterov: {
        default: 'no',
        range: 'yes or no',
        choices: ['no', 'yes'],
        needs: 'momentum',
        help: "whether momentum is Nesterov's",
      },
      ...ofEvery,
    },
    create({ momentum, nesterov }) {
      if (momentum === 0)
        return {
          slots: [],
          isPlain: true,
          update: (kernels, w, gradient, _state, count, rate) => kernels.sgdInPlace(w, gradient, rate, count),
        };
      const kernel = nesterov === 'yes' ? 'nesterovInPlace' : 'momentumInPlace';
      return {
        slots: ['v'],
        isPlain: false,
        update: (kernels, w, gradient, [v], count, rate) =>
          kernels[kernel](w, v, gradient, rate, momentum, count),
      };
    },
  }),
  /**
   * s <- s + g^2; d = rate g / (sqrt(s) + epsilon); v <- momentum v + d; w <- w - v.
   *
   * J. Duchi, E. Hazan and Y. Singer, Adaptive subgradient methods, JMLR 12, 2011.
   */
  adagrad: define({
    title: 'Adagrad',
    hyperparameters: { momentum, epsilon: epsilon(1e-10), ...ofEvery },
    create: ({ momentum, epsilon }) => rootMeanSquare(1, 1, epsilon, momentum),
  }),
  /**
   * s <- rho s + (1 - rho) g^2; d = rate g / (sqrt(s) + epsilon); v <- momentum v + d; w <- w - v.
   *
   * T. Tieleman and G. Hinton, Lecture 6.5 of Neural networks for machine learning, Coursera 2012.
   */
  rmsprop: define({
    title: 'RMSprop',
    hyperparameters: {
      rho: fraction('decay of the mean squared gradient, 0 to below 1', 0.99),
      momentum,
      epsilon: epsilon(1e-8),
      ...ofEvery,
    },
    create: ({ rho, momentum, epsilon }) => rootMeanSquare(rho, 1 - rho, epsilon, momentum),
  }),
  /**
   * m <- beta1 m + (1 - beta1) g; s <- beta2 s + (1 - beta2) g^2;
   * w <- w - rate / (1 - beta1^t) m / (sqrt(s / (1 - beta2^t)) + epsilon) in step t.
   *
   * D. P. Kingma and J. Ba, Adam: a method for stochastic optimization, ICLR 2015.
   */
  adam: define({
    title: 'Adam',
    hyperparameters: adamParameters,
    create: (settings) => adam({ ...settings, weightDecay: 0 }),
  }),
  /**
   * w <- w - rate weightDecay w, then the step of Adam. Biases decay too, as in PyTorch.
   *
   * I. Loshchilov and F. Hutter, Decoupled weight decay regularization, ICLR 2019.
   */
  adamw: define({
    title: 'AdamW',
    hyperparameters: {
      ...adamParameters,
      weightDecay: {
        default: 0.01,
        range: 'a finite number >= 0',
        holds: (x: number) => x >= 0 && x < Infinity,
        help: 'part of each weight that is subtracted in a step, times the learning rate',
      },
    },
    create: adam,
  }),
};

/** s <- keep s + share g^2; d = rate g / (sqrt(s) + epsilon); w <- w - d, or by way of a velocity. */
function rootMeanSquare(
  keep: number,
  share: number,
  epsilon: number,
  momentum: number,
): Omit<Optimizer, 'clipNorm'> {
  return {
    slots: momentum === 0 ? ['s'] : ['s', 'v'],
    isPlain: false,
    update: (kernels, w, gradient, [s, v = -1], count, rate) =>
      kernels.rootMeanSquareInPlace(w, s, v, gradient, rate, keep, share, epsilon, momentum, count),
  };
}

function adam({
  beta1,
  beta2,
  epsilon,
  weightDecay,
}: Readonly<Record<'beta1' | 'beta2' | 'epsilon' | 'weightDecay', number>>): Omit<Optimizer, 'clipNorm'> {
  // Every array of a step has the same corrections.
  let [known, first, second] = [0, 0, 0];
  return {
    slots: ['m', 's'],
    isPlain: false,
    update(kernels, w, gradient, [m, s], count, rate, step) {
      if (step !== known) {
        known = step;
        first = 1 - power(beta1, step);
        second = Math.sqrt(1 - power(beta2, step));
      }
      // sqrt(s) / second + epsilon = (sqrt(s) + epsilon second) / second
      kernels.adamInPlace(
        w,
        m,
        s,
        gradient,
        (rate * second) / first,
        beta1,
        beta2,
        epsilon * second,
        1 - rate * weightDecay,
        count,
      );
    },
  };
}

/** x^n for whole n >= 0 by repeated squaring: Math.pow may differ between machines. */
function power(x: number, n: number): number {
  let product = 1;
  for (let [square, left] = [x, n]; left > 0; square *= square, left = Math.floor(left / 2)) {
    if (left % 2 === 1) product *= square;
  }
  return product;
}

export type OptimizerName = keyof typeof optimizers;
export const optimizerNames = Object.keys(optimizers) as OptimizerName[];

/** An optimiser's name and its hyperparameters. Those that are left out have their defaults. */
export type OptimizerConfig = {
  readonly [Name in OptimizerName]: { readonly name: Name } & Partial<
    SettingsOf<(typeof optimizers)[Name]['hyperparameters']>
  >;
}[OptimizerName];

/** Plain SGD, which is left out of a trial's id. */
export const defaultOptimizer: OptimizerConfig = withDefaults({ name: 'sgd' });

/** The hyperparameters of an optimiser, by name. */
export function hyperparametersOf(name: OptimizerName): Hyperparameters {
  return optimizers[name].hyperparameters;
}

/** A config with every hyperparameter. */
export function withDefaults<Config extends OptimizerConfig>(config: Config): Required<Config> {
  const known = Object.entries(hyperparametersOf(config.name));
  const defaults = Object.fromEntries(known.map(([field, { default: usual }]) => [field, usual]));
  return { ...defaults, ...config } as Required<Config>;
}

/** The optimiser that a config describes. */
export function createOptimizer(config: OptimizerConfig): Optimizer {
  const { name, ...settings } = withDefaults(config);
  // TypeScript cannot tell that the settings belong to the optimiser of that name.
  const { create } = optimizers[name] as unknown as OptimizerEntry<Hyperparameters>;
  const made = create(settings as unknown as SettingsOf<Hyperparameters>);
  const clipNorm = typeof settings.clipNorm === 'number' ? settings.clipNorm : Infinity;
  return { ...made, clipNorm, isPlain: made.isPlain && clipNorm === Infinity };
}

function define<Known extends Hyperparameters>(entry: OptimizerEntry<Known>): OptimizerEntry<Known> {
  return entry;
}
