import { counted, printable, quote, UserError } from '../errors.ts';
import { didYouMean } from '../math/nearest.ts';
import type { Task } from '../stats/metrics.ts';
import { isInfinite } from './cells.ts';
import { numberLikeError, numberLikeOf } from './number-like.ts';
import {
  isText,
  type NumberColumn,
  placeOf,
  type RawColumn,
  type RawTable,
  type TextColumn,
} from './raw-table.ts';
import type { TableChoices } from './table-choices.ts';
import { inferTask } from './table-task.ts';

/** A column that is no feature, and why: "all its values are missing". */
export interface LeftOut {
  readonly name: string;
  readonly why: string;
}

/** Which columns of a table are used, and for what. */
export interface ChosenColumns {
  readonly target: string;
  readonly task: Task;
  /** In the order of the file. */
  readonly features: readonly string[];
  /** Features of numbers that are categories. */
  readonly categorical: readonly string[];
  /** Without those that the user left out. */
  readonly leftOut: readonly LeftOut[];
  /** One sentence without a full stop for each thing that was decided for the user. */
  readonly notes: readonly string[];
}

/** A text column with more levels than this is no list of categories. */
export const mostLevels = 1000;

/**
 * Chooses the target, the task and the features of a table. Errors: UserError for columns that do not exist, and for those that
 * cannot be used.
 */
export function chooseColumns(table: RawTable, choices: TableChoices, path: string): ChosenColumns {
  const names = table.columns.map(({ name }) => name);
  const find = (setting: string, given: readonly string[]) => namesIn(given, names, setting, path);
  const target = targetOf(table, choices, path);
  const [drop, categorical] = [find('drop', choices.drop), find('categorical', choices.categorical)];
  const id = choices.id === null ? [] : find('id', [choices.id]);
  const given = choices.features === null ? null : find('features', choices.features);
  checkRoles(target, given, [...drop, ...id]);
  const candidates = table.columns.filter(
    ({ name }) =>
      name !== target && !drop.includes(name) && !id.includes(name) && (given?.includes(name) ?? true),
  );
  const targetColumn = table.columns[names.indexOf(target)];
  if (isText(targetColumn)) {
    checkNotNumberLike(table, targetColumn, path, categorical, choices);
    checkNotMixed(table, targetColumn, path, categorical, choices);
  }
  const task = inferTask(targetColumn, categorical.includes(target), choices.task, path);
  const leftOut: LeftOut[] = [];
  for (const column of candidates) {
    if (isText(column)) checkNotNumberLike(table, column, path, categorical, choices);
    const why = whyNoFeature(table, column, categorical.includes(column.name));
    if (why === null) {
      if (isText(column)) checkNotMixed(table, column, path, categorical, choices);
      continue;
    }
    if (given !== null) throw cannotBeFeature(column.name, why, path);
    leftOut.push({ name: column.name, why });
  }
  const out = new Set(leftOut.map(({ name }) => name));
  const features = candidates.map(({ name }) => name).filter((name) => !out.has(name));
  if (features.length === 0) throw noFeatures(path, target, names.length);
  const unused = categorical.find((name) => name !== target && !features.includes(name));
  if (unused !== undefined) throw notAFeature(unused);
  return {
    target,
    task: task.task,
    features,
    categorical: categorical.filter((name) => name !== target && !isText(table.columns[names.indexOf(name)])),
    leftOut,
    notes: [task.note, ...leftOutNotes(leftOut)],
  };
}

function targetOf(table: RawTable, { target: given }: TableChoices, path: string): string {
  const names = table.columns.map(({ name }) => name);
  const target = given ?? table.target;
  if (target !== undefined) return namesIn([target], names, 'target', path)[0];
  throw new UserError({
    what: `which column of ${path} is to be predicted is not known`,
    expected: `{target} and the name of a column: ${listed(names)}`,
    remedy: `give {target}, for example {target} ${quote(names.at(-1))}`,
  });
}

/**
 * The columns that a list names. A name with commas in it may have been taken apart, so parts that are no names are put
 * together again. Errors: a name that no column has.
 */
