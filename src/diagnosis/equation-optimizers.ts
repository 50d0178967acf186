import type { OptimizerName } from '../nn/optimizers.ts';
import {
  brackets,
  type Formula,
  fraction,
  minus,
  part,
  plus,
  power,
  root,
  row,
  square,
  symbol,
  times,
} from './formula.ts';

/** A state of an optimiser, as in the name of its quantity. */
export type Slot = 'v' | 's' | 'm';

/** The symbols of an array of weights w, whose gradient is g, and of the optimiser's state v, s and m of it. */
type WeightSymbols = Readonly<Record<Slot | 'w' | 'g', Formula>>;

/** What the formulas depend on besides the optimiser's name. */
interface OptimizerSetting {
  readonly hasMomentum: boolean;
  readonly isNesterov: boolean;
}

type Rule = (symbols: WeightSymbols, setting: OptimizerSetting) => Formula;

/** The new value of each state and, from these, of the weights. */
interface OptimizerForm {
  readonly states: Readonly<Partial<Record<Slot, Rule>>>;
  readonly weights: Rule;
}

const rate = part('rate', symbol('η', 'rate'));
const momentum = part('momentum', symbol('μ', 'momentum'));
const epsilon = part('epsilon', symbol('ε', 'epsilon'));
const t = part('step', symbol('t'));
const beta1 = symbol('β₁', 'beta1');
const beta2 = symbol('β₂', 'beta2');
const rho = symbol('ρ', 'rho');
const decay = symbol('λ', 'weight_decay');

/** keep x + (1 - keep) y. */
const average = (keep: Formula, x: Formula, y: Formula): Formula =>
  part('mean', row(keep, times, x, plus, brackets(row('1', minus, keep)), times, y));
const velocity = (v: Formula, step: Formula): Formula =>
  part('momentum', row(momentum, times, v, plus, step));
const rooted = (s: Formula): Formula => row(part('root', root(s)), plus, epsilon);
const squared = (g: Formula): Formula => part('square', square(g));
const correction = (beta: Formula): Formula => part('correction', row('1', minus, power(beta, t)));

/** Adagrad and RMSprop: w <- w - rate g / (sqrt(s) + epsilon), or by way of a velocity. */
const rootMeanSquare = (s: Rule): OptimizerForm => ({
  states: {
    s,
    v: ({ v, g, s }) => velocity(v, row(rate, times, fraction(g, rooted(s)))),
  },
  weights: ({ w, g, v, s }, { hasMomentum }) =>
    row(w, minus, hasMomentum ? v : row(rate, times, fraction(g, rooted(s)))),
});

const adam = (weights: Rule): OptimizerForm => ({
  states: {
    m: ({ m, g }) => average(beta1, m, g),
    s: ({ s, g }) => average(beta2, s, squared(g)),
  },
  weights,
});

const adamStep = ({ m, s }: WeightSymbols): Formula =>
  row(
    rate,
    times,
    fraction(
      fraction(m, correction(beta1)),
      row(part('root', root(fraction(s, correction(beta2)))), plus, epsilon),
    ),
  );

/** Every optimiser's step, as in `optimizers` of nn. */
export const optimizerForms: Readonly<Record<OptimizerName, OptimizerForm>> = {
  sgd: {
    states: { v: ({ v, g }) => velocity(v, row(rate, times, g)) },
    weights: ({ w, g, v }, { hasMomentum, isNesterov }) => {
      if (!hasMomentum) return row(w, minus, rate, times, g);
      if (!isNesterov) return row(w, minus, v);
      return row(w, minus, brackets(velocity(v, row(rate, times, g))));
    },
  },
  adagrad: rootMeanSquare(({ s, g }) => row(s, plus, squared(g))),
  rmsprop: rootMeanSquare(({ s, g }) => average(rho, s, squared(g))),
  adam: adam((symbols) => row(symbols.w, minus, adamStep(symbols))),
  adamw: adam((symbols) =>
    row(symbols.w, minus, part('decay', row(rate, times, decay, times, symbols.w)), minus, adamStep(symbols)),
  ),
};
