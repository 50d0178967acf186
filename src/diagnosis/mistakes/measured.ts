import { significant } from '../../stats/significant.ts';
import { differenceOf } from '../../trace/difference.ts';
import {
  combine,
  hasShape,
  map,
  type NumberArray,
  reshape,
  scale,
  transpose,
} from '../../trace/number-array.ts';
import type { Place } from '../../trace/quantities.ts';
import { withPenalty } from '../../trace/right-rules.ts';
import type { Rules, Step } from '../../trace/rules.ts';
import { quantityText } from '../../trace/words.ts';
import { expressionsFor } from './expressions.ts';
import type { Evidence, Mistake, MistakeKind } from './mistake.ts';

/** Measured relations hold to this. */
const precision = 1e-9;
/** Of fewer different numbers, a fit says nothing. */
const fewest = 3;

type Change = (values: NumberArray, step: Step) => NumberArray;

/** A program in which one quantity is changed after it is computed: of one layer, or of all that compute it alike. */
function changedAt(right: Rules, place: Place, everywhere: boolean, change: Change): Rules {
  const { quantity, layer, parameter } = place;
  const has = (other: number): boolean => everywhere || other === layer;
  switch (quantity) {
    case 'x':
    case 'y':
    case 'loss':
      return { ...right, [quantity]: (step: Step) => change(right[quantity](step), step) };
    case 'z':
    case 'a':
      return {
        ...right,
        [quantity]: (step: Step, of: number) =>
          has(of) ? change(right[quantity](step, of), step) : right[quantity](step, of),
      };
    case 'delta':
      return {
        ...right,
        outputDelta: (step) =>
          layer === step.exercise.layers.length - 1
            ? change(right.outputDelta(step), step)
            : right.outputDelta(step),
        hiddenDelta: (step, of) =>
          has(of) && layer !== step.exercise.layers.length - 1
            ? change(right.hiddenDelta(step, of), step)
            : right.hiddenDelta(step, of),
      };
  }
  if (quantity.endsWith('_gradient'))
    return {
      ...right,
      dataGradient(step, of, kind) {
        const gradient = right.dataGradient(step, of, kind);
        if (!has(of) || kind !== parameter) return gradient;
        return change(withPenalty(gradient, right.penaltyGradient(step, of, kind)), step);
      },
      penaltyGradient: (step, of, kind) =>
        has(of) && kind === parameter ? null : right.penaltyGradient(step, of, kind),
    };
  return {
    ...right,
    update(step, given) {
      const { value, state } = right.update(step, given);
      if (!has(given.layer) || given.kind !== parameter) return { value, state };
      const moved = combine(value, given.value, (after, before) => after - before);
      return { value: combine(given.value, change(moved, step), (before, move) => before + move), state };
    },
  };
}

/** A relation between what was recorded and ours. */
interface Relation {
  readonly id: string;
  /** After "z of layer 1 (hidden)". */
  readonly title: string;
  readonly fix: string;
  readonly change: Change;
  /** How many numbers were fitted. */
  readonly fitted: number;
}

/** What is compared: of weights, how far they moved. */
function sidesOf({ place, ours, theirs, step }: Evidence): { ours: NumberArray; theirs: NumberArray } {
  const { parameter, layer, quantity } = place;
  if (parameter === null || quantity.endsWith('_gradient')) return { ours, theirs };
  const before = step.weights[parameter][layer!];
  if (!hasShape(theirs, before.shape)) return { ours, theirs };
  const moved = (after: NumberArray) => combine(after, before, (a, b) => a - b);
  return { ours: moved(ours), theirs: moved(theirs) };
}

const isEqual = (a: NumberArray, b: NumberArray): boolean => differenceOf(a, b) <= precision;
const distinct = ({ values }: NumberArray): number =>
  new Set([...values.subarray(0, 1000)].map((value) => value.toPrecision(9))).size;
const size = ({ values }: NumberArray): number =>
  values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);

