import { counted } from '../errors.ts';
import type { Exercise } from '../trace/exercise.ts';
import type { Batch, Place } from '../trace/quantities.ts';
import { activationForms, huberForm, lossForms, softmaxForm } from './equation-functions.ts';
import { gradientOf, type Make, of, type Weights } from './equation-symbols.ts';
import { updateEquation } from './equation-updates.ts';
import {
  brackets,
  call,
  derivative,
  dot,
  type Equation,
  each,
  equals,
  type Formula,
  formulaText,
  fraction,
  type Meaning,
  part,
  plus,
  row,
  sum,
  symbol,
  times,
  transpose,
  words,
} from './formula.ts';

/** The equation of a quantity in the exercise's layout, with its own activation, loss, optimiser and numbers. */
export function equationOf(place: Place, batch: Batch, exercise: Exercise): Equation {
  const make = ofQuantity[place.quantity] ?? updateEquation(place);
  return { where: [], notes: [], ...make(batch, exercise, place.layer ?? 0) };
}

/** The same as lines of text: the formula, then what is in it. */
export function equationText(place: Place, batch: Batch, exercise: Exercise): string[] {
  const { formula, where, notes } = equationOf(place, batch, exercise);
  const meanings = where.map(({ symbol, is, note }) => {
    const meaning = `${formulaText(symbol)} = ${formulaText(is)}`;
    return note === undefined ? meaning : `${meaning} (${note})`;
  });
  return [formulaText(formula), ...meanings, ...notes];
}

const [z, N] = [symbol('z'), symbol('N')];
const define = (left: Formula, ...right: readonly Formula[]): Formula => row(left, equals, ...right);

const ofQuantity: Readonly<Record<string, Make>> = {
  x: (batch) => selected('x', batch),
  y: (batch) => selected('y', batch),
  z: (_batch, exercise, layer) => ({
    formula: define(
      of.z(layer),
      part('product', forwardProduct(exercise, layer)),
      ...(exercise.layers[layer].bias === null ? [] : [plus, part('bias', of.bias(layer))]),
    ),
  }),
  a: (_batch, { layers }, layer) => {
    const { activation } = layers[layer];
    const formula = define(of.a(layer), part('activation', call(activation, of.z(layer))));
    if (activation === 'softmax')
      return { formula, where: [{ symbol: call('softmax', z), is: softmaxForm }] };
    const { value, where = [] } = activationForms[activation];
    return { formula, where: [{ symbol: call(activation, z), is: value }, ...needed(where, value)] };
  },
  loss: (batch, exercise) => {
    const { layers, loss } = exercise;
    const { ofRow, sums } = lossForms[loss];
    const one = ofRow(of.a(layers.length - 1), of.y);
    return {
      formula: define(
        of.loss,
        part('factor', fraction('1', N)),
        times,
        sum('n', 'rows n', sums ? sum('p', 'outputs p', one) : one),
      ),
      where: [rowsOf(batch), ...huberOf(exercise, 'h')],
      notes: isPenalized(exercise) ? ['The penalty is not part of this number.'] : [],
    };
  },
  delta: (batch, exercise, layer) =>
    layer === exercise.layers.length - 1
      ? outputDelta(batch, exercise, layer)
      : {
          formula: define(
            of.delta(layer),
            brackets(part('product', backwardProduct(exercise, layer))),
            each,
            part('derivative', derivative(of.z(layer))),
          ),
          where: slopeOf(exercise, layer),
        },
  kernel_gradient: (_batch, exercise, layer) => ({
    formula: define(
      gradientOf('kernel', layer),
      part('product', gradientProduct(exercise, layer)),
      ...penaltyOf(exercise, 'kernel', layer).terms,
    ),
    where: penaltyOf(exercise, 'kernel', layer).where,
  }),
  bias_gradient: (_batch, exercise, layer) => ({
    formula: define(
      gradientOf('bias', layer),
      part('sum', sum('n', 'rows n', of.delta(layer))),
      ...penaltyOf(exercise, 'bias', layer).terms,
    ),
    where: penaltyOf(exercise, 'bias', layer).where,
    notes:
      isPenalized(exercise) && !exercise.penalty.penalizeBiases ? ['The penalty is on kernels alone.'] : [],
  }),
};

