import { counted, printable, quote, UserError } from '../errors.ts';
import type { Task } from '../stats/metrics.ts';
import { isText, type RawColumn } from './raw-table.ts';

/** At most this many different whole numbers are taken for classes, if each has enough rows on average. */
const mostNumberedClasses = 10;
const leastRowsPerClass = 5;
/** More classes than this are a mistake. */
const mostClasses = 1000;

/** The task, and why it is that one. */
export interface InferredTask {
  readonly task: Task;
  /** "price is a number: regression" */
  readonly note: string;
}

/**
 * The task that follows from a target, if the user chose none. Text is a class. Numbers are classes if they are two whole
 * numbers, or at most ten of which each has five rows on average; otherwise they are what a regression predicts.
 *
 * Errors: a target without values, with only one, or that the chosen task cannot have.
 */
export function inferTask(
  column: RawColumn,
  isCategorical: boolean,
  chosen: Task | 'auto',
  path: string,
): InferredTask {
  const name = printable(column.name);
  const { values, distinct, areWhole } = valuesOf(column);
  const fail = (what: string, remedy: string) =>
    new UserError({
      what: `the target ${quote(column.name)} of ${path} ${what}`,
      expected: 'a column with at least two different values',
      remedy,
    });
  if (distinct === 0) throw fail('has no values: all are missing', 'name another {target}');
  if (distinct === 1)
    throw fail('has the same value in all rows, so that there is nothing to learn', 'name another {target}');
  if (chosen === 'regression') {
    if (!isText(column)) return { task: chosen, note: `${name} is the target of a regression` };
    throw new UserError({
      what: `the target ${quote(column.name)} of ${path} is text, and a regression predicts numbers`,
      expected: 'a column of numbers',
      received: column.levels[0],
      remedy: 'name another {target}, or use {task} classification',
    });
  }
  const mayBeClasses = areWhole && distinct <= mostNumberedClasses && values >= leastRowsPerClass * distinct;
  const areClasses = isText(column) || isCategorical || (areWhole && distinct === 2) || mayBeClasses;
  if (chosen === 'auto' && !areClasses)
    return { task: 'regression', note: `${name} is a number: regression` };
  if (distinct > mostClasses || (distinct > values / 2 && values > 20)) {
    throw fail(
      `has ${distinct} different values in ${values} rows, too many for classes`,
      isText(column) ? 'name another {target}' : 'name another {target}, or use {task} regression',
    );
  }
  const classes = counted(distinct, 'class', 'classes');
  if (chosen !== 'auto' || isText(column)) return { task: 'classification', note: `${name} has ${classes}` };
  return {
    task: 'classification',
    note: `${name} has whole numbers that are taken for ${classes} ({task} regression predicts them as numbers)`,
  };
}

function valuesOf(column: RawColumn): { values: number; distinct: number; areWhole: boolean } {
  const seen = new Set<number>();
  let values = 0;
  let areWhole = true;
  for (const value of isText(column) ? column.codes : column.numbers) {
    if (Number.isNaN(value) || (isText(column) && value === -1)) continue;
    values++;
    if (!Number.isInteger(value)) areWhole = false;
    seen.add(value);
  }
  return { values, distinct: seen.size, areWhole };
}
