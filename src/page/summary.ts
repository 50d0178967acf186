import { optionTitle } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { variedOptions } from '../output/settings.ts';
import { type SummaryCell, summarize } from '../output/summary.ts';
import type { Records } from '../output/trials-table.ts';
import { describeHiddenLayers } from '../trial/architecture.ts';
import { type Html, html } from './html.ts';
import { numberText, scrollTable } from './parts.ts';

/** A table of our numbers for every cell, with the standard deviation if there are several seeds. */
export function summaryTable(plan: Plan, records: Records): Html {
  const cells = summarize(plan, records);
  const { metrics } = plan.experiment.layout;
  const names = variedOptions(plan);
  const random = plan.experiment.architecture === 'random';
  const head = html`${names.map((name) => html`<th scope="col">${optionTitle(name)}</th>`)}${metrics.map(
    ({ title }) => html`<th scope="col" class="number">${title}</th>`,
  )}<th scope="col" class="number">seeds</th>${random ? html`<th scope="col">hidden layers</th>` : null}`;
  const rows = cells.map(
    (cell) =>
      html`<tr>${names.map((name) => html`<td>${cell.settings[name] ?? ''}</td>`)}${metrics.map(
        ({ name }) => html`<td class="number">${statisticText(cell, name)}</td>`,
      )}<td class="number">${countText(cell)}</td>${random ? html`<td>${architectureText(cell)}</td>` : null}</tr>`,
  );
  return scrollTable(
    `Our numbers: ${plan.experiment.title}`,
    html`<table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table>`,
  );
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
  if (cells.length > 1) return `${cells.length}, one per seed`;
  const { model } = cells[0].trial.config;
  return model.solver === 'sgd' ? describeHiddenLayers(model.layers) : '';
}