function namesIn(
  given: readonly string[],
  names: readonly string[],
  setting: string,
  path: string,
): string[] {
  const plain = (name: string) => name.replace(/\s*,\s*/g, ',').trim();
  const byPlainName = new Map(names.map((name) => [plain(name), name]));
  const found: string[] = [];
  for (let from = 0; from < given.length; ) {
    let to = names.includes(given[from]) ? from + 1 : given.length;
    while (to > from && !byPlainName.has(plain(given.slice(from, to).join(',')))) to--;
    if (to === from) throw noSuchColumn(given[from], names, setting, path);
    const name = names.includes(given[from])
      ? given[from]
      : byPlainName.get(plain(given.slice(from, to).join(',')))!;
    if (!found.includes(name)) found.push(name);
    from = to;
  }
  return found;
}

function noSuchColumn(name: string, names: readonly string[], setting: string, path: string): UserError {
  return new UserError({
    what: `{${setting}} names a column that ${path} does not have`,
    expected: `one of its ${counted(names.length, 'column')}: ${listed(names)}`,
    received: name,
    remedy: didYouMean(name, names) ?? 'see fys-nn data describe for its columns',
  });
}

function checkRoles(target: string, given: readonly string[] | null, out: readonly string[]): void {
  if (given?.includes(target)) {
    throw new UserError({
      what: 'the target is also one of the {features}, so that it would be predicted from itself',
      expected: 'features without the target',
      received: target,
      remedy: 'leave it out of {features}',
    });
  }
  const contradicted = out.find((name) => name === target || (given !== null && !given.includes(name)));
  if (contradicted === target) {
    throw new UserError({
      what: 'the target cannot be left out by {drop} or {id}',
      expected: 'columns that are not the target',
      received: target,
      remedy: 'name another {target}, or keep this column',
    });
  }
  if (contradicted !== undefined) {
    throw new UserError({
      what: '{drop} and {id} have no effect on a column that is not among the {features}',
      expected: 'a column among the {features}',
      received: contradicted,
      remedy: 'leave it out of {drop} or {id}',
    });
  }
}

/** Why a column says nothing that can be used for other rows; null if it may. */
function whyNoFeature(table: RawTable, column: RawColumn, isCategorical: boolean): string | null {
  if (isText(column)) return whyNoCategories(column);
  const { count, rowNumbers, distinctIntegers } = numbersOf(column);
  if (count === 0) return 'all its values are missing';
  if (isCategorical || count < table.rows || table.rows < 3 || !namesRows(column.name)) return null;
  return rowNumbers
    ? 'it numbers the rows'
    : distinctIntegers
      ? 'it has another number in each row, as an identifier has'
      : null;
}

/** Names of columns that identify rows; those without a name are called column_1. */
const namesOfRows =
  /^(?:column_1|index|nr\.?|no\.?|row|row[ _.]?(?:number|names?)|unnamed.*|(?:.*[ _.-])?id)$/i;
const namesRows = (name: string): boolean => namesOfRows.test(name) || /[a-z]I[dD]$/.test(name);

/** How many values are not missing; whether each is one more than the one before; whether all are different whole numbers. */
function numbersOf({ numbers }: NumberColumn) {
  let count = 0;
  let rowNumbers = numbers[0] === 0 || numbers[0] === 1;
  for (let row = 0; row < numbers.length; row++) {
    if (!Number.isNaN(numbers[row])) count++;
    if (numbers[row] !== numbers[0] + row) rowNumbers = false;
  }
  const distinctIntegers = numbers.every(Number.isInteger) && new Set(numbers).size === numbers.length;
  return { count, rowNumbers, distinctIntegers };
}

/** Whether most cells are numbers, so that text among them is a mistake. */
function isMostlyNumbers({ mixed, codes }: TextColumn): boolean {
  return mixed !== undefined && mixed.numbers + mixed.decimalCommas > codes.length / 2;
}

