import { UserError } from '../errors.ts';
import { didYouMean } from '../math/nearest.ts';
import { type Claim, type Metrics, nameOf, type Quantity, quantitiesOf } from './claims.ts';
import { boundQuantities } from './readings.ts';
import { canonicalName, canonicalSetting } from './runs-cells.ts';
import type { RunsFile } from './runs-file.ts';
import { type Statistic, statisticOf } from './runs-measures.ts';

/** Which rows of a file of runs a quantity takes, and what it reads there. */
export interface Selection {
  readonly quantity: Quantity;
  /** The values that a row must have. */
  readonly wanted: readonly WantedSetting[];
  /** The values that a row must not have all of; empty: none is left out. */
  readonly except: readonly WantedSetting[];
  /** Places in `RunsPlan.statistics`. */
  readonly statistic: number;
  readonly by: number;
}

export interface WantedSetting {
  /** Its place in `RunsPlan.settings`. */
  readonly setting: number;
  readonly values: ReadonlySet<string>;
}

/** What is read of a file of runs to judge claims. */
export interface RunsPlan {
  /** Columns that a claim selects by. */
  readonly settings: readonly { readonly name: string; readonly column: number }[];
  readonly statistics: readonly Statistic[];
  readonly selections: readonly Selection[];
  /** The selection of a quantity of a claim, with the values of its `for`. */
  of(claim: Claim, quantity: Quantity): Selection;
}

/**
 * Finds the columns that the claims name. A name is a column's if it has the same letters and digits.
 *
 * Errors: UserError for a name that no column has, and for claims about several experiments if no column tells them apart.
 */
export function planRuns(claims: readonly Claim[], file: RunsFile, metrics: Metrics = {}): RunsPlan {
  checkExperiments(claims, file);
  checkMetrics(metrics, file);
  const settings: { name: string; column: number }[] = [];
  const statistics: Statistic[] = [];
  const selections = new Map<string, Selection>();
  const settingPlace = (column: number) => {
    const place = settings.findIndex((one) => one.column === column);
    return place < 0 ? settings.push({ name: file.names[column], column }) - 1 : place;
  };
  const statisticPlace = (column: number) => {
    const place = statistics.findIndex((one) => one.column === column);
    return place < 0 ? statistics.push(statisticOf(file.names[column], column, metrics)) - 1 : place;
  };
  const selectionOf = (claim: Claim, quantity: Quantity): Selection => {
    const settingsIn = (key: 'select' | 'except') =>
      Object.entries(quantity[key] ?? {}).map(([name, values]) => ({
        setting: settingPlace(columnOf(file, claim, key, name)),
        values: new Set([values].flat().map(canonicalSetting)),
      }));
    const wanted = settingsIn('select');
    if (file.experiment !== undefined && quantity.experiment !== '') {
      const values = new Set([canonicalSetting(quantity.experiment)]);
      wanted.push({ setting: settingPlace(file.experiment), values });
    }
    const statistic = statisticPlace(columnOf(file, claim, 'statistic', quantity.statistic));
    return {
      quantity,
      ...{ wanted, except: settingsIn('except') },
      statistic,
      by: quantity.by === undefined ? statistic : statisticPlace(columnOf(file, claim, 'by', quantity.by)),
    };
  };
  for (const claim of claims) {
    const grid = claim.kind === 'conclusion' && claim.grid !== undefined ? [claim.grid] : [];
    for (const quantity of [...quantitiesOf(claim), ...grid].flatMap((one) => boundQuantities(claim, one))) {
      selections.set(keyOf(claim, quantity), selectionOf(claim, quantity));
    }
  }
  return {
    ...{ settings, statistics, selections: [...selections.values()] },
    of: (claim, quantity) => selections.get(keyOf(claim, quantity))!,
  };
}

function keyOf({ id }: Claim, { experiment, select = {}, except, statistic, take, by }: Quantity): string {
  return JSON.stringify([id, experiment, select, except, statistic, take, by]);
}

/** The column of a name: of exactly this one, or of the only one with the same letters and digits. */
function columnOf(file: RunsFile, claim: Claim, key: string, name: string): number {
  const exact = file.names.indexOf(name);
  if (exact >= 0) return exact;
  const similar = file.names.flatMap((other, column) =>
    canonicalName(other) === canonicalName(name) && other !== '' ? column : [],
  );
  if (similar.length === 1) return similar[0];
  if (similar.length === 0) throw noColumn(file, `${nameOf(claim)}: ${key}`, name);
  throw new UserError({
    what: `${nameOf(claim)}: ${key}: several columns of ${file.path} may be meant`,
    expected: `one of ${similar.map((column) => file.names[column]).join(', ')}`,
    received: name,
    remedy: 'write the name of the column exactly as in line 1 of the file',
  });
}

function noColumn({ path, names }: RunsFile, where: string, name: string): UserError {
  const named = names.filter((other) => other !== '');
  return new UserError({
    what: `${where}: ${path} has no column of this name`,
    expected: named.join(', '),
    received: name,
    remedy: didYouMean(name, named) ?? 'write the name of a column',
  });
}

function checkMetrics(metrics: Metrics, file: RunsFile): void {
  const names = new Set(file.names.map(canonicalName));
  const unknown = Object.keys(metrics).find((name) => !names.has(canonicalName(name)));
  if (unknown !== undefined) throw noColumn(file, 'metrics', unknown);
}

function checkExperiments(claims: readonly Claim[], { path, experiment, names }: RunsFile): void {
  if (experiment !== undefined) return;
  const named = new Set(claims.flatMap(quantitiesOf).map((quantity) => quantity.experiment));
  if (named.size < 2) return;
  throw new UserError({
    what: `the claims are about several experiments, and ${path} does not say which one a row belongs to`,
    expected: `a column experiment with ${[...named].map((name) => name || 'an empty cell').join(', ')}`,
    received: names.join(', '),
    remedy: 'add this column, or judge the claims about one experiment by themselves',
  });
}
