import { optionsOf } from '../experiment/define.ts';
import { columnName, type OptionName, options, type Settings } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import type { Column, Value } from './table.ts';

/** The first columns of every table, so that a quick run is never mistaken for a full one. */
export const runColumns: Column[] = [
  { name: 'run', type: 'string', description: 'full, or quick: fewer epochs and rows than in the report' },
  { name: 'variant', type: 'string', description: "code: the report's program; text: its wording" },
];

export function runCells({ quick, variant }: Plan): Value[] {
  return [quick ? 'quick' : 'full', variant];
}

/** Columns for the given options. A column is text if the option is a word ("all") in some cell. */
export function settingColumns(names: readonly OptionName[], plan: Plan): Column[] {
  return names.map((name) => {
    const { type, description } = options[name];
    const words = wordOptions(plan).has(name);
    return { name: columnName(name), type: words ? 'string' : type, description };
  });
}

/** The options that are a word in some cell. Computed once per plan, because each access creates the settings of a cell. */
function wordOptions(plan: Plan): ReadonlySet<OptionName> {
  const known = wordOptionsByPlan.get(plan);
  if (known !== undefined) return known;
  const found = new Set<OptionName>();
  for (const { settings } of plan.cells) {
    for (const [name, value] of Object.entries(settings)) {
      if (typeof value === 'string') found.add(name as OptionName);
    }
  }
  wordOptionsByPlan.set(plan, found);
  return found;
}

const wordOptionsByPlan = new WeakMap<Plan, ReadonlySet<OptionName>>();

export function settingCells(names: readonly OptionName[], settings: Settings): Value[] {
  return names.map((name) => settings[name] ?? null);
}

/** The options with several values, in the experiment's order; the seed only if requested. */
export function variedOptions({ experiment, lists }: Plan, { seed = false } = {}): OptionName[] {
  return optionsOf(experiment).filter((name) => (lists[name]?.length ?? 0) > 1 && (seed || name !== 'seed'));
}

/** The library that was trained instead of our own code; null for our own code. */
export function referenceOf({ reference }: Settings): string | null {
  return reference === undefined || reference === null || reference === 'none' ? null : String(reference);
}

/** The origin of a cell: the name of another library, or of our solver. */
export function kindOf(settings: Settings): string {
  return referenceOf(settings) ?? String(settings.solver ?? 'sgd').replaceAll('-', ' ');
}

/** Whether a cell is in the grid, with a row and a column. Closed forms and other libraries are outside. */
export function isInGrid(settings: Settings, rows: OptionName, columns: OptionName): boolean {
  return (
    (settings[rows] ?? null) !== null &&
    (settings[columns] ?? null) !== null &&
    referenceOf(settings) === null
  );
}
