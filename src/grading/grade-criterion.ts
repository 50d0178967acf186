import type { CheckedQuantity, CheckResult } from '../diagnosis/check-result.ts';
import type { Exercise } from '../trace/exercise.ts';
import { missingSteps } from '../trace/missing-steps.ts';
import { type Batch, batchesOf, type Place, placesOf } from '../trace/quantities.ts';
import { type Emptiness, emptinessOf } from './empty-numbers.ts';
import { type Criterion, consequenceShares, type Rubric, rounded } from './rubric.ts';

/** A quantity of one step and layer, which a criterion asks for. */
export interface Cell {
  readonly batch: Batch;
  readonly place: Place;
}

/** How a quantity of a criterion was graded. `cell` is the first that is not right, `cells` how many there are. */
export type Outcome =
  | { readonly kind: 'right' }
  /** Right, given earlier numbers that are wrong. */
  | { readonly kind: 'given' }
  /** Wrong by itself. */
  | { readonly kind: 'wrong'; readonly cell: Cell }
  | { readonly kind: 'absent'; readonly cell: Cell; readonly absent: number; readonly cells: number }
  /** It follows from earlier numbers that are wrong, and could be recorded without computing anything. */
  | { readonly kind: 'empty'; readonly cell: Cell; readonly emptiness: Emptiness };

export interface GradedQuantity {
  readonly quantity: string;
  /** In the steps that were recorded. */
  readonly outcome: Outcome;
  /** Steps of which nothing at all was recorded, of those that the criterion asks for. They give no points. */
  readonly missing: readonly number[];
  readonly steps: number;
}

export interface GradedCriterion {
  readonly criterion: Criterion;
  readonly points: number;
  /** In the order of the rubric; none if the submission was refused. */
  readonly quantities: readonly GradedQuantity[];
}

/** Returns the function that gives a checked recording its points for a criterion, shared equally by its quantities. */
export function graderOf(
  check: CheckResult,
  consequences: Rubric['consequences'],
): (criterion: Criterion) => GradedCriterion {
  const recorded = new Map(check.quantities.map((one) => [keyOf(one), one]));
  const gaps = new Set(missingSteps(check.recording));
  return (criterion) => {
    const { quantities, points } = criterion;
    const graded = quantities.map((quantity) => {
      const cells = cellsOf(criterion, quantity, check.exercise);
      const asked = [...new Set(cells.map(({ batch }) => batch.step))];
      const missing = asked.filter((step) => gaps.has(step));
      const own =
        missing.length === asked.length ? cells : cells.filter(({ batch }) => !gaps.has(batch.step));
      return { quantity, outcome: outcomeOf(own, recorded, check), missing, steps: asked.length };
    });
    const shares = graded.map(({ outcome: { kind }, missing, steps }) => {
      const share = kind === 'right' ? 1 : kind === 'given' ? consequenceShares[consequences] : 0;
      return (share * (steps - missing.length)) / steps;
    });
    const share = shares.reduce((sum, one) => sum + one, 0) / quantities.length;
    return { criterion, points: rounded(points * share), quantities: graded };
  };
}

/** What a criterion asks of a quantity, step by step; nothing where the exercise has no such quantity. */
export function cellsOf({ layers, steps }: Criterion, quantity: string, exercise: Exercise): Cell[] {
  const last = exercise.layers.length - 1;
  const places = placesOf(exercise).filter(
    ({ quantity: name, layer }) =>
      name === quantity && (layer === null || layers === 'all' || (layer === last) === (layers === 'output')),
  );
  const batches = batchesOf(exercise).slice(0, steps === 'first' ? 1 : undefined);
  return batches.flatMap((batch) => places.map((place) => ({ batch, place })));
}

const keyOf = ({ batch, place }: Cell): string => `${batch.step} ${place.layer} ${place.quantity}`;

function outcomeOf(
  cells: readonly Cell[],
  recorded: ReadonlyMap<string, CheckedQuantity>,
  { exercise, tolerance }: CheckResult,
): Outcome {
  const found = cells.map((cell) => ({ cell, checked: recorded.get(keyOf(cell)) }));
  // A mistake that is made in every layer or step is a consequence only where the right rules give the same numbers.
  const mistake = found.find(
    ({ checked }) => checked !== undefined && checked.status !== 'same' && !(checked.difference <= tolerance),
  );
  if (mistake !== undefined) return { kind: 'wrong', cell: mistake.cell };
  const absent = found.filter(({ checked }) => checked === undefined);
  if (absent.length > 0)
    return { kind: 'absent', cell: absent[0].cell, absent: absent.length, cells: cells.length };
  const checked = found.map((one) => one.checked!);
  if (checked.every(({ status }) => status === 'same')) return { kind: 'right' };
  return emptyLayer(checked, exercise) ?? { kind: 'given' };
}

/** A layer of which all numbers could be recorded without computing anything: nothing shows that they follow from others. */
function emptyLayer(checked: readonly CheckedQuantity[], exercise: Exercise): Outcome | null {
  for (const layer of new Set(checked.map(({ place }) => place.layer))) {
    const own = checked.filter(({ place }) => place.layer === layer);
    const kinds = own.map((one) => (one.status === 'same' ? null : emptinessOf(exercise, one)));
    const [emptiness] = kinds;
    if (emptiness !== null && !kinds.includes(null)) return { kind: 'empty', cell: own[0], emptiness };
  }
  return null;
}
