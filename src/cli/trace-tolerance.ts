import { UserError } from '../errors.ts';
import { parseNumber } from '../parsing/value-list.ts';

/** The largest tolerance for a program of one's own: with more, wrong numbers would pass. */
const mostTolerance = 0.1;

/** A tolerance that was typed. Errors: it is not a number, negative, or larger than 0.1. */
export const toleranceOf = (text: string): number => upTo(mostTolerance, text, '--tolerance');

/** A tolerance of a replay. Errors: it is not a number, or negative. */
export const replayToleranceOf = (text: string, option = '--tolerance'): number =>
  upTo(Infinity, text, option);

function upTo(most: number, text: string, option: string): number {
  const value = parseNumber(text, option);
  if (value >= 0 && value <= most) return value;
  throw new UserError({
    what: `${option} is ${value < 0 ? 'negative' : 'too large'}`,
    expected: most === Infinity ? 'a number >= 0' : `a number from 0 to ${most}`,
    received: text,
    remedy: `leave out ${option}`,
  });
}
