import { type Comparison, isComparable } from '../claims/comparison.ts';
import { counted } from '../errors.ts';
import { decidingMetric, decidingWords } from '../experiment/deciding.ts';
import { describePlan } from '../experiment/describe.ts';
import { settingWords } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { variedOptions } from '../output/settings.ts';
import { type SummaryCell, summaryCells } from '../output/summary.ts';
import type { Records } from '../store/store.ts';
import { bestOf, statisticText } from './best-cell.ts';
import { fold } from './fold.ts';

/** Ours is called near a published number if it differs by at most this part of it. */
const near = 0.05;

/** The end of a report: the best cell of each experiment, and how many published numbers, if any, ours are near. */
export function findings(
  plans: readonly Plan[],
  records: Records,
  comparisons: readonly Comparison[] | null,
  width: number,
): string {
  const rows = plans.map((plan): [string, string] => [plan.experiment.name, bestText(plan, records)]);
  const indent = rows.reduce((most, [name]) => Math.max(most, name.length), 0) + 2;
  const lines = rows.flatMap(([name, text]) => fold(name.padEnd(indent) + text, width, indent));
  const published = comparisons === null ? [] : fold(publishedText(comparisons), width);
  return ['Best of each experiment:', ...lines, ...published].join('\n');
}

/** "test R2, bootstrap mean 0.629±0.012: batch size 10, learning rate 0.1". */
function bestText(plan: Plan, records: Records): string {
  const metric = decidingMetric(plan.experiment);
  const [best] = bestOf(summaryCells(plan, records), metric, 1, plan.search);
  if (best === undefined) return `no value of ${metric.title}: every cell diverged or was not run`;
  const settings = settingsText(plan, best);
  const remark = settings === '' ? describePlan(plan).model : settings;
  return `${decidingWords(plan.experiment.layout, metric)} ${statisticText(best, metric.name)}: ${remark}`;
}

function settingsText(plan: Plan, { settings }: SummaryCell): string {
  return variedOptions(plan)
    .filter((name) => name !== 'reference' && settings[name] !== null)
    .map((name) => (name === 'solver' ? String(settings[name]) : settingWords(name, settings[name])))
    .join(', ');
}

function publishedText(all: readonly Comparison[]): string {
  const found = all.filter((comparison) => isComparable(comparison) && comparison.ours !== null);
  if (found.length === 0) return "The settings are not the report's, so no published number is next to ours.";
  const close = found.filter(
    ({ published, ours }) => Math.abs(ours! - published) <= near * Math.abs(published),
  );
  const of = counted(found.length, 'published number');
  return `${close.length} of the ${of} ${close.length === 1 ? 'is' : 'are'} within ${100 * near} % of ours.`;
}
