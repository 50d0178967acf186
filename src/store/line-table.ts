/** A line: its journal, and the bytes where it begins and how many it has. */
export interface Place {
  readonly journal: string;
  readonly offset: number;
  readonly length: number;
}

/** The number of a line that is not there. */
export const noLine = -1;

/** Where lines are, by number from 0: 21 bytes a line, as a store may have millions of them. */
export interface LineTable {
  /** Takes in a line; `before` is the number of the one that its id had last, or noLine. */
  add(place: Place, before: number): number;
  at(line: number): Place;
  /** The line that the same id had before, or noLine. */
  before(line: number): number;
  /** Forgets those before. */
  cut(line: number): void;
  /** Whether `check` was called for the line. */
  isChecked(line: number): boolean;
  check(line: number): void;
  clear(): void;
}

export function createLineTable(): LineTable {
  const journals: string[] = [];
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
      // Lines come journal by journal.
      let number = journals.lastIndexOf(journal);
      if (number < 0) number = journals.push(journal) - 1;
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
    cut: (line) => {
      columns.before[line] = noLine;
    },
    isChecked: (line) => columns.checked[line] === 1,
    check: (line) => {
      columns.checked[line] = 1;
    },
    clear: () => {
      journals.length = 0;
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
