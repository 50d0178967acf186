import type { ShownMetric } from '../experiment/define.ts';
import { optionTitle } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { competes, optionsRead, variedOptions } from '../output/settings.ts';
import { type SummaryCell, summarize } from '../output/summary.ts';
import type { Records } from '../output/trials-table.ts';
import { describeHiddenLayers } from '../trial/architecture.ts';
import { type Column, dataTable } from './data-table.ts';
import type { Html } from './html.ts';
import { bestMark, numberText } from './parts.ts';

/** A table of our numbers for every cell, with the standard deviation if there are several seeds; the best are marked. */
export function summaryTable(plan: Plan, records: Records): Html {
  const cells = summarize(plan, records);
  const { metrics } = plan.experiment.layout;
  const names = optionsRead(variedOptions(plan), cells);
  const random = plan.experiment.architecture === 'random';
  const own = cells.filter((cell) => competes(cell, plan.search));
  const best = new Map(metrics.map((metric) => [metric.name, bestMean(own, metric)]));
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
        const canBe = own.length > 1 && competes(cell, plan.search) && cell.diverged === 0;
        const isBest = canBe && mean !== null && mean === best.get(name);
        return isBest ? bestMark(text) : text;
      }),
      countText(cell),
      ...(random ? [architectureText(cell)] : []),
    ],
  }));
  return dataTable(`Our numbers of ${plan.experiment.name}`, columns, rows);
}

/** The best mean of a metric over the cells of which no seed diverged; null if there is none, or the metric has no best. */
function bestMean(cells: readonly SummaryCell[], { name, best }: ShownMetric): number | null {
  const means = cells.flatMap((cell) => (cell.diverged > 0 ? [] : (cell.statistics.get(name)?.mean ?? [])));
  if (best === null || means.length === 0) return null;
  return means.reduce((one, other) => (best === 'min' ? Math.min(one, other) : Math.max(one, other)));
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
