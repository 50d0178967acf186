import type { Comparison } from '../claims/comparison.ts';
import { optionsOf } from '../experiment/define.ts';
import { describePlan } from '../experiment/describe.ts';
import { flagOf, options } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { classifierFigureNames } from '../figures/classifier-figures.ts';
import type { Classifiers } from '../output/classifiers.ts';
import { folderName } from '../output/folder-name.ts';
import type { Records } from '../output/trials-table.ts';
import { classesPart } from './classes.ts';
import { commandOf, listText, type Places } from './commands.ts';
import { comparisonTables } from './comparison.ts';
import { dataTable } from './data-table.ts';
import { curvesExplorer } from './explorer.ts';
import { figureBlock, type PageFigure } from './figure.ts';
import { type Html, html } from './html.ts';
import { command } from './parts.ts';
import { summaryTable } from './summary.ts';

/** A run with its figures. */
export interface Run {
  readonly plan: Plan;
  readonly figures: readonly PageFigure[];
  /** null if what they say of the test rows is not known. */
  readonly classifiers?: Classifiers | null;
}

/** The section of one experiment: its figures, what its classifiers do on the test rows, the report's numbers next to ours, all our numbers, and the command to rerun it. */
export function experimentSection(
  { plan, figures, classifiers = null }: Run,
  records: Records,
  comparisons: readonly Comparison[],
  places: Places,
): Html {
  const { name } = plan.experiment;
  const { title, figure } = describePlan(plan);
  const id = folderName(name);
  const published = comparisons.filter(({ experiment }) => experiment === name);
  const isOfClasses = ({ name: own }: PageFigure) => classifierFigureNames.includes(own);
  const [ofClasses, others] = [figures.filter(isOfClasses), figures.filter((one) => !isOfClasses(one))];
  return html`<section id="${id}" aria-labelledby="${id}-title" class="experiment">
<h2 id="${id}-title">${title}${figure === null ? null : html` <span class="where">${figure}</span>`}</h2>
${statusNote(plan, records)}
<div class="figures">${others.map((one) => figureBlock(id, one))}</div>
${curvesExplorer(id, plan, records)}
${classifiers === null ? null : classesPart(id, plan, ofClasses, records, classifiers)}
${
  published.length === 0
    ? null
    : html`<h3>The report's numbers and ours</h3>
<p class="note">${
        published.some(({ settings }) => settings.learningRate !== undefined)
          ? 'Each cell shows our number in bold, the report’s number, and the difference (ours − report). '
          : ''
      }${published.some(({ standardDeviation }) => standardDeviation !== null) ? '± is the standard deviation over the seeds.' : 'Both numbers come from a single run.'}</p>
${comparisonTables(published)}`
}
<details><summary>All our numbers</summary>${summaryTable(plan, records)}</details>
<details><summary>Settings</summary>${settingsTable(plan)}</details>
<h3>Run this experiment again</h3>
${command(commandOf(plan, places))}
</section>`;
}

/** The data, seeds and settings that are not the report's; the number of trials, and how many diverged or were not run. */
function statusNote(plan: Plan, records: Records): Html {
  const { cells } = plan;
  const { data, seeds, changes } = describePlan(plan);
  const found = cells.flatMap(({ trial }) => records.get(trial.id) ?? []);
  const diverged = found.filter(({ status }) => status === 'diverged').length;
  const notRun = cells.length - found.length;
  const stopped = plan.stopping?.stopped.length ?? 0;
  const parts = [
    `${cells.length} ${cells.length === 1 ? 'trial' : 'trials'}`,
    ...(diverged > 0 ? [`${diverged} diverged`] : []),
    ...(notRun > 0 ? [`${notRun} not run`] : []),
    ...(stopped > 0 ? [`${stopped} other settings stopped early (rounds.csv)`] : []),
  ];
  const own = plan.experiment.definition !== null;
  const differs = changes === '' ? '' : ` ${own ? 'Settings given' : 'Not as in the report'}: ${changes}.`;
  return html`<p class="note">${data}, ${seeds}: ${parts.join(', ')}.${differs}</p>`;
}

function settingsTable({ experiment, lists, search }: Plan): Html {
  const rows = optionsOf(experiment).flatMap((name) => {
    const values = search?.space[name] ?? lists[name];
    if (values === undefined) return [];
    return { cells: [html`<code>${flagOf(name)}</code>`, listText(values), options[name].description] };
  });
  return dataTable(
    `Settings of ${experiment.name}`,
    [
      { title: 'option', kind: 'word', heads: 'name' },
      { title: 'value', kind: 'text' },
      { title: 'meaning', kind: 'text' },
    ],
    rows,
  );
}
