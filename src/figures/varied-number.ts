import { type OptionName, optionTitle, type Setting, type Settings } from '../experiment/options.ts';
import { rowsOf } from '../experiment/resolve-data.ts';
import { differingOptions, type Results, valuesOf } from './results.ts';

/** A number that is varied, over which results are drawn. */
export interface VariedNumber {
  readonly option: OptionName;
  readonly title: string;
  /** Its value in some settings; null in those that do not have the option. */
  readonly valueOf: (settings: Settings) => number | null;
  readonly notes: readonly string[];
}

/** Numbers that only count draws, or that decide no prediction. */
const meaningless: readonly OptionName[] = ['net', 'bootstrap'];

/** The varied number with most values, without the options that are axes already; null if there is none. */
export function variedNumber(results: Results, without: readonly OptionName[] = []): VariedNumber | null {
  const candidates = differingOptions(results).filter(
    (name) => ![...meaningless, ...without].includes(name) && isNumeric(valuesOf(results.trials, name)),
  );
  const count = (name: OptionName) => valuesOf(results.trials, name).length;
  const [option] = [...candidates].sort((a, b) => count(b) - count(a));
  if (option === undefined) return null;
  if (option === 'samples') return trainingRows(results);
  const title = option === 'hidden' ? 'hidden nodes' : optionTitle(option);
  return { option, title, valueOf: (settings) => numberIn(settings[option]), notes: [] };
}

/** All values are numbers, or widths of a single hidden layer. */
function isNumeric(values: readonly Setting[]): boolean {
  return values.every((value) => numberIn(value) !== null);
}

function numberIn(value: Setting | null | undefined): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : null;
}

/** A learning curve: the rows that models are fitted to, and whether they are tested on equally many. */
function trainingRows({ trials }: Results): VariedNumber {
  const counts = trials.map(({ settings }) => rowCounts(settings));
  const tests = [...new Set(counts.map(({ test }) => test))].sort((a, b) => a - b);
  const note =
    tests.length === 1
      ? `${tests[0]} test rows at every point.`
      : `The number of test rows grows from ${tests[0]} to ${tests.at(-1)}: points with a fixed test size, ` +
        `such as ${tests.at(-1)}, are easier to compare.`;
  return {
    option: 'samples',
    title: 'training rows',
    valueOf: (settings) => rowCounts(settings).train,
    notes: [note],
  };
}

function rowCounts({ samples, testSize, validationSize }: Settings): { train: number; test: number } {
  const test = rowsOf(samples as number, testSize as number);
  const rest = (samples as number) - test;
  return { train: rest - rowsOf(rest, (validationSize ?? 0) as number), test };
}
