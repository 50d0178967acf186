import { decidingMetric, decidingWords } from '../experiment/deciding.ts';
import { type OptionName, optionTitle, type Setting } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { competingMean } from '../output/search-table.ts';
import { competes, optionsRead } from '../output/settings.ts';
import type { SummaryCell } from '../output/summary.ts';
import { significantText } from '../stats/significant.ts';
import { bestOf, statisticText } from './best-cell.ts';
import { fold, shorten } from './fold.ts';
import type { Screen } from './screen.ts';
import { renderTable } from './text-table.ts';

/** Settings with longer values, such as formulas, are shown as letters with a key. */
const longestSetting = 24;
/** From this many rows on, the best one is named below the table too. */
const longTable = 20;
/** The columns that a metric needs at least. */
const leastMetric = 14;

/** Digits of numbers that are written by hand, or drawn for a search. */
const mostDigits = 6;

/** Ticks of an axis as text: computed numbers with as few digits, at least 3, as tell all the ticks apart; others exactly. */
export function shortTexts(ticks: readonly Setting[]): string[] {
  for (let digits = 3; digits < 17; digits++) {
    const texts = ticks.map((tick) =>
      typeof tick === 'number' && isComputed(tick) ? significantText(tick, digits) : String(tick),
    );
    if (new Set(texts).size === ticks.length) return texts;
  }
  return ticks.map(String);
}

function isComputed(tick: number): boolean {
  return String(tick).length > 8 && significantText(tick, mostDigits) !== String(tick);
}

/**
 * A row for each cell: the settings that some of them read, their metrics, and a '*' at the best. Metrics that do not fit the width follow in further
 * tables with the same settings, the deciding metric in the first.
 */
export function settingsTable(
  varied: readonly OptionName[],
  cells: readonly SummaryCell[],
  plan: Plan,
  { color, width }: Screen,
): string {
  const deciding = decidingMetric(plan.experiment);
  const own = cells.filter((cell) => competes(cell, plan.search));
  const best = own.length > 1 ? bestOf(own, deciding, 1, plan.search)[0] : undefined;
  const settings = settingColumns(optionsRead(varied, cells), cells, width);
  const metrics = plan.experiment.layout.metrics.map((metric) => ({
    title: metric.title,
    deciding: metric.name === deciding.name,
    texts: cells.map((cell) => {
      const mark = best === undefined || metric.name !== deciding.name ? '' : cell === best ? '*' : ' ';
      return `${statisticText(cell, metric.name)}${mark}`;
    }),
  }));
  const layers = plan.experiment.architecture === 'random' ? [cells.map(hiddenLayersOf)] : [];
  const tables = inWidth(
    metrics,
    settings.map(({ title, texts }) => [title, ...texts]),
    width,
  ).map((shown, index) => {
    const more = index === 0 ? layers : [];
    const header = [...settings, ...shown].map(({ title }) => title);
    const rows = cells.map((_, row) => [
      ...[...settings, ...shown].map(({ texts }) => texts[row]),
      ...more.map((texts) => texts[row]),
    ]);
    const align = header.map((_, column): 'left' | 'right' => (column < settings.length ? 'left' : 'right'));
    return renderTable([...header, ...more.map(() => 'hidden layers')], rows, { align, color, width });
  });
  const key = settings.flatMap((each) => each.key).flatMap((line) => fold(line, width, 4));
  const direction = deciding.best === 'max' ? 'highest' : 'lowest';
  // In a long table the best is far above.
  const where =
    best === undefined || cells.length <= longTable
      ? ''
      : `: ${statisticText(best, deciding.name)} at ${settings
          .map(({ title, texts }) => (title === 'settings' ? '' : `${title} `) + texts[cells.indexOf(best)])
          .join(', ')}`;
  const by = decidingWords(plan.experiment.layout, deciding);
  const legend =
    best === undefined ? [] : fold(`* best (${direction} ${by}${equalText(own, best, plan)})${where}`, width);
  return [tables.join('\n\n'), ...legend, ...key].join('\n');
}

/** "; 4 others here have the same", because only the first of equal cells is marked. */
function equalText(own: readonly SummaryCell[], best: SummaryCell, { experiment, search }: Plan): string {
  const { name } = decidingMetric(experiment);
  const mean = competingMean(best, name, search);
  const others = own.filter((cell) => competingMean(cell, name, search) === mean).length - 1;
  if (others === 0) return '';
  return others === 1 ? '; another here has the same' : `; ${others} others here have the same`;
}

/** A column for each setting; one for all of them if there are so many that no metric would fit next to them. */
function settingColumns(names: readonly OptionName[], cells: readonly SummaryCell[], width: number) {
  const columns = names.map((name) => {
    const values = exactValues(cells.map(({ settings }) => settings[name] ?? null));
    return { title: optionTitle(name), ...shorten(values, longestSetting, initialOf(name, names)) };
  });
  const used = columns.reduce((sum, { title, texts }) => sum + 2 + longestWord([title, ...texts]), 0);
  if (used + leastMetric <= width || columns.length < 2) return columns;
  const texts = cells.map((_, row) =>
    columns
      .filter(({ texts }) => texts[row] !== '')
      .map(({ title, texts }) => `${title} ${texts[row]}`)
      .join(', '),
  );
  return [{ title: 'settings', texts, key: columns.flatMap(({ key }) => key) }];
}

function longestWord(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, ...text.split(' ').map(({ length }) => length)), 0);
}

/** Letters of different settings differ: those of the schedule begin with s, if there is more than one setting. */
function initialOf(name: OptionName, names: readonly OptionName[]): string {
  return names.length > 1 ? name[0] : '';
}

/** The values of a setting as the command takes them, empty for cells without it: rounded, they would give another trial. */
export function exactValues(values: readonly (Setting | null)[]): string[] {
  return values.map((value) => (value === null ? '' : String(value)));
}

interface MetricColumn {
  readonly title: string;
  readonly deciding: boolean;
  readonly texts: readonly string[];
}

/** The metrics in groups that fit the width next to the settings; all in one if they fit, as most do. */
function inWidth(
  metrics: readonly MetricColumn[],
  settings: readonly (readonly string[])[],
  width: number,
): (readonly MetricColumn[])[] {
  const used = settings.reduce((sum, texts) => sum + longestWord(texts) + 2, -2);
  const widths = metrics.map(({ title, texts }) => 2 + longestWord([title, ...texts]));
  if (used + widths.reduce((sum, each) => sum + each, 0) <= width) return [metrics];
  const ordered = [...metrics].sort((a, b) => Number(b.deciding) - Number(a.deciding));
  const groups: MetricColumn[][] = [[]];
  let room = width - used;
  for (const metric of ordered) {
    const own = widths[metrics.indexOf(metric)];
    if (own > room && groups[groups.length - 1].length > 0) {
      groups.push([]);
      room = width - used;
    }
    groups[groups.length - 1].push(metric);
    room -= own;
  }
  return groups;
}

/** The hidden layers of the cell's trials: there is one architecture per seed. */
function hiddenLayersOf({ cells }: SummaryCell): string {
  const described = cells.map(({ trial: { config } }) => {
    const layers = 'layers' in config.model ? config.model.layers : [];
    return layers
      .slice(0, -1)
      .map(({ units, activation }) => `${units} ${activation}`)
      .join(', ');
  });
  return described.length > 1 ? `${described.length} networks, one per seed` : described[0];
}