/** theirs = c ours. */
function factor(ours: NumberArray, theirs: NumberArray, step: Step, layer: number | null): Relation[] {
  if (!hasShape(theirs, ours.shape) || distinct(ours) < fewest) return [];
  let at = 0;
  ours.values.forEach((value, i) => {
    if (Math.abs(value) > Math.abs(ours.values[at])) at = i;
  });
  const c = theirs.values[at] / ours.values[at];
  if (!Number.isFinite(c) || Math.abs(c) < 1e-12 || Math.abs(c - 1) < 1e-9) return [];
  if (!isEqual(scale(ours, c), theirs)) return [];
  const named = expressionsFor(c, step, layer).map(
    ({ text, of }): Relation => ({
      id: `times-${text}`,
      title: `is ${text === '-1' ? 'minus what it should be' : `what it should be times ${text}`}`,
      fix: `Look where it is multiplied by ${text}.`,
      change: (values, at) => scale(values, of(at)),
      fitted: 1,
    }),
  );
  return [
    ...named,
    {
      id: `times-constant`,
      title: `is what it should be times ${significant(c, 4)}`,
      fix: `Look where it is multiplied by about ${significant(c, 4)}.`,
      change: (values) => scale(values, c),
      fitted: 1,
    },
  ];
}

/** theirs = ours + c. */
function shift(ours: NumberArray, theirs: NumberArray): Relation[] {
  if (!hasShape(theirs, ours.shape) || distinct(ours) < fewest) return [];
  const c = theirs.values[0] - ours.values[0];
  if (!Number.isFinite(c) || Math.abs(c) <= precision * size(ours)) return [];
  if (
    !isEqual(
      map(ours, (value) => value + c),
      theirs,
    )
  )
    return [];
  return [
    {
      id: 'plus-constant',
      title: `is what it should be plus ${significant(c, 4)}`,
      fix: 'Look for a number that is added to all of it.',
      change: (values) => map(values, (value) => value + c),
      fitted: 1,
    },
  ];
}

/** Where their rows or columns are ours in another order; null if they are not. */
function orderOf(ours: NumberArray, theirs: NumberArray): number[] | null {
  const [N, H] = ours.shape;
  if (!hasShape(theirs, ours.shape) || N < 2 || N > 200) return null;
  const row = (array: NumberArray, n: number): NumberArray => ({
    shape: [H],
    values: array.values.subarray(n * H, (n + 1) * H),
  });
  const order = Array.from({ length: N }, (_, n) =>
    Array.from({ length: N }, (_row, m) => m).filter((m) => isEqual(row(ours, m), row(theirs, n))),
  );
  // Equal rows would fit in several orders.
  if (order.some((found) => found.length !== 1)) return null;
  const found = order.map(([m]) => m);
  return new Set(found).size === N && found.some((m, n) => m !== n) ? found : null;
}

const takeRowsOf = (values: NumberArray, order: readonly number[]): NumberArray => {
  const H = values.shape[1];
  return map(values, (_, i) => values.values[order[Math.floor(i / H)] * H + (i % H)]);
};

