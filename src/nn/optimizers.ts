import type { Kernels } from '../kernels/kernels.ts';

/** A number that configures an optimiser. Each is a command-line option. */
export interface Hyperparameter {
  /** The default. A hyperparameter with this value is left out of a trial's id, so this value must never change. */
  readonly default: number;
  /** The allowed values, in words. */
  readonly range: string;
  readonly holds: (value: number) => boolean;
  /** One line for --help. */
  readonly help: string;
}

/** An update rule for weights, with every hyperparameter set. */
export interface Optimizer {
  /** The numbers of state for each weight. They start at 0 and have the same layout as the weights. */
  readonly slots: number;
  /** Whether a step is exactly w <- w - rate g. Kernels that compute a complete step can then replace it. */
  readonly isPlain: boolean;
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

interface OptimizerEntry<Name extends string> {
  readonly title: string;
  readonly hyperparameters: Readonly<Record<Name, Hyperparameter>>;
  readonly create: (settings: Readonly<Record<Name, number>>) => Optimizer;
}

/** Every optimiser. An entry defines everything about it. */
export const optimizers = {
  /** v <- momentum v + rate g; w <- w - v. */
  sgd: define({
    title: 'SGD',
    hyperparameters: {
      momentum: {
        default: 0,
        range: 'a number in [0, 1)',
        holds: (x) => x >= 0 && x < 1,
        help: 'momentum, 0 to below 1',
      },
    },
    create: ({ momentum }) =>
      momentum === 0
        ? {
            slots: 0,
            isPlain: true,
            update: (kernels, w, gradient, _state, count, rate) =>
              kernels.sgdInPlace(w, gradient, rate, count),
          }
        : {
            slots: 1,
            isPlain: false,
            update: (kernels, w, gradient, state, count, rate) =>
              kernels.momentumInPlace(w, state[0], gradient, rate, momentum, count),
          },
  }),
};

export type OptimizerName = keyof typeof optimizers;
export const optimizerNames = Object.keys(optimizers) as OptimizerName[];

/** An optimiser's name and all its hyperparameters, as in a trial's config. */
export type OptimizerConfig = {
  readonly [Name in OptimizerName]: { readonly name: Name } & Readonly<
    Record<keyof (typeof optimizers)[Name]['hyperparameters'], number>
  >;
}[OptimizerName];

/** Plain SGD, which is left out of a trial's id. */
export const defaultOptimizer: OptimizerConfig = { name: 'sgd', momentum: 0 };

/** The hyperparameters of an optimiser, by name. */
export function hyperparametersOf(name: OptimizerName): Readonly<Record<string, Hyperparameter>> {
  return optimizers[name].hyperparameters;
}

/** The optimiser that a config describes. */
export function createOptimizer({ name, ...settings }: OptimizerConfig): Optimizer {
  // TypeScript cannot tell that the settings belong to the optimiser of that name.
  return (optimizers[name] as OptimizerEntry<string>).create(settings);
}

function define<Name extends string>(entry: OptimizerEntry<Name>): OptimizerEntry<Name> {
  return entry;
}
