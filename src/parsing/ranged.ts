import { UserError } from '../errors.ts';
import type { Option, Setting } from './option.ts';
import {
  hasRange,
  isWholeRange,
  parseRange,
  type Range,
  rangeNotation,
  rangeText,
  valueAt,
} from './range.ts';

/** Shares of a range at which its values are checked before any is drawn. */
const checkedShares = [0, 0.25, 0.5, 0.75, 1 - 2 ** -32];

/**
 * A setting with a range in place of a number, in the one way in which it is kept: "loguniform(1e-4, 1)" as "loguniform(0.0001,1)". An
 * option of several numbers joined by - may have several ranges: "int(8,64)-int(4,32)".
 *
 * `option` takes numbers. Errors: UserError for a wrong range, and for one with values that the option does not take.
 */
export function parseRanged(text: string, option: Option, name: string): string {
  const parts = partsOf(text, name, option.isJoined === true);
  const broken = parts.find((part) => typeof part === 'string' && hasRange(part));
  if (broken !== undefined) {
    throw new UserError({
      what: `${name} has a range with something before or after it`,
      expected: rangeNotation,
      received: text,
      remedy: 'write the range alone, with commas only between its ends',
    });
  }
  const other = parts.find((part) => typeof part !== 'string' && !isWholeRange(part));
  if (option.numbers === 'whole' && other !== undefined) {
    const { kind, low, high } = other as Range;
    const whole = kind === 'uniform' ? 'int' : 'logint';
    throw new UserError({
      what: `${name} takes whole numbers`,
      expected: 'int(a,b) or logint(a,b)',
      received: text,
      remedy: `write ${whole}(${Math.ceil(low)},${Math.floor(high)})`,
    });
  }
  for (const share of checkedShares) {
    try {
      valueIn(parts, option, name, () => share);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      throw new UserError({
        what: `${name} has a range with values that it does not take`,
        expected: error.parts.expected ?? option.range ?? '',
        received: text,
        remedy: 'move the ends of the range within these limits',
      });
    }
  }
  return parts.map((part) => (typeof part === 'string' ? part : rangeText(part))).join('-');
}

/** The ranges and the fixed parts of a setting. Errors: UserError for a wrong range. */
export function partsOf(text: string, name: string, isJoined: boolean): (Range | string)[] {
  const texts = isJoined ? text.split(/-(?![^(]*\))/) : [text];
  return texts.map((part) => parseRange(part, name) ?? part.trim());
}

/** The value with a number drawn for each range, in order. `share` gives numbers in [0, 1). Errors: those of the option. */
export function valueIn(
  parts: readonly (Range | string)[],
  option: Option,
  name: string,
  share: () => number,
): Setting {
  const drawn = parts.map((part) => (typeof part === 'string' ? part : String(valueAt(part, share()))));
  return option.parse(drawn.join('-'), name);
}