/** Other places, shapes and gaps. */
function rearranged(ours: NumberArray, theirs: NumberArray): Relation[] {
  if (ours.shape.length !== 2 || distinct(ours) < fewest) return [];
  const [N, H] = ours.shape;
  const found: Relation[] = [];
  const add = (id: string, title: string, fix: string, change: Change): void => {
    found.push({ id, title, fix, change, fitted: 0 });
  };
  if (N > 1 && H > 1 && isEqual(transpose(ours), theirs))
    add('transposed', 'is the transpose of what it should be', 'Use .T, or leave it out.', (values) =>
      transpose(values),
    );
  if (N !== H && N > 1 && H > 1 && isEqual(reshape(ours, [H, N]), theirs))
    add(
      'reshaped',
      'is reshaped: the same numbers in other rows and columns',
      'Use .T, not reshape.',
      (values) => reshape(values, [values.shape[1], values.shape[0]]),
    );
  if (hasShape(theirs, ours.shape) && isEqual(reshape(transpose(ours), ours.shape), theirs) && N !== H)
    add('turned', 'has the numbers of its transpose, reshaped', 'Use .T, not reshape.', (values) =>
      reshape(transpose(values), values.shape),
    );
  const rows = orderOf(ours, theirs);
  if (rows !== null)
    add(
      'rows-permuted',
      `has its rows in another order: ${listed(rows)}`,
      'Check the order in which rows are taken.',
      (values) => (values.shape[0] === rows.length ? takeRowsOf(values, rows) : values),
    );
  const columns = theirs.shape.length === 2 ? orderOf(transpose(ours), transpose(theirs)) : null;
  if (columns !== null)
    add(
      'columns-permuted',
      `has its columns in another order: ${listed(columns)}`,
      'Check the order of the units.',
      (values) => transpose(takeRowsOf(transpose(values), columns)),
    );
  return [...found, ...gaps(ours, theirs)];
}

const listed = (order: readonly number[]): string =>
  order.length > 12 ? `${order.slice(0, 12).join(', ')}, …` : order.join(', ');

/** One row or column that is 0, or the only one that is not. */
function gaps(ours: NumberArray, theirs: NumberArray): Relation[] {
  if (!hasShape(theirs, ours.shape)) return [];
  const [N, H] = ours.shape;
  const of = (axis: 0 | 1, chosen: number, others: boolean): NumberArray =>
    map(ours, (value, i) => (((axis === 0 ? Math.floor(i / H) : i % H) === chosen) === others ? value : 0));
  return ([0, 1] as const).flatMap((axis) => {
    const length = axis === 0 ? N : H;
    if (length < 2) return [];
    const name = axis === 0 ? 'row' : 'column';
    return [0, length - 1].flatMap((chosen) =>
      [true, false].flatMap((only): Relation[] => {
        if (!isEqual(of(axis, chosen, only), theirs)) return [];
        const which = chosen === 0 ? 'first' : 'last';
        return [
          {
            id: `${only ? 'only-' : 'without-'}${which}-${name}`,
            title: only
              ? `is 0 except in its ${which} ${name}`
              : `is 0 in its ${which} ${name}: it is left out`,
            fix: `Check where loops over ${name}s begin and end.`,
            change: (values) => {
              const width = values.shape[1];
              const last = axis === 0 ? values.shape[0] - 1 : width - 1;
              const at = chosen === 0 ? 0 : last;
              return map(values, (value, i) =>
                ((axis === 0 ? Math.floor(i / width) : i % width) === at) === only ? value : 0,
              );
            },
            fitted: 0,
          },
        ];
      }),
    );
  });
}

/** Another quantity of the same step, of the same shape and with the same numbers. */
function another({ place, theirs, step }: Evidence): Relation[] {
  if (distinct(theirs) < fewest || place.parameter !== null) return [];
  const layers = step.exercise.layers.map((_, layer) => layer);
  const places: { place: Place; of: (step: Step) => NumberArray | undefined }[] = [
    ...(['x', 'y'] as const).map((quantity) => ({
      place: { quantity, layer: null, parameter: null, slot: null },
      of: (at: Step) => at[quantity],
    })),
    ...layers.flatMap((layer) =>
      (['z', 'a', 'delta'] as const).map((quantity) => ({
        place: { quantity, layer, parameter: null, slot: null },
        of: (at: Step) => at[quantity][layer] as NumberArray | undefined,
      })),
    ),
  ];
  return places
    .filter(({ place: { quantity, layer } }) => quantity !== place.quantity || layer !== place.layer)
    .flatMap(({ place: other, of }): Relation[] => {
      const values = of(step);
      if (values === undefined || values.values.length === 0 || !isEqual(values, theirs)) return [];
      const name = quantityText(other, step.exercise);
      return [
        {
          id: `is-${other.quantity}${other.layer === null ? '' : `-${other.layer}`}`,
          title: `has the numbers of ${name}`,
          fix: 'Check which array is used and recorded.',
          change: (own, at) => of(at) ?? own,
          fitted: 0,
        },
      ];
    });
}

