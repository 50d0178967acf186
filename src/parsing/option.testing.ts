import { UserError } from '../errors.ts';
import type { Option, Setting } from './option.ts';

/** Values of the kinds that options have: whole numbers, shares, formulas, grids, ranges, widths. */
const texts = ['x*y', 'x+y', '20x20', '30x30', '0:1', '0:2', '0', '1', '2', '3', '7', '0.5', '7-5'];

/** Values that an option takes, other than `value`: its choices, or several of its kind. */
export function otherValues({ choices, parse }: Option, value: Setting | undefined): Setting[] {
  const taken = (choices ?? texts).flatMap((text) => {
    try {
      return [parse(text, '--option')];
    } catch (error) {
      if (error instanceof UserError) return [];
      throw error;
    }
  });
  return [...new Set(taken)].filter((other) => other !== value);
}
