/** The position of a line: its journal, its first byte and its length in bytes. */
export interface Place {
  readonly journal: string;
  readonly offset: number;
  readonly length: number;
}

/** The number that means "no line". */
export const noLine = -1;

/** The positions of lines, numbered from 0. A line takes 21 bytes, because a store may have millions of them. */
export interface LineTable {
  /** Adds a line and returns its number; `before` is the number of the previous line with the same id, or noLine. */
  add(place: Place, before: number): number;
  at(line: number): Place;
  /** The previous line with the same id, or noLine. */
  before(line: number): number;
  /** Forgets the previous lines with the same id. */
  forgetEarlier(line: number): void;
  /** Whether `markChecked` was called for the line. */
  isChecked(line: number): boolean;
  markChecked(line: number): void;
  clear(): void;
}

export function createLineTable(): LineTable {
  const journals: string[] = [];
  const numbers = new Map<string, number>();
  let count = 0;
  let columns = createColumns(0);
  const grow = (): void => {
    const larger = createColumns(Math.max(1024, 2 * count));
    for (const name of Object.keys(columns) as (keyof typeof columns)[]) larger[name].set(columns[name]);
    columns = larger;
  };
  return {
    add({ journal, offset, length }, before) {
      if (count === columns.offset.length) grow();
      const number = numbers.get(journal) ?? journals.push(journal) - 1;
      numbers.set(journal, number);
      columns.journal[count] = number;
      columns.offset[count] = offset;
      columns.length[count] = length;
      columns.before[count] = before;
      return count++;
    },
    at: (line) => ({
      journal: journals[columns.journal[line]],
      offset: columns.offset[line],
      length: columns.length[line],
    }),
    before: (line) => columns.before[line],
    forgetEarlier: (line) => {
      columns.before[line] = noLine;
    },
    isChecked: (line) => columns.checked[line] === 1,
    markChecked: (line) => {
      columns.checked[line] = 1;
    },
    clear: () => {
      journals.length = 0;
      numbers.clear();
      count = 0;
      columns = createColumns(0);
    },
  };
}

function createColumns(lines: number) {
  return {
    journal: new Uint32Array(lines),
    offset: new Float64Array(lines),
    length: new Uint32Array(lines),
    before: new Int32Array(lines),
    checked: new Uint8Array(lines),
  };
}