function whyNoCategories(column: TextColumn): string | null {
  const { levels, codes } = column;
  if (levels.length === 0) return 'all its values are missing';
  // Whether these are numbers is said first.
  if (isMostlyNumbers(column)) return null;
  const values = codes.reduce((sum, code) => sum + (code === -1 ? 0 : 1), 0);
  if (levels.length > mostLevels) return `it has ${levels.length} different texts`;
  if (levels.length <= Math.max(10, values / 2)) return null;
  return levels.length === values
    ? `it has another text in each of ${values} rows, as a name or an identifier has`
    : `it has ${levels.length} different texts in ${values} rows, as names or identifiers have`;
}

/**
 * Refuses a column whose cells look like numbers with another notation, which would be lost. Few different texts are taken for
 * categories, unless the decimal mark alone makes them text.
 */
function checkNotNumberLike(
  table: RawTable,
  column: TextColumn,
  path: string,
  categorical: readonly string[],
  { decimalComma }: TableChoices,
): void {
  if (categorical.includes(column.name)) return;
  const like = numberLikeOf(column, decimalComma);
  if (like === null) return;
  const { notation } = like;
  const areCategories =
    notation !== 'otherMark' && notation !== 'ambiguous' && whyNoCategories(column) === null;
  if (areCategories && !isMostlyNumbers(column)) return;
  throw numberLikeError(table, column, like, decimalComma, path);
}

/** Refuses a column of numbers among which is text, unless the user says that they are categories. */
function checkNotMixed(
  table: RawTable,
  column: TextColumn,
  path: string,
  categorical: readonly string[],
  { decimalComma }: TableChoices,
): void {
  const { name, mixed, codes, levels } = column;
  if (mixed === undefined || categorical.includes(name)) return;
  const values = codes.reduce((sum, code) => sum + (code === -1 ? 0 : 1), 0);
  const { numbers, first } = mixed;
  const where = `in column ${quote(name)}, ${placeOf(table, first.row)} of ${path}`;
  if (numbers <= values / 2) return;
  const others = values - numbers;
  throw new UserError({
    what: `${where}, there is ${isInfinite(first.text) ? 'an infinite value' : 'text'} among numbers`,
    expected: `a number or an empty cell, like the other ${counted(numbers, 'number')}${decimalComma ? ' with a decimal comma' : ''}`,
    received: first.text,
    remedy: `correct ${others === 1 ? 'this cell' : `these ${others} cells`}, leave the column out with {drop}, or say with {categorical} that its ${levels.length} values are categories`,
  });
}

function cannotBeFeature(name: string, why: string, path: string): UserError {
  return new UserError({
    what: `the column ${quote(name)} of ${path} cannot be one of the {features}: ${why}`,
    expected: 'numbers, or text with a few levels',
    received: name,
    remedy: 'leave it out of {features}',
  });
}

function notAFeature(name: string): UserError {
  return new UserError({
    what: '{categorical} has no effect on a column that is not used',
    expected: 'a feature or the target',
    received: name,
    remedy: 'leave it out of {categorical}',
  });
}

function noFeatures(path: string, target: string, columns: number): UserError {
  return new UserError({
    what: `${path} has no column to predict ${quote(target)} from`,
    expected: 'at least one feature',
    received: counted(columns, 'column'),
    remedy: 'name other {features}, leave out fewer, or use another table',
  });
}

const mostListed = 12;

/** The first names of a list. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostListed).map(printable).join(', ');
  return names.length > mostListed ? `${shown}, and ${names.length - mostListed} more` : shown;
}

function leftOutNotes(leftOut: readonly LeftOut[]): string[] {
  const shown = leftOut
    .slice(0, 5)
    .map(
      ({ name, why }) => `${printable(name)} is left out: ${why}; {drop} ${asArgument(name)} says the same`,
    );
  const more = leftOut.length - shown.length;
  return more > 0
    ? [...shown, `${counted(more, 'more column')} ${more === 1 ? 'is' : 'are'} left out`]
    : shown;
}

/** A name as it is typed after a flag: in quotes if it has characters that shells treat specially. */
function asArgument(name: string): string {
  return /^[\p{L}\p{N}_.-]+$/u.test(name) ? name : quote(name);
}
