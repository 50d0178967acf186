import type { OptionName, Setting, Settings } from '../experiment/options.ts';

/** Something with settings, such as a cell. */
interface WithSettings {
  readonly settings: Settings;
}

/** One line of a grid: its cell in each column. */
export interface GridLine<Cell> {
  /** The settings of one of its cells. All its cells agree in the options that distinguish lines. */
  readonly settings: Settings;
  readonly cells: ReadonlyMap<Setting, Cell>;
}

export interface Grid<Cell> {
  readonly lines: readonly GridLine<Cell>[];
  /** The values of the column option, in order of appearance. */
  readonly columns: readonly Setting[];
}

/**
 * Arranges cells in lines, one per combination of `keys`, and in columns by one option, in O(cells). If several cells have
 * the same place, the first one is used.
 */
export function arrangeGrid<Cell extends WithSettings>(
  cells: Iterable<Cell>,
  keys: readonly OptionName[],
  columns: OptionName,
): Grid<Cell> {
  const lines = new Map<string, { settings: Settings; cells: Map<Setting, Cell> }>();
  const found = new Set<Setting>();
  for (const cell of cells) {
    const { settings } = cell;
    const key = keyOf(settings, keys);
    const line = lines.get(key) ?? { settings, cells: new Map() };
    lines.set(key, line);
    const column = settings[columns]!;
    found.add(column);
    if (!line.cells.has(column)) line.cells.set(column, cell);
  }
  return { lines: [...lines.values()], columns: [...found] };
}

/** Finds the cell that belongs to a line of a grid: one that agrees with the line in every option of `keys` that it has. */
export function findByLine<Cell extends WithSettings>(
  cells: Iterable<Cell>,
  keys: readonly OptionName[],
): (line: Settings) => Cell | undefined {
  // Indexed by the options that a cell has (a closed form has no learning rate), then by their values.
  const byOptions = new Map<string, { names: OptionName[]; cells: Map<string, Cell> }>();
  for (const cell of cells) {
    const { settings } = cell;
    const names = keys.filter((name) => (settings[name] ?? null) !== null);
    const alike = byOptions.get(names.join()) ?? { names, cells: new Map<string, Cell>() };
    byOptions.set(names.join(), alike);
    const key = keyOf(settings, names);
    if (!alike.cells.has(key)) alike.cells.set(key, cell);
  }
  return (line) => {
    for (const { names, cells: alike } of byOptions.values()) {
      const cell = alike.get(keyOf(line, names));
      if (cell !== undefined) return cell;
    }
    return undefined;
  };
}

function keyOf(settings: Settings, names: readonly OptionName[]): string {
  return JSON.stringify(names.map((name) => settings[name]));
}
