import { significant } from '../../stats/significant.ts';
import { differenceOf, worstElement } from '../../trace/difference.ts';
import { hasShape } from '../../trace/number-array.ts';
import type { Rules } from '../../trace/rules.ts';
import type { Evidence } from './mistake.ts';

/** A relative difference that a value of a hyperparameter has to reproduce the recorded numbers to. */
const precision = 1e-10;
/** The most decimal digits of a value that somebody may have typed. */
const mostDigits = 4;
const mostSteps = 60;

/** A value that gives the recorded numbers; it is `plain` if a person would write it, such as 0.8. */
export interface Solved {
  readonly value: number;
  readonly plain: boolean;
}

/**
 * The value of one number of a program with which it gives what was recorded: the root of the difference at the element
 * that is farthest from ours, between two of the trial values where it changes its sign. It is rounded to the fewest digits
 * with which the program still gives all of the array; null if no value does.
 */
export function solveFor(
  evidence: Evidence,
  rules: (value: number) => Rules,
  trials: readonly number[],
): Solved | null {
  const { ours, theirs, expectedOf } = evidence;
  if (!hasShape(theirs, ours.shape)) return null;
  const at = worstElement(ours, theirs);
  const residual = (value: number): number => {
    const expected = expectedOf(rules(value));
    return expected === null ? Number.NaN : expected.values[at] - theirs.values[at];
  };
  const gives = (value: number): boolean => {
    const expected = expectedOf(rules(value));
    if (expected === null) return false;
    const found = differenceOf(expected, theirs);
    return found <= precision && found <= 1e-3 * differenceOf(ours, theirs);
  };
  const value = rootOf(residual, trials);
  if (value === null || !gives(value)) return null;
  for (let digits = 1; digits <= mostDigits; digits++) {
    const rounded = significant(value, digits);
    // Most roundings are too far to be worth a run.
    if (Math.abs(rounded - value) <= 1e-3 * Math.abs(value) && gives(rounded))
      return { value: rounded, plain: true };
  }
  return { value, plain: false };
}

/** A root between neighbours of different sign, by the Illinois method. */
function rootOf(residual: (value: number) => number, trials: readonly number[]): number | null {
  let [a, b] = [trials[0], trials[0]];
  let [fa, fb] = [residual(a), Number.NaN];
  const first = fa;
  for (const [index, trial] of trials.slice(1).entries()) {
    [b, fb] = [trial, residual(trial)];
    if (fb === 0) return b;
    if (fa * fb <= 0) break;
    // Without an effect in two very different values, it has none.
    if (index === 1 && fb === first && fa === first) return null;
    [a, fa] = [b, fb];
  }
  if (fa === 0) return a;
  if (!(fa * fb < 0)) return null;
  for (let step = 0; step < mostSteps; step++) {
    const c = (a * fb - b * fa) / (fb - fa);
    const fc = residual(c);
    if (fc === 0 || Math.abs(b - a) <= 1e-14 * Math.abs(c)) return c;
    if (!Number.isFinite(fc)) return null;
    if (fc * fb < 0) [a, fa] = [b, fb];
    else fa /= 2;
    if (Math.abs(c - b) <= 1e-15 * Math.abs(c)) return c;
    [b, fb] = [c, fc];
  }
  return b;
}