/** Each column of x is a linear function of ours. */
function rescaledColumns({ place, ours, theirs }: Evidence): Relation[] {
  const [N, D] = ours.shape;
  if (place.quantity !== 'x' || !hasShape(theirs, ours.shape) || N < 4) return [];
  const fits = Array.from({ length: D }, (_, d) => {
    const [a, b] = [ours, theirs].map(({ values }) => values.filter((_value, i) => i % D === d));
    const [low, high] = [
      a.indexOf(a.reduce((x, y) => Math.min(x, y))),
      a.indexOf(a.reduce((x, y) => Math.max(x, y))),
    ];
    const slope = (b[high] - b[low]) / (a[high] - a[low]);
    return { slope, shift: b[low] - slope * a[low] };
  });
  const change: Change = (values) => map(values, (value, i) => fits[i % D].slope * value + fits[i % D].shift);
  if (fits.some(({ slope }) => !Number.isFinite(slope)) || !isEqual(change(ours, null as never), theirs))
    return [];
  return [
    {
      id: 'columns-rescaled',
      title: 'has each column scaled and shifted',
      fix: 'x = trace.x, without another scaling',
      change,
      fitted: 2 * D,
    },
  ];
}

/** All zeros, or as in the step before. */
function without({ place, theirs, step }: Evidence): Relation[] {
  const before: Relation = {
    id: 'stale',
    title: 'is that of the step before',
    fix: 'Compute it anew in each step.',
    change(values, at) {
      const key = `stale ${place.quantity} ${place.layer}`;
      const kept = at.memory.get(key) as NumberArray | undefined;
      at.memory.set(key, values);
      return kept !== undefined && hasShape(kept, values.shape) ? kept : values;
    },
    fitted: 0,
  };
  const isZero = theirs.values.length > 1 && theirs.values.every((value) => value === 0);
  return [
    ...(step.step > 0 && place.parameter === null ? [before] : []),
    ...(isZero
      ? [
          {
            id: 'zero',
            title: 'is 0 everywhere',
            fix: 'Check that it is computed, and recorded after that.',
            change: (values: NumberArray) => map(values, () => 0),
            fitted: 0,
          },
        ]
      : []),
  ];
}

/** What can be said about numbers that no mistake of the tables gives. */
export const measured: MistakeKind = (exercise, evidence) => {
  const { place, step } = evidence;
  // The update has used the state by then: a change of it alone is no program.
  if (place.slot !== null) return [];
  const { ours, theirs } = sidesOf(evidence);
  const relations = [
    ...factor(ours, theirs, step, place.layer),
    ...shift(ours, theirs),
    ...rearranged(ours, theirs),
    ...rescaledColumns(evidence),
    ...another(evidence),
    ...without({ ...evidence, theirs }),
  ];
  const isMove = place.parameter !== null && !place.quantity.endsWith('_gradient');
  const name = isMove
    ? `the change of the ${place.quantity} of ${quantityText(place, exercise).replace(/^.* of /, '')}`
    : quantityText(place, exercise);
  const isRepeated = place.layer !== null && exercise.layers.length > (place.quantity === 'delta' ? 2 : 1);
  const isLast = place.layer === exercise.layers.length - 1;
  return relations.flatMap(({ id, title, fix, change, fitted }) =>
    (isRepeated && !(place.quantity === 'delta' && isLast) ? [false, true] : [false]).map(
      (everywhere): Mistake => ({
        id: `measured:${place.quantity}:${id}${everywhere ? '' : `:layer-${place.layer}`}`,
        title: `${name} ${title}${everywhere ? ', and so in other layers' : ''}`,
        explain: 'This is only how the numbers are related: no known mistake gives them.',
        fix,
        generic: true,
        whole: true,
        fitted,
        rules: (right) => changedAt(right, place, everywhere, change),
      }),
    ),
  );
};
