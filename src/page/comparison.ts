import type { Comparison } from '../claims/comparison.ts';
import { type OptionName, optionTitle, type Setting } from '../experiment/options.ts';
import { metricColumn } from '../trial/metrics.ts';
import { type Html, html } from './html.ts';
import { numberText, scrollTable, signed } from './parts.ts';

/** The report's numbers for one experiment next to ours: grids as grids, all other numbers as rows. */
export function comparisonTables(comparisons: readonly Comparison[]): Html {
  const isGrid = ({ settings }: Comparison) => settings.learningRate !== undefined;
  const groups = new Map<string, Comparison[]>();
  for (const comparison of comparisons.filter(isGrid)) {
    const { metric, settings } = comparison;
    const title =
      settings.schedule === undefined
        ? metricColumn(metric).title
        : `${metricColumn(metric).title}, ${settings.schedule} learning rate`;
    groups.set(title, [...(groups.get(title) ?? []), comparison]);
  }
  const others = comparisons.filter((comparison) => !isGrid(comparison));
  return html`${groups.size === 0 ? null : html`<div class="grids">${[...groups].map(gridTable)}</div>`}${
    others.length === 0 ? null : rowsTable(others)
  }`;
}

/** A grid whose cells show our number, the report's number, and the difference ours − report. */
function gridTable([title, members]: [string, Comparison[]]): Html {
  const rows: OptionName = members[0].settings.batchSize === undefined ? 'lambda' : 'batchSize';
  const ticks = (option: OptionName) => [
    ...new Set(members.map(({ settings }) => settings[option] as Setting)),
  ];
  const columns = ticks('learningRate');
  const cellOf = (row: Setting, column: Setting) =>
    members.find(({ settings }) => settings[rows] === row && settings.learningRate === column)!;
  const table = html`<table class="grid"><caption>${title}</caption>
<thead><tr><th scope="col">${optionTitle(rows)} \\ learning rate</th>${columns.map(
    (column) => html`<th scope="col" class="number">${column}</th>`,
  )}</tr></thead>
<tbody>${ticks(rows).map(
    (row) =>
      html`<tr><th scope="row">${row}</th>${columns.map((column) => gridCell(cellOf(row, column)))}</tr>`,
  )}</tbody></table>`;
  return scrollTable(title, table);
}

function gridCell(comparison: Comparison): Html {
  return html`<td class="number"><b>${oursText(comparison, 2)}</b><span class="published">${numberText(
    comparison.published,
    2,
  )}</span><span class="difference">${differenceText(comparison)}</span></td>`;
}

function rowsTable(comparisons: readonly Comparison[]): Html {
  const rows = comparisons.map((row) => {
    const cell = row.cell.replaceAll('_', ' ');
    const metric = row.best
      ? `${metricColumn(row.metric).title}, best of all cells`
      : metricColumn(row.metric).title;
    return html`<tr><th scope="row">${cell === '' ? '' : `${cell}: `}${metric}</th><td class="where">${row.figure}</td><td class="number">${
      row.published
    }${row.printed ? '' : ' (off a curve)'}</td><td class="number"><b>${oursText(row, 3)}</b></td><td class="number">${differenceText(row)}</td></tr>`;
  });
  return scrollTable(
    'Published numbers and ours',
    html`<table><thead><tr><th scope="col">number</th><th scope="col">where</th><th scope="col" class="number">published</th><th scope="col" class="number">ours</th><th scope="col" class="number">difference</th></tr></thead>
<tbody>${rows}</tbody></table>`,
  );
}

function oursText({ ours, standardDeviation, status }: Comparison, digits: number): string {
  if (ours === null) return status === 'done' ? '' : status;
  return standardDeviation === null
    ? numberText(ours, digits)
    : `${numberText(ours, digits)} ± ${numberText(standardDeviation, 2)}`;
}

function differenceText({ ours, published }: Comparison): string {
  return ours === null ? '' : signed(ours - published, 2);
}
