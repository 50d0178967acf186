import { counted, quote, UserError } from '../errors.ts';
import { decodeNpy, shapeText } from '../files/npy-decode.ts';
import { readZip, type ZipMember } from '../files/zip.ts';
import { columnCount, columnsOf, type NamedArray, type Stack, widthOf } from './array-columns.ts';
import { type Roles, rolesOf } from './array-roles.ts';
import { isText, type RawColumn, type RawTable } from './raw-table.ts';
import { checkColumnCount, checkTableSize } from './table-file.ts';
import { uniqueNames } from './unique-names.ts';
import { largestFile, wholeFile } from './whole-file.ts';

/**
 * Reads the array of a .npy file: one column for each place in a row. Images become rows of pixels, and a structured array has a
 * column for each field. Errors: UserError.
 */
export async function readNpyTable(path: string): Promise<RawTable> {
  const { bytes, sha256 } = await wholeFile(path);
  const array = decodeNpy(bytes, path);
  const isStructured = array.fields[0].name !== null;
  const prefix = array.shape.length > 2 ? 'pixel' : 'x';
  const name = (d: number) => (widthOf(array) === 1 ? prefix : `${prefix}${d}`);
  const notes = isStructured ? [] : [`the array ${shapeText(array.shape)} has no names for its columns`];
  return tableOf(path, sha256, [{ parts: [{ what: path, array }], nameOf: name }], notes);
}

/**
 * Reads the arrays of a .npz file. Inputs and targets are known by their names (`rolesOf`), and the arrays feature_names and
 * target_names name columns and classes. Otherwise all arrays have the same number of rows and are put side by side.
 * Errors: UserError that names the array.
 */
export async function readNpzTable(path: string): Promise<RawTable> {
  const { bytes, sha256 } = await wholeFile(path);
  const members = arraysIn(readZip(bytes, path), path);
  const roles = rolesOf([...members.keys()]);
  if (roles === null) return sideBySide(path, sha256, members);
  return inputsAndTarget(path, sha256, members, roles);
}

type Members = ReadonlyMap<string, ZipMember>;

/** The arrays of an archive by their names. */
function arraysIn(all: readonly ZipMember[], path: string): Members {
  const members = all.filter(({ name }) => name.endsWith('.npy'));
  if (members.length > 0) return new Map(members.map((member) => [member.name.slice(0, -4), member]));
  throw new UserError({
    what: `${path} is a ZIP archive without NumPy arrays`,
    expected: 'an archive of arrays that numpy.savez wrote',
    received: all.length === 0 ? 'an empty archive' : quotedList(all.map(({ name }) => name)),
    remedy: 'unpack it and give one file of it; save the sheet of an Excel file as CSV',
  });
}

function decoded(path: string, members: Members, name: string): NamedArray {
  const what = `the array ${quote(name)} in ${path}`;
  return { what, array: decodeNpy(members.get(name)!.unpack(), what) };
}

/** Refuses arrays that do not fit in memory before they are unpacked. */
function checkSizes(path: string, members: readonly ZipMember[]): void {
  const bytes = members.reduce((sum, { size }) => sum + size, 0);
  if (bytes <= largestFile) return;
  throw new UserError({
    what: `the arrays in ${path} have ${bytes} bytes, unpacked`,
    expected: `at most ${largestFile}`,
    remedy: 'take a part of the rows or columns, or save them in a smaller type, such as float32',
  });
}

function sideBySide(path: string, sha256: string, members: Members): RawTable {
  checkSizes(path, [...members.values()]);
  const all = [...members.keys()].map((name) => ({ name, ...decoded(path, members, name) }));
  const arrays = all.filter(({ array }) => array.shape.length > 0);
  const scalars = all.filter((one) => !arrays.includes(one));
  if (arrays.some(({ array }) => array.shape[0] !== arrays[0].array.shape[0])) {
    throw new UserError({
      what: `the arrays in ${path} have different numbers of rows, and their names do not say what they are`,
      expected: 'arrays with as many rows as each other, or X and y, or x_train, y_train, x_test and y_test',
      received: listed(arrays.map(({ name, array }) => `${name} ${shapeText(array.shape)}`)),
      remedy: 'save them under such names: numpy.savez("data.npz", X=X, y=y)',
    });
  }
  const stacks = arrays.map(({ name, what, array }) => ({
    parts: [{ what, array }],
    nameOf: (d: number) => (widthOf(array) === 1 ? name : `${name}${d}`),
  }));
  const columns = arrays.map(({ name, array }) => `${name} ${shapeText(array.shape)}`);
  return tableOf(path, sha256, stacks, [
    `the columns are those of ${columns.length === 1 ? 'the array' : 'the arrays'} ${listed(columns)}`,
    ...unused(scalars.map(({ name }) => name)),
  ]);
}

