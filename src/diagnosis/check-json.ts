import type { NumberArray } from '../trace/number-array.ts';
import type { CheckedQuantity, CheckResult, Finding } from './check-result.ts';

/** A result as programs get it, arrays as nested lists in the layout [in][out], a row for each sample. */
export function checkAsJson({ recording, exercise, tolerance, ...result }: CheckResult) {
  const { quantities, first, separate, conventions, absent } = result;
  return {
    program: recording.program,
    exercise: { id: exercise.id, name: exercise.name },
    tolerance,
    agrees: first === null,
    first: first === null ? null : findingAsJson(first),
    separate: separate.map(findingAsJson),
    conventions,
    absent,
    quantities: quantities.map(quantityAsJson),
  };
}

function quantityAsJson({ batch, place, status, difference }: CheckedQuantity) {
  const { step, epoch, batch: inEpoch } = batch;
  const { quantity, layer } = place;
  return { step, epoch, batch: inEpoch, layer, quantity, status, difference: finite(difference) };
}

function findingAsJson({ quantity, explanations, element, ours, theirs, ratio, tried, cutShort }: Finding) {
  return {
    ...quantityAsJson(quantity),
    shape: quantity.theirs.shape,
    element,
    ours: finite(ours),
    theirs: finite(theirs),
    ratio: finite(ratio),
    explanations,
    tried,
    cutShort,
    expected: nested(quantity.expected),
    recorded: nested(quantity.theirs),
  };
}

/** JSON has no infinity and no NaN. */
const finite = (value: number | null): number | null =>
  value !== null && Number.isFinite(value) ? value : null;

/** An array as nested lists, with null for what is not finite. */
function nested({ shape, values: exact }: NumberArray): unknown {
  const values = [...exact].map(finite);
  if (shape.length === 0) return values[0];
  if (shape.length === 1) return values;
  const [rows, columns] = shape;
  return Array.from({ length: rows }, (_, row) => values.slice(row * columns, (row + 1) * columns));
}
