import type { Comparison } from '../claims/comparison.ts';
import { type OptionName, optionTitle, type Setting } from '../experiment/options.ts';
import { metricColumn } from '../trial/metrics.ts';
import { dataTable } from './data-table.ts';
import { type Html, html } from './html.ts';
import { bestMark, numberText, signed } from './parts.ts';

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
    members.find(({ settings }) => settings[rows] === row && settings.learningRate === column);
  const best = bestOf(members);
  return html`<div class="place"><table class="grid"><caption>${title}</caption>
<thead><tr><th scope="col">${optionTitle(rows)} \\ learning rate</th>${columns.map(
    (column) => html`<th scope="col" class="number">${column}</th>`,
  )}</tr></thead>
<tbody>${ticks(rows).map(
    (row) =>
      html`<tr><th scope="row">${row}</th>${columns.map((column) => gridCell(cellOf(row, column), best))}</tr>`,
  )}</tbody></table></div>`;
}

/** The best of our numbers in a grid; null if there is none, or only one. */
function bestOf(members: readonly Comparison[]): number | null {
  const found = members.flatMap(({ ours }) => ours ?? []);
  const { better } = metricColumn(members[0].metric);
  if (better === null || found.length < 2) return null;
  return found.reduce((a, b) => (better === 'lower' ? Math.min(a, b) : Math.max(a, b)));
}

function gridCell(comparison: Comparison | undefined, best: number | null): Html {
  if (comparison === undefined) return html`<td class="number">–</td>`;
  const { ours, published } = comparison;
  const text = oursText(comparison, 2);
  return html`<td class="number">${ours !== null && ours === best ? bestMark(text) : html`<b>${text}</b>`} <span class="published">${numberText(
    published,
    2,
  )}</span> <span class="difference">${differenceText(comparison)}</span></td>`;
}

function rowsTable(comparisons: readonly Comparison[]): Html {
  const rows = comparisons.map((row) => {
    const cell = row.cell.replaceAll('_', ' ');
    const { title } = metricColumn(row.metric);
    const metric = row.best ? `${title}, best of all cells` : title;
    return {
      cells: [
        `${cell === '' ? '' : `${cell}: `}${metric}`,
        html`<b>${oursText(row, 3)}</b>`,
        `${row.published}${row.printed ? '' : ' (off a curve)'}`,
        differenceText(row),
        row.figure,
      ],
    };
  });
  return dataTable(
    'Published numbers and ours',
    [
      { title: 'number', kind: 'text', heads: 'name' },
      { title: 'ours', kind: 'number' },
      { title: 'published', kind: 'number' },
      { title: 'difference', kind: 'number' },
      { title: 'where', kind: 'text' },
    ],
    rows,
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