function inputsAndTarget(
  path: string,
  sha256: string,
  members: Members,
  { inputs, target, isSplit }: Roles,
): RawTable {
  const naming = ['feature_names', 'target_names'].filter((name) => members.has(name));
  const used = [...inputs, ...target, ...naming];
  checkSizes(
    path,
    used.map((name) => members.get(name)!),
  );
  const read = (name: string) => decoded(path, members, name);
  const [xs, ys] = [inputs.map(read), target.map(read)];
  for (const [part, x] of xs.entries()) checkRows(x, ys[part]);
  const [{ array: x }] = xs;
  const names = namesIn(path, members, 'feature_names', columnCount(x));
  const prefix = x.shape.length > 2 ? 'pixel' : 'x';
  const targetName = baseName(target[0]);
  const isOne = columnCount(ys[0].array) === 1;
  const table = tableOf(
    path,
    sha256,
    [
      { parts: xs, nameOf: (d) => names?.[d] ?? (widthOf(x) === 1 ? prefix : `${prefix}${d}`) },
      { parts: ys, nameOf: (d) => (isOne ? targetName : `${targetName}${d}`) },
    ],
    [
      `the inputs are ${shapesText(inputs, xs)}, the target is ${shapesText(target, ys)}`,
      ...(isSplit
        ? [
            `the first ${x.shape[0]} rows are for training, the others for testing: {split} canonical keeps them apart`,
          ]
        : []),
      ...unused([...members.keys()].filter((name) => !used.includes(name))),
    ],
  );
  const classes = namesIn(path, members, 'target_names', null);
  const last = table.columns[table.columns.length - 1];
  const columns =
    isOne && classes !== null ? [...table.columns.slice(0, -1), named(last, classes)] : table.columns;
  return {
    ...table,
    columns,
    ...(isOne ? { target: last.name } : {}),
    ...(isSplit ? { trainRows: x.shape[0] } : {}),
  };
}

/** x_train is a part of x. */
function baseName(name: string): string {
  const words = name.split('_').filter((word) => !/^(train|training)$/i.test(word));
  return words.join('_');
}

function checkRows({ what, array: { shape } }: NamedArray, y: NamedArray): void {
  const [rows, labels] = [shape[0] ?? 0, y.array.shape[0] ?? 0];
  if (rows === labels) return;
  throw new UserError({
    what: `${y.what} does not belong to ${what}`,
    expected: `${rows} targets, one per row`,
    received: labels,
    remedy: 'save inputs and targets of the same rows',
  });
}

/** The texts of an array that names columns or classes; null if there is none of this length. */
function namesIn(path: string, members: Members, name: string, length: number | null): string[] | null {
  if (!members.has(name)) return null;
  const { array } = decoded(path, members, name);
  const [{ isText, at }] = array.fields;
  if (!isText || array.shape.length !== 1 || (length !== null && array.length !== length)) return null;
  return Array.from({ length: array.length }, (_, i) => at(i) as string);
}

/** A column of labels 0, 1, ... with the names of the classes; the column itself if it has other values. */
function named(column: RawColumn, classes: readonly string[]): RawColumn {
  if (isText(column)) return column;
  const { name, numbers } = column;
  const levels = classes.toSorted();
  const isLabel = (value: number) => Number.isNaN(value) || classes[value] !== undefined;
  if (new Set(classes).size < classes.length || classes.includes('') || !numbers.every(isLabel))
    return column;
  const places = classes.map((one) => levels.indexOf(one));
  return { name, levels, codes: Int32Array.from(numbers, (value) => places[value] ?? -1) };
}

function tableOf(path: string, sha256: string, stacks: readonly Stack[], notes: readonly string[]): RawTable {
  const arrays = stacks.map(({ parts }) => parts[0].array);
  const columns = arrays.reduce((sum, array) => sum + columnCount(array), 0);
  const rows = stacks[0]?.parts.reduce((sum, { array }) => sum + (array.shape[0] ?? 0), 0) ?? 0;
  if (rows === 0 || columns === 0) {
    const sizes = arrays.map(({ shape }) => shapeText(shape)).join(' and ');
    throw new UserError({
      what: `${path} has no rows or no columns`,
      expected: 'arrays with at least one row and one column',
      received: sizes === '' ? 'no arrays' : sizes,
      remedy: 'save the array with its rows',
    });
  }
  checkColumnCount(path, columns);
  checkTableSize(path, rows, columns);
  const found = stacks.flatMap(columnsOf);
  const unique = uniqueNames(found.map(({ name }) => name));
  return {
    rows,
    columns: found.map((column, place) => ({ ...column, name: unique.names[place] })),
    sha256,
    notes: [...notes, ...unique.notes],
  };
}

function shapesText(names: readonly string[], arrays: readonly NamedArray[]): string {
  return names.map((name, place) => `${name} ${shapeText(arrays[place].array.shape)}`).join(' and ');
}

function unused(names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${quotedList(names)} ${names.length === 1 ? 'is' : 'are'} not read`];
}

const mostListed = 6;

function quotedList(names: readonly string[]): string {
  return listed(names.map((name) => quote(name)));
}

function listed(items: readonly string[]): string {
  const more = items.length - mostListed;
  const shown = items.slice(0, mostListed).join(', ');
  return more > 0 ? `${shown} and ${counted(more, 'other')}` : shown;
}
