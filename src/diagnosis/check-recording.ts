import { differenceOf, firstElement } from '../trace/difference.ts';
import type { Recording } from '../trace/exercise.ts';
import { hasShape, type NumberArray } from '../trace/number-array.ts';
import { batchesOf, type Need, needsOf, type Place, placesOf } from '../trace/quantities.ts';
import { rightRules } from '../trace/right-rules.ts';
import { valuesOf } from '../trace/step.ts';
import type { CheckedQuantity, CheckResult, Finding, Status } from './check-result.ts';
import { type Diagnosis, diagnose } from './diagnose.ts';
import { createEffort } from './effort.ts';
import { type Followed, followed, keyOf, type Recorded } from './follow.ts';
import { withoutConventions } from './read-conventions.ts';

/** Relative differences up to this are rounding. */
export const usualTolerance = 1e-10;

/** The most mistakes that are looked for in one program. */
const mostFindings = 4;

/** A recorded quantity before it is known what its difference means. */
type Compared = Omit<CheckedQuantity, 'status'>;

/**
 * Compares what a program recorded with the right run of its exercise, and explains what differs.
 *
 * After the first difference, what the program computes is compared with what follows from its own numbers by the right
 * rules, and by those of the mistakes that have been found: whatever still differs is wrong by itself.
 *
 * `isToExplain` gets the comparison alone, without findings: where it says no, that is the result. To explain takes far longer.
 */
export function checkRecording(
  recording: Recording,
  tolerance = usualTolerance,
  isToExplain: (compared: CheckResult) => boolean = () => true,
): CheckResult {
  const { exercise } = recording;
  const places = placesOf(exercise);
  const needs = needsOf(exercise);
  const right = rightRules(exercise);
  const { recorded, conventions } = withoutConventions(exercise, right, recording.steps, tolerance);
  let run = followed(exercise, right, recorded, tolerance);
  const compared = compare(run, places);
  const findings = new Map<Compared, Finding>();
  const seen = new Set(compared.map(({ place }) => place.quantity));
  const resultSoFar = (): CheckResult => {
    const [first, ...separate] = [...findings.values()];
    const quantities = compared.map((one) => ({ ...one, status: statusOf(one, findings, tolerance) }));
    const absent = [...new Set(places.map(({ quantity }) => quantity))].filter((name) => !seen.has(name));
    return {
      exercise,
      recording,
      tolerance,
      quantities,
      first: first ?? null,
      separate,
      conventions,
      absent,
    };
  };
  const unexplained = new Set<string>();
  const effort = createEffort(exercise);
  if (!isToExplain(resultSoFar())) return resultSoFar();
  while (findings.size < mostFindings) {
    const { wrong } = run;
    const found = compared.find(
      (quantity) =>
        wrong.has(keyOf({ step: quantity.batch.step, index: quantity.index })) &&
        !findings.has(quantity) &&
        (unexplained.size === 0 ||
          (!unexplained.has(computationOf(quantity)) &&
            isComputedFromRecorded(quantity, recorded, needs, !unexplained.has('z')))),
    );
    if (found === undefined) break;
    const { index, batch } = found;
    const at = wrong.get(keyOf({ step: batch.step, index }))!;
    const diagnosis = diagnose(run, at, effort);
    const status = findings.size === 0 ? 'first' : 'separate';
    findings.set(found, findingOf({ ...found, expected: at.expected }, status, diagnosis, run.tolerance));
    const [best] = diagnosis.diagnosed;
    if (best === undefined) unexplained.add(computationOf(found));
    else run = followed(exercise, best.rules, recorded, best.tolerance);
  }
  return resultSoFar();
}

/** Every recorded quantity, with what a program computes for it, and with what follows from the numbers recorded before it. */
function compare(
  { exercise, rules, recorded, computed, wrong }: Followed,
  places: readonly Place[],
): readonly Compared[] {
  const ours = valuesOf(exercise, rules);
  return batchesOf(exercise).flatMap((batch) =>
    places.flatMap((place, index): Compared[] => {
      const theirs = recorded[batch.step]?.[index] ?? null;
      if (theirs === null) return [];
      const expected = computed[batch.step][index];
      const difference =
        wrong.get(keyOf({ step: batch.step, index }))?.difference ?? differenceOf(expected, theirs);
      return [{ batch, place, index, ours: ours[batch.step][index], theirs, expected, difference }];
    }),
  );
}

/** What computes a quantity: one update moves kernels and biases, so its mistake shows in both. */
const computationOf = ({ place: { quantity, slot, parameter } }: Compared): string =>
  parameter === null || quantity.endsWith('_gradient') ? quantity : `update ${slot ?? 'value'}`;

/**
 * Whether everything that a quantity is computed from was recorded, so that nothing unseen can have made it wrong. The weights
 * to start with are given, but a program whose first z nobody can explain may have others.
 */
function isComputedFromRecorded(
  { batch: { step }, index }: Compared,
  recorded: Recorded,
  needs: readonly (readonly Need[])[],
  startsAsGiven: boolean,
): boolean {
  return needs[index].every(
    ({ index: need, before }) =>
      (before && step === 0 && startsAsGiven) ||
      (recorded[before ? step - 1 : step]?.[need] ?? null) !== null,
  );
}

function statusOf(quantity: Compared, findings: ReadonlyMap<Compared, Finding>, tolerance: number): Status {
  const finding = findings.get(quantity);
  if (finding !== undefined) return finding.quantity.status;
  return differenceOf(quantity.ours, quantity.theirs) <= tolerance ? 'same' : 'consequence';
}

function findingOf(
  found: Compared,
  status: Status,
  { diagnosed, tried, cutShort }: Diagnosis,
  tolerance: number,
): Finding {
  const { expected, theirs } = found;
  const quantity: CheckedQuantity = { ...found, status };
  const explanations = diagnosed.map(({ explanation }) => explanation);
  if (!hasShape(theirs, expected.shape))
    return { quantity, element: [], ours: null, theirs: null, ratio: null, explanations, tried, cutShort };
  const at = firstElement(expected, theirs, tolerance);
  const [a, b] = [expected.values[at], theirs.values[at]];
  return {
    quantity,
    element: indicesOf(at, expected),
    ours: a,
    theirs: b,
    ratio: Number.isFinite(b / a) ? b / a : null,
    explanations,
    tried,
    cutShort,
  };
}

/** The indices of an element by its place in the values. */
function indicesOf(at: number, { shape }: NumberArray): number[] {
  if (shape.length === 0) return [];
  return shape.length === 1 ? [at] : [Math.floor(at / shape[1]), at % shape[1]];
}
