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
  const { cells, total, best, competing } = chosenCells(plan, records);
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
  return html`${cells.length === total ? null : leftOut(plan, cells.length, total)}${dataTable(`Our numbers of ${plan.experiment.name}`, columns, rows)}`;
}

function leftOut({ experiment }: Plan, shown: number, total: number): Html {
  const by = decidingWords(experiment.layout, decidingMetric(experiment));
  return html`<p class="note">The ${shown} best of ${total} settings by ${by}. All are in summary.csv of this run.</p>
`;
}

/** The cells that are shown, the number of all, and the best mean of each metric over all that compete. */
function chosenCells(plan: Plan, records: Records) {
  const { metrics } = plan.experiment.layout;
  const deciding = decidingMetric(plan.experiment);
  const best = new Map<string, number>();
  const [all, ranked]: SummaryCell[][] = [[], []];
  const rank = () => ranked.sort((a, b) => rankOf(a, deciding) - rankOf(b, deciding)).splice(ofMany);
  let [total, competing] = [0, 0];
  for (const cell of summaryCells(plan, records)) {
    total++;
    if (total <= mostCells) all.push(cell);
    if (!competes(cell, plan.search)) continue;
    competing++;
    if (ranked.push(cell) > mostCells) rank();
    for (const metric of metrics) {
      const mean = metric.best === null || cell.diverged > 0 ? null : cell.statistics.get(metric.name)?.mean;
      const known = best.get(metric.name) ?? mean ?? 0;
      if ((mean ?? null) !== null)
        best.set(metric.name, metric.best === 'min' ? Math.min(known, mean!) : Math.max(known, mean!));
    }
  }
  rank();
  return { cells: total <= mostCells ? all : ranked, total, best, competing };
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
