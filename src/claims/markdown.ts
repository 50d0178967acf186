import type { OptionName, Setting } from '../experiment/options.ts';
import { markdownTable } from '../output/markdown.ts';
import { significantText } from '../stats/significant.ts';
import { metricColumn } from '../trial/metrics.ts';
import { type Comparison, isComparable } from './comparison.ts';

/** What is said in place of a comparison of runs with other settings or data than the report's. */
export const nothingComparable =
  "No number of the report is compared: no trial has the report's settings and data.";

/**
 * Renders the comparison as Markdown. Each grid is a table with "published / ours" in its cells; all other numbers share one
 * table.
 *
 * Numbers have two significant digits in grids, as in the report, and three elsewhere.
 */
export function comparisonMarkdown(all: readonly Comparison[]): string {
  const comparisons = all.filter(isComparable);
  if (comparisons.length === 0) return `${nothingComparable}\n`;
  const groups = new Map<string, Comparison[]>();
  for (const comparison of comparisons.filter(inGrid)) {
    const { experiment, figure, metric, settings } = comparison;
    const schedule = settings.schedule === undefined ? '' : `, ${settings.schedule} learning rate`;
    const title = `\`${experiment}\`, ${figure}, ${metricColumn(metric).title}${schedule}`;
    groups.set(title, [...(groups.get(title) ?? []), comparison]);
  }
  return [...[...groups].map(gridTable), listTable(comparisons)].join('\n\n');
}

function gridTable([title, members]: [string, Comparison[]]): string {
  const rowOption: OptionName = members[0].settings.batchSize === undefined ? 'lambda' : 'batchSize';
  const ticks = (option: OptionName) => [
    ...new Set(members.map(({ settings }) => settings[option] as Setting)),
  ];
  const columns = ticks('learningRate');
  const lines = ticks(rowOption).map((row) => {
    const cells = columns.map((column) => {
      const cell = members.find(
        ({ settings }) => settings[rowOption] === row && settings.learningRate === column,
      )!;
      return `${significantText(cell.published, 2)} / ${oursText(cell, 2)}`;
    });
    return [String(row), ...cells];
  });
  const label = rowOption === 'batchSize' ? 'batch size' : 'lambda';
  const table = markdownTable([`${label} \\ learning rate`, ...columns.map(String)], lines);
  return `${title}: published / ours\n\n${table}`;
}

function listTable(comparisons: readonly Comparison[]): string {
  const { header, rows } = comparisonRows(comparisons);
  return markdownTable(header, rows);
}

/** The numbers that are not part of a grid, as rows of text. */
function comparisonRows(comparisons: readonly Comparison[]): { header: string[]; rows: string[][] } {
  const others = comparisons.filter((comparison) => isComparable(comparison) && !inGrid(comparison));
  const rows = others.map((row) => [
    [row.experiment, row.cell.replaceAll('_', ' ')].filter((part) => part !== '').join(', '),
    row.figure,
    `${metricColumn(row.metric).title}${row.best ? ', best of all cells' : ''}`,
    `${row.published}${row.printed ? '' : ' (off a curve)'}`,
    oursText(row, 3),
  ]);
  return { header: ['experiment', 'where', 'number', 'published', 'ours'], rows };
}

function inGrid({ settings, figure }: Comparison): boolean {
  return settings.learningRate !== undefined && figure.startsWith('Figure');
}

function oursText({ ours, standardDeviation, status }: Comparison, digits: number): string {
  if (ours === null) return status === 'done' ? '' : status;
  const spread = standardDeviation === null ? '' : ` ± ${significantText(standardDeviation, 2)}`;
  return `${significantText(ours, digits)}${spread}`;
}
