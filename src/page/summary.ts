import { decidingMetric, decidingWords } from '../experiment/deciding.ts';
import type { ShownMetric } from '../experiment/define.ts';
import { optionTitle } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { competes, optionsRead, variedOptions } from '../output/settings.ts';
import { type SummaryCell, summaryCells } from '../output/summary.ts';
import type { Records } from '../output/trials-table.ts';
import { describeHiddenLayers } from '../trial/architecture.ts';
import { type Column, dataTable } from './data-table.ts';
import { type Html, html } from './html.ts';
import { bestMark, numberText } from './parts.ts';

/** Of more cells than `mostCells`, the page shows the best `ofMany`: nobody reads a table of thousands of rows. */
const mostCells = 500;
const ofMany = 100;

/** A table of our numbers for every cell, or for the best of very many, with the standard deviation if there are several seeds; the best are marked. */
export function summaryTable(plan: Plan, records: Records): Html {
  const { metrics } = plan.experiment.layout;
  const { cells, chosen, best, competing } = shownCells(plan, records);
  const names = optionsRead(variedOptions(plan), cells);
  const random = plan.experiment.architecture === 'random';
  const columns: Column[] = [
    ...names.map((name): Column => ({ title: optionTitle(name), kind: 'word', heads: 'row' })),
    ...metrics.map(({ title }): Column => ({ title, kind: 'number' })),
    { title: 'seeds', kind: 'number' },
    ...(random ? [{ title: 'hidden layers', kind: 'text' } as const] : []),
  ];
  const rows = cells.map((cell) => ({
    cells: [
      ...names.map((name) => String(cell.settings[name] ?? '')),
      ...metrics.map(({ name }) => {
        const mean = cell.statistics.get(name)?.mean ?? null;
        const text = statisticText(cell, name);
        const canBe = competing > 1 && competes(cell, plan.search) && cell.diverged === 0;
        const isBest = canBe && mean !== null && mean === best.get(name);
        return isBest ? bestMark(text) : text;
      }),
      countText(cell),
      ...(random ? [architectureText(cell)] : []),
    ],
  }));
  return html`${chosen === null ? null : leftOut(plan, chosen)}${dataTable(`Our numbers of ${plan.experiment.name}`, columns, rows)}`;
}

/** "The 100 best of 510 settings by validation R2; then 2 that are the best of another column; then 1 of 1 for comparison." */
function leftOut({ experiment }: Plan, { ranked, competing, others, beside, besides }: Chosen): Html {
  const by = decidingWords(experiment.layout, decidingMetric(experiment));
  const parts = [
    `The ${ranked.length} best of ${competing} settings by ${by}`,
    ...(others.length > 0
      ? [
          `then ${others.length} more, ${others.length === 1 ? 'which is' : 'each'} the best of another column`,
        ]
      : []),
    ...(besides > 0
      ? [`then ${beside.length < besides ? `${beside.length} of ` : ''}${besides} for comparison`]
      : []),
  ];
  return html`<p class="note">${parts.join('; ')}. All are in summary.csv of this run.</p>
`;
}

/** What is shown of very many cells. */
interface Chosen {
  readonly ranked: readonly SummaryCell[];
  /** How many cells were ranked. */
  readonly competing: number;
  /** The best of a metric that are not among the ranked. */
  readonly others: readonly SummaryCell[];
  /** Those for comparison, at most as many as of the ranked, and how many there are. */
  readonly beside: readonly SummaryCell[];
  readonly besides: number;
}

/** The cells that are shown, what was chosen if there are very many, and the best mean of each metric over all that compete. */
function shownCells(plan: Plan, records: Records) {
  const { metrics } = plan.experiment.layout;
  const deciding = decidingMetric(plan.experiment);
  const best = new Map<string, { readonly mean: number; readonly cell: SummaryCell }>();
  const [all, ranked, beside]: SummaryCell[][] = [[], [], []];
  const rank = () => ranked.sort((a, b) => rankOf(a, deciding) - rankOf(b, deciding)).splice(ofMany);
  let [total, competing] = [0, 0];
  for (const cell of summaryCells(plan, records)) {
    total++;
    if (total <= mostCells) all.push(cell);
    if (!competes(cell, plan.search)) {
      if (beside.length < ofMany) beside.push(cell);
      continue;
    }
    competing++;
    if (ranked.push(cell) > mostCells) rank();
    for (const metric of metrics) {
      const { mean = null } = cell.statistics.get(metric.name) ?? {};
      if (mean === null || metric.best === null || cell.diverged > 0) continue;
      const known = best.get(metric.name)?.mean ?? null;
      if (known === null || (metric.best === 'min' ? mean < known : mean > known))
        best.set(metric.name, { mean, cell });
    }
  }
  rank();
  const bestCells = new Set([...best.values()].map(({ cell }) => cell));
  const others = [...bestCells].filter((cell) => !ranked.includes(cell));
  const chosen = { ranked, competing, others, beside, besides: total - competing };
  const isWhole = total <= mostCells;
  return {
    cells: isWhole ? all : [...ranked, ...others, ...beside],
    chosen: isWhole ? null : chosen,
    best: new Map([...best].map(([name, { mean }]) => [name, mean])),
    competing,
  };
}

/** By what cells are ranked: lower is better, and those without a mean, or of which a seed diverged, come last. */
function rankOf({ statistics, diverged }: SummaryCell, { name, best }: ShownMetric): number {
  const mean = diverged > 0 ? null : (statistics.get(name)?.mean ?? null);
  if (mean === null) return Number.MAX_VALUE;
  return best === 'max' ? -mean : mean;
}

function statisticText(cell: SummaryCell, name: string): string {
  const { mean = null, standardDeviation = null } = cell.statistics.get(name) ?? {};
  if (mean === null) return cell.diverged > 0 ? 'diverged' : cell.notRun > 0 ? 'not run' : '';
  return standardDeviation === null
    ? numberText(mean, 4)
    : `${numberText(mean, 4)} ± ${numberText(standardDeviation, 2)}`;
}

/** The number of finished trials, and how many diverged or were not run. */
function countText({ done, diverged, notRun }: SummaryCell): string {
  return [
    String(done),
    ...(diverged > 0 ? [`${diverged} diverged`] : []),
    ...(notRun > 0 ? [`${notRun} not run`] : []),
  ].join(', ');
}

function architectureText({ cells }: SummaryCell): string {
  if (cells.length > 1) return `${cells.length} networks, one per seed`;
  const { model } = cells[0].trial.config;
  return model.solver === 'sgd' ? describeHiddenLayers(model.layers) : '';
}
