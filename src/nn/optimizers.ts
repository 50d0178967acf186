import type { Kernels } from '../kernels/kernels.ts';

/** A number that an optimiser can be set to; each is an option of the command line. */
export interface Hyperparameter {
  /** Part of no trial's id as long as it has this value, so it is never changed. */
  readonly default: number;
  /** What values it takes, in words. */
  readonly range: string;
  readonly holds: (value: number) => boolean;
  /** One line for --help. */
  readonly help: string;
}

/** How weights move by their gradients, with every hyperparameter set. */
export interface Optimizer {
  /** Numbers of state for each weight, 0 at first and laid out like the weights. */
  readonly slots: number;
  /** Whether a step is w <- w - rate g and nothing else: then kernels that do a whole step at once stand in for it. */
  readonly isPlain: boolean;
  /**
   * Moves the `count` weights at `w` by their gradients g at `gradient`.
   *
   * `state` has the offset of each slot; `step` counts the steps of the training from 1.
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

/** Every optimiser; its entry is all that there is of it. */
export const optimizers = {
  /** v <- momentum v + rate g; w <- w - v. */
  sgd: define({
    title: 'SGD',
    hyperparameters: {
      momentum: {
        default: 0,
        range: 'a number in [0, 1)',
        holds: (x) => x >= 0 && x < 1,
        help: 'momentum',
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

/** An optimiser by name with all its hyperparameters, as a trial's config has it. */
export type OptimizerConfig = {
  readonly [Name in OptimizerName]: { readonly name: Name } & Readonly<
    Record<keyof (typeof optimizers)[Name]['hyperparameters'], number>
  >;
}[OptimizerName];

/** Plain SGD: what is left out of a trial's id. */
export const defaultOptimizer: OptimizerConfig = { name: 'sgd', momentum: 0 };

/** The hyperparameters of an optimiser, by name. */
export function hyperparametersOf(name: OptimizerName): Readonly<Record<string, Hyperparameter>> {
  return optimizers[name].hyperparameters;
}

/** The optimiser that a config describes. */
export function createOptimizer({ name, ...settings }: OptimizerConfig): Optimizer {
  // TypeScript does not see that the name and the settings belong together.
  return (optimizers[name] as OptimizerEntry<string>).create(settings);
}

function define<Name extends string>(entry: OptimizerEntry<Name>): OptimizerEntry<Name> {
  return entry;
}
