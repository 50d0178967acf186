import { differenceOf } from './difference.ts';
import { hasShape, map, type NumberArray } from './number-array.ts';
import type { Parameter, Rules, Step, Updated } from './rules.ts';

/** Relative differences up to this are rounding. */
const rounding = 1e-12;
/** Up to this, a state counts as reached. */
const close = 1e-9;
const corrections = 3;

type State = Updated['state'];

/**
 * The value that an update gives if its state after the step is `wanted`: so weights are compared with what follows from the
 * state that a program recorded in the same step. null: they do not follow from it.
 *
 * Every state is linear in itself before the step, so two updates show which state before leads to the wanted one. An update in
 * which that is not so, such as one that starts from 0 in each step, leads to no other state.
 */
export function valueFromState(
  step: Step,
  update: Rules['update'],
  parameter: Parameter,
  moved: Updated,
  wanted: State,
): NumberArray | null {
  const slots = Object.keys(wanted);
  const agree = (state: State, within: number) =>
    slots.every((slot) => differenceOf(state[slot], wanted[slot]) <= within);
  if (agree(moved.state, rounding)) return null;
  if (!slots.every((slot) => hasShape(wanted[slot], parameter.value.shape))) return null;
  let before: State = parameter.state;
  const after = (slot: string, values: NumberArray): NumberArray =>
    update(step, { ...parameter, state: { ...before, [slot]: values } }).state[slot];
  // A velocity follows from the mean square of the same step, which is the slot before it.
  for (const slot of slots) {
    const [zero, one] = [map(before[slot], () => 0), map(before[slot], () => 1)];
    const [from, to] = [after(slot, zero), after(slot, one)];
    const slopes = map(to, (value, i) => value - from.values[i]);
    let values = map(wanted[slot], (value, i) => (value - from.values[i]) / slopes.values[i]);
    for (let i = 0; i < corrections; i++) {
      const reached = after(slot, values);
      const target = wanted[slot];
      values = map(values, (value, j) => value + (target.values[j] - reached.values[j]) / slopes.values[j]);
    }
    before = { ...before, [slot]: values };
  }
  const found = update(step, { ...parameter, state: before });
  if (agree(found.state, close) && found.value.values.every(Number.isFinite)) return found.value;
  // What a program remembers of an update is that of the last one.
  update(step, parameter);
  return null;
}
