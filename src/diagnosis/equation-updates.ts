import { type HyperparameterValue, hyperparametersOf } from '../nn/optimizers.ts';
import { significant } from '../stats/significant.ts';
import type { Exercise } from '../trace/exercise.ts';
import type { Batch, Place } from '../trace/quantities.ts';
import { optimizerForms, type Slot } from './equation-optimizers.ts';
import { gradientOf, type Make, of, type Weights } from './equation-symbols.ts';
import {
  becomes,
  call,
  fraction,
  type Meaning,
  part,
  plus,
  row,
  symbol,
  symbolsIn,
  times,
} from './formula.ts';

/** Of a state of the optimiser, or of the weights. */
export function updateEquation({ parameter, slot }: Place): Make {
  const weights = parameter!;
  return (batch, exercise, layer) => {
    const clipNorm = settingOf(exercise, 'clipNorm');
    const isClipped = typeof clipNorm === 'number';
    const state = (letter: Slot) => symbol(letter, `${weights}_${letter}`, layer);
    const symbols = {
      w: of[weights](layer),
      g: isClipped ? symbol('g') : gradientOf(weights, layer),
      v: state('v'),
      s: state('s'),
      m: state('m'),
    };
    const form = optimizerForms[exercise.optimizer.name];
    const rule = slot === null ? form.weights : form.states[slot as Slot]!;
    const setting = {
      hasMomentum: Number(settingOf(exercise, 'momentum') ?? 0) > 0,
      isNesterov: settingOf(exercise, 'nesterov') === 'yes',
    };
    const left = slot === null ? symbols.w : symbols[slot as Slot];
    const formula = row(left, becomes, rule(symbols, setting));
    const used = symbolsIn(formula).filter((one) => one.layer === null);
    const constants = used.filter(({ text }) => text in constantOf);
    return {
      formula,
      where: [
        ...(isClipped && used.some(({ text }) => text === 'g') ? [clipped(weights, layer, clipNorm)] : []),
        ...constants.map((symbol) => ({ symbol, ...constantOf[symbol.text](batch, exercise) })),
      ],
    };
  };
}

/** The numbers of an optimiser's formulas, by the names of their symbols. */
const constantOf: Readonly<Record<string, (batch: Batch, exercise: Exercise) => Omit<Meaning, 'symbol'>>> = {
  rate: ({ epoch, batch, steps }, { schedule, learningRate, rateOf }) => {
    if (schedule === 'constant') return { is: String(learningRate), note: 'the learning rate' };
    const rate = rateOf(learningRate, epoch, batch, steps);
    return { is: String(significant(rate, 6)), note: scheduleNotes[schedule] ?? `schedule ${schedule}` };
  },
  t: ({ step }) => ({ is: String(step + 1), note: 'steps so far, with this one' }),
  momentum: fixed('momentum'),
  epsilon: fixed('epsilon'),
  beta1: fixed('beta1'),
  beta2: fixed('beta2'),
  rho: fixed('rho'),
  weight_decay: fixed('weightDecay'),
};

const scheduleNotes: Readonly<Record<string, string>> = {
  decay: 'learning rate / (epoch × steps of an epoch + 1), with the epoch counted from 0',
  decay_per_step: 'learning rate / (steps before this one + 1)',
};

function fixed(name: string): (typeof constantOf)[string] {
  return (_batch, exercise) => ({ is: String(settingOf(exercise, name)) });
}

/** A hyperparameter, or its default. */
const settingOf = ({ optimizer }: Exercise, name: string): HyperparameterValue | undefined =>
  (optimizer as Record<string, HyperparameterValue | undefined>)[name] ??
  hyperparametersOf(optimizer.name)[name]?.default;

/** g, the gradient after clipping. */
function clipped(weights: Weights, layer: number, clipNorm: number): Meaning {
  const scale = call('min', '1', fraction(String(clipNorm), row(symbol('norm'), plus, '0.000001')));
  return {
    symbol: symbol('g'),
    is: row(gradientOf(weights, layer), times, part('clipping', scale)),
    note: 'norm: the square root of the sum of the squares of all gradients of the step',
  };
}
