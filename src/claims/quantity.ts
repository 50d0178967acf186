import { UserError } from '../errors.ts';
import type { Cell } from '../experiment/cells.ts';
import { optionsOf } from '../experiment/define.ts';
import type { OptionName, Setting } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { didYouMean } from '../math/nearest.ts';
import type { Records } from '../output/trials-table.ts';
import { mean } from '../stats/describe.ts';
import { isMetric, metricColumn, metricOf, metricsOf } from '../trial/metrics.ts';
import type { Trial, TrialRecord } from '../trial/trial.ts';
import type { Choice } from './choices.ts';
import type { Quantity } from './claims.ts';

/** Statistics of a trial's architecture, which need no record. */
const architecture: Record<string, (trial: Trial) => number | null> = {
  hidden_layers: ({ config: { model } }) => ('layers' in model ? model.layers.length - 1 : null),
  sigmoid_layers: ({ config: { model } }) =>
    'layers' in model
      ? model.layers.slice(0, -1).filter(({ activation }) => activation === 'sigmoid').length
      : null,
};

/** A plan's cells by seed: quantities are computed for one seed at a time. */
export type CellsBySeed = ReadonlyMap<number, readonly Cell[]>;

/**
 * The cells by seed. A changed choice may replace a value of a list that claims select by: the cell then keeps the value's
 * name, so that the claim about the rate that decays finds it however it decays.
 */
export function cellsBySeed({ cells, experiment }: Plan, changed: readonly Choice[] = []): CellsBySeed {
  const swept = changed.filter(({ option }) => (experiment.settings[option]?.length ?? 0) > 1);
  const bySeed = new Map<number, Cell[]>();
  for (const planned of cells) {
    const cell = swept.length === 0 ? planned : named(planned, swept);
    const seed = cell.settings.seed as number;
    const group = bySeed.get(seed);
    if (group === undefined) bySeed.set(seed, [cell]);
    else group.push(cell);
  }
  return bySeed;
}

function named({ settings, trial }: Cell, changed: readonly Choice[]): Cell {
  const before = changed.filter(({ option, other }) => settings[option] === other);
  return {
    settings: { ...settings, ...Object.fromEntries(before.map((c) => [c.option, c.program])) },
    trial,
  };
}

/**
 * Computes a quantity from the cells of one seed; null if a record or a value is missing. A diverged training counts as
 * infinitely bad: its loss is infinity, its accuracy and R2 are minus infinity.
 */
export function quantityOf(quantity: Quantity, cells: readonly Cell[], records: Records): number | null {
  const { take = 'only', by, statistic, curve } = quantity;
  const found = cells.filter((cell) => fits(cell, quantity));
  const read = (cell: Cell, name: string) => cellValue(cell, name, curve, records);
  const values = found.map((cell) => read(cell, by ?? statistic));
  if (values.length === 0 || values.includes(null)) return null;
  const numbers = values as number[];
  if (take === 'only') return numbers.length === 1 ? numbers[0] : null;
  if (take === 'mean') return mean(numbers);
  const best = numbers.reduce(take === 'min' ? smaller : larger);
  return by === undefined ? best : read(found[numbers.indexOf(best)], statistic);
}

/** The cells of one seed that a quantity selects, each with its value; null where a record or a value is missing. */
export function cellValues(
  quantity: Quantity,
  cells: readonly Cell[],
  records: Records,
): { readonly cell: Cell; readonly value: number | null }[] {
  return cells
    .filter((cell) => fits(cell, quantity))
    .map((cell) => ({ cell, value: cellValue(cell, quantity.statistic, quantity.curve, records) }));
}

// Not Math.min(...numbers): a grid may have more cells than a call takes arguments.
const smaller = (a: number, b: number): number => Math.min(a, b);
const larger = (a: number, b: number): number => Math.max(a, b);

export function fits({ settings }: Cell, { select = {}, except }: Quantity): boolean {
  return has(settings, select) && (except === undefined || !has(settings, except));
}

