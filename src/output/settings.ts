import { type DataConfig, dataName } from '../datasets/index.ts';
import { optionsOf } from '../experiment/define.ts';
import {
  columnName,
  type OptionName,
  options,
  type SettingLists,
  type Settings,
} from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { isSeed } from '../experiment/seeds.ts';
import type { Column, Value } from './table.ts';

/** The first columns of every table, so that a quick run is never mistaken for a full one. */
export const runColumns: Column[] = [
  { name: 'run', type: 'string', description: 'full, or quick: fewer epochs and rows' },
  { name: 'variant', type: 'string', description: "code: the report's program; text: its wording" },
];

export function runCells({ quick, variant }: Plan): Value[] {
  return [quick ? 'quick' : 'full', variant];
}

/** What follows in every table of an experiment: other data are not taken for the report's. */
export const dataColumn: Column = {
  name: 'data',
  type: 'string',
  description: 'franke: generated; sha256:...: first 12 digits of the digest of the files',
};

export function dataCell(config: { readonly data: DataConfig }): Value {
  return dataName(config.data);
}

/** Columns for the given options. Their types never depend on the values. */
export function settingColumns(names: readonly OptionName[]): Column[] {
  return names.map((name) => {
    const { type, description } = options[name];
    return { name: columnName(name), type, description };
  });
}

export function settingCells(names: readonly OptionName[], settings: Settings): Value[] {
  return names.map((name) => {
    const value = settings[name] ?? null;
    return typeof value === 'number' && options[name].type === 'string' ? String(value) : value;
  });
}

/** The options with several values, in the experiment's order; the seeds only if requested. */
export function variedOptions({ experiment, lists }: Plan, { seed = false } = {}): OptionName[] {
  return optionsOf(experiment).filter((name) => (lists[name]?.length ?? 0) > 1 && (seed || !isSeed(name)));
}

/** The options, of those given, that some cell reads: closed forms, for example, have no learning rate. */
export function optionsRead(
  names: readonly OptionName[],
  cells: readonly { readonly settings: Settings }[],
): OptionName[] {
  return names.filter((name) => cells.some(({ settings }) => (settings[name] ?? null) !== null));
}

/** The library that was trained instead of our own code; null for our own code. */
export function referenceOf({ reference }: Settings): string | null {
  return reference === undefined || reference === null || reference === 'none' ? null : String(reference);
}

/** Our own code among the names of libraries. */
export const ownName = 'fys-nn';

/**
 * Whether a cell may be the best: other libraries train for comparison, and do not compete with our own cells. Nor do closed forms next
 * to a search that draws none of their options.
 */
export function competes(
  { settings }: { readonly settings: Settings },
  search: { readonly space: SettingLists } | undefined,
): boolean {
  if (referenceOf(settings) !== null) return false;
  const searched = Object.keys(search?.space ?? {}) as OptionName[];
  return search === undefined || searched.some((name) => (settings[name] ?? null) !== null);
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
