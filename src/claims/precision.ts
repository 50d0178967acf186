import { Misfit } from './kinds/kind.ts';

/** How exactly a number is known, as it is written. */
interface Precision {
  readonly significantDigits?: number | undefined;
  readonly decimals?: number | undefined;
  readonly readingError?: number | undefined;
}

/**
 * The precision of a number as it is judged: its significant digits or its reading error. 0.10 with two decimals has two
 * significant digits, 10.00 has four.
 *
 * Errors: Misfit unless exactly one of the three is given, and if the number has more digits than are said to be printed.
 */
export function precisionOf(value: number, given: Precision, keys: readonly PropertyKey[]) {
  const { significantDigits, decimals, readingError } = given;
  const written = [significantDigits, decimals, readingError].filter((one) => one !== undefined);
  if (written.length !== 1) {
    throw new Misfit(
      [],
      'either significantDigits, decimals or readingError',
      written.length === 0 ? undefined : given,
    );
  }
  if (readingError !== undefined) return { readingError };
  if (significantDigits !== undefined) return { significantDigits };
  if (Number(value.toFixed(decimals!)) !== value)
    throw new Misfit(keys, `a number of ${decimals} decimals`, value);
  const exponent = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  return { significantDigits: exponent + 1 + decimals! };
}