/** Whether all of these settings have the wanted value, or one of the wanted values. */
function has(settings: Cell['settings'], all: NonNullable<Quantity['select']>): boolean {
  return Object.entries(all).every(([name, wanted]) => {
    const value = settings[name as OptionName] as Setting;
    return Array.isArray(wanted) ? wanted.includes(value) : wanted === value;
  });
}

function cellValue({ trial }: Cell, name: string, curve: Quantity['curve'], records: Records): number | null {
  const layerCount = architecture[name];
  if (layerCount !== undefined) return layerCount(trial);
  const record = records.get(trial.id);
  if (record === undefined) return null;
  if (record.status === 'diverged') return divergedValue(name, curve);
  return curve === undefined ? metricOf(record, name) : curveValue(record, name, curve);
}

/** The worst possible value, which a diverged run counts as: an infinite loss, an infinitely late epoch. */
export function divergedValue(name: string, curve: Quantity['curve']): number {
  const isEpoch = typeof curve === 'object' && 'within' in curve;
  const isHigher = !isEpoch && isMetric(name) && metricColumn(name).better === 'higher';
  return isHigher ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function curveValue(
  { curves }: TrialRecord,
  name: string,
  curve: NonNullable<Quantity['curve']>,
): number | null {
  const values = curves[name];
  if (values === undefined || values.includes(null)) return null;
  const numbers = values as number[];
  if (curve === 'mean') return mean(numbers);
  if ('epoch' in curve) return numbers[curve.epoch - 1] ?? null;
  const end = numbers[numbers.length - 1];
  const far = numbers.findLastIndex((value) => Math.abs(value - end) > curve.within * Math.abs(end));
  return far + 2;
}

/**
 * Checks that a quantity can be computed: its options and its statistic exist, and the plan has the cells it selects.
 *
 * Errors: UserError naming the claim, as `claim` says.
 */
export function checkQuantity(
  claim: string,
  quantity: Quantity,
  { plan, bySeed }: { readonly plan: Plan; readonly bySeed: CellsBySeed },
): void {
  const { experiment } = plan;
  const { statistic, by, select = {}, except = {}, take = 'only', curve } = quantity;
  const options = optionsOf(experiment);
  for (const name of [...Object.keys(select), ...Object.keys(except)]) {
    if (!options.includes(name as OptionName)) {
      throw quantityError(claim, `${experiment.name} has no option ${name}`, options, name);
    }
  }
  const known = [...Object.keys(architecture), ...metricsOf(experiment).map(({ name }) => name)];
  const needed = by === undefined ? [statistic] : [statistic, by];
  for (const name of needed) {
    if (!known.includes(name)) throw quantityError(claim, `unknown statistic ${name}`, known, name);
  }
  if (curve !== undefined && !/^(train|test|validation)_/.test(by ?? statistic)) {
    throw quantityError(claim, `${statistic} has no curve`, ['train_… and test_…'], statistic);
  }
  // The plan has no cells of a library that is not installed; the claim is then not run.
  if (plan.absent.some(({ name }) => name === select.reference)) return;
  const [cells = []] = bySeed.values();
  const found = cells.filter((cell) => fits(cell, quantity)).length;
  if (found === 0 || (take === 'only' && found > 1)) {
    if (
      found === 0 &&
      Object.keys(except).length > 0 &&
      cells.some((cell) => fits(cell, { ...quantity, except: undefined }))
    ) {
      throw new UserError({
        what: `${claim}: ${experiment.name} has no cell besides those with ${JSON.stringify(except)}`,
        expected: 'other cells to compare with',
        received: JSON.stringify(select),
        remedy: 'add other values to its "with", or select more cells',
      });
    }
    throw new UserError({
      what: `${claim}: ${found === 0 ? 'no cell' : `${found} cells`} of ${experiment.name} ${found === 1 ? 'has' : 'have'} the settings it selects`,
      expected: take === 'only' ? 'exactly one cell, or take: min, max or mean' : 'at least one cell',
      received: JSON.stringify(select),
      remedy: `fys-nn ${experiment.name} --plan lists the cells`,
    });
  }
}

function quantityError(claim: string, what: string, known: readonly string[], received: string): UserError {
  const remedy = didYouMean(received, known);
  return new UserError({
    what: `${claim}: ${what}`,
    expected: known.join(', '),
    received,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