/** Rows of the data. */
function selected(name: 'x' | 'y', { rows }: Batch): ReturnType<Make> {
  const shown = rows.length > 12 ? [...rows.slice(0, 11), '…'] : rows;
  return {
    formula: define(of[name], part('rows', words(`rows ${shown.join(', ')} of data.${name}`))),
    notes: [`${counted(rows.length, 'row')}, counted from 0.`],
  };
}

function outputDelta(batch: Batch, exercise: Exercise, layer: number): ReturnType<Make> {
  const { layers, loss } = exercise;
  const { delta, hasSlope } = lossForms[loss];
  return {
    formula: define(of.delta(layer), delta(of.a(layer), of.y, derivative(of.z(layer)))),
    where: [...(hasSlope ? slopeOf(exercise, layer) : []), rowsOf(batch), ...huberOf(exercise, 'clip')],
    notes: hasSlope
      ? []
      : [
          `The derivatives of ${layers[layer].activation} and of the loss are both in it: they give this difference.`,
        ],
  };
}

/** N, the rows of the batch. */
function rowsOf({ rows }: Batch): Meaning {
  return { symbol: N, is: String(rows.length), note: 'rows of the batch' };
}

/** What the Huber loss has besides: h, or the width alone. */
function huberOf({ loss, delta }: Exercise, use: 'h' | 'clip'): Meaning[] {
  if (loss !== 'huber') return [];
  const width: Meaning = { symbol: symbol('Δ'), is: String(delta), note: 'the width of the Huber loss' };
  return use === 'h' ? [{ symbol: call('h', symbol('e')), is: huberForm }, width] : [width];
}

/** The meanings of what is in a formula. */
const needed = (where: readonly Meaning[], formula: Formula): Meaning[] =>
  where.filter(({ symbol }) => formulaText(formula).includes(formulaText(symbol)));

/** f'(z) of a layer. */
function slopeOf({ layers }: Exercise, layer: number): Meaning[] {
  const { activation } = layers[layer];
  if (activation === 'softmax') return [];
  const { slope, where = [] } = activationForms[activation];
  return [{ symbol: derivative(z), is: slope, note: activation }, ...needed(where, slope)];
}

const isFirst = ({ layout }: Exercise): boolean => layout.batch === 'first';
const isInOut = ({ layout }: Exercise): boolean => layout.kernel === 'in-out';
const below = (layer: number): Formula => (layer === 0 ? of.x : of.a(layer - 1));
const marked = (matrix: Formula): Formula => part('transpose', transpose(matrix));

function forwardProduct(exercise: Exercise, layer: number): Formula {
  const W = isFirst(exercise) === isInOut(exercise) ? of.kernel(layer) : marked(of.kernel(layer));
  return isFirst(exercise) ? row(below(layer), dot, W) : row(W, dot, below(layer));
}

function backwardProduct(exercise: Exercise, layer: number): Formula {
  const above = of.kernel(layer + 1);
  const W = isFirst(exercise) === isInOut(exercise) ? marked(above) : above;
  return isFirst(exercise) ? row(of.delta(layer + 1), dot, W) : row(W, dot, of.delta(layer + 1));
}

function gradientProduct(exercise: Exercise, layer: number): Formula {
  const [left, right] = isInOut(exercise) ? [below(layer), of.delta(layer)] : [of.delta(layer), below(layer)];
  return isFirst(exercise) ? row(marked(left), dot, right) : row(left, dot, marked(right));
}

const isPenalized = ({ penalty: { lambda, l1 } }: Exercise): boolean => lambda !== 0 || l1 !== 0;

/** The penalty's terms of a gradient: + 2 l2 w + l1 sign(w). */
function penaltyOf(
  { penalty: { lambda, l1, penalizeBiases } }: Exercise,
  weights: Weights,
  layer: number,
): { terms: Formula[]; where: Meaning[] } {
  const terms: Formula[] = [];
  const where: Meaning[] = [];
  if (weights === 'bias' && !penalizeBiases) return { terms, where };
  const w = of[weights](layer);
  if (lambda !== 0) {
    terms.push(plus, part('penalty', row('2', times, symbol('λ', 'l2'), times, w)));
    where.push({ symbol: symbol('λ', 'l2'), is: String(lambda), note: 'the strength of the L2 penalty' });
  }
  if (l1 !== 0) {
    const lambda1 = symbol('λ₁', 'l1');
    terms.push(plus, part('penalty', row(lambda1, times, call('sign', w))));
    where.push({ symbol: lambda1, is: String(l1), note: 'the strength of the L1 penalty' });
  }
  return { terms, where };
}
