import type { Comparison } from '../claims/comparison.ts';
import { optionsOf } from '../experiment/define.ts';
import { describePlan } from '../experiment/describe.ts';
import { flagOf, options } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { trialsInRounds } from '../experiment/stopping.ts';
import { classifierFigureNames } from '../figures/classifier-figures.ts';
import type { Classifiers } from '../output/classifiers.ts';
import { folderName } from '../output/folder-name.ts';
import type { Records } from '../output/trials-table.ts';
import { classesPart } from './classes.ts';
import { commandOf, type Places, shortList } from './commands.ts';
import { comparisonTables } from './comparison.ts';
import { dataTable } from './data-table.ts';
import { curvesExplorer } from './explorer.ts';
import { figureBlock, type PageFigure } from './figure.ts';
import { type Html, html } from './html.ts';
import { command } from './parts.ts';
import { roundsTable } from './rounds.ts';
import { countStatuses, type Statuses } from './statuses.ts';
import { summaryTable } from './summary.ts';

/** A run with its figures. */
export interface Run {
  readonly plan: Plan;
  readonly figures: readonly PageFigure[];
  /** Why figures are missing: "no figures of 600 columns: …"; null or absent if none are. */
  readonly undrawn?: string | null;
  /** null if what they say of the test rows is not known. */
  readonly classifiers?: Classifiers | null;
}

/** What the sections of experiments show. */
interface Shown {
  readonly records: Records;
  readonly statuses: Statuses;
  readonly comparisons: readonly Comparison[];
  readonly places: Places;
}

/** The section of one experiment: its figures, what its classifiers do on the test rows, the report's numbers next to ours, all our numbers, and the command to rerun it. */
export function experimentSection(
  { plan, figures, undrawn = null, classifiers = null }: Run,
  { records, statuses, comparisons, places }: Shown,
): Html {
  const { name } = plan.experiment;
  const { title, figure } = describePlan(plan);
  const id = folderName(name);
  const published = comparisons.filter(({ experiment }) => experiment === name);
  const isOfClasses = ({ name: own }: PageFigure) => classifierFigureNames.includes(own);
  const [ofClasses, others] = [figures.filter(isOfClasses), figures.filter((one) => !isOfClasses(one))];
  return html`<section id="${id}" aria-labelledby="${id}-title" class="experiment">
<h2 id="${id}-title">${title}${figure === null ? null : html` <span class="where">${figure}</span>`}</h2>
${statusNote(plan, statuses)}${
  undrawn === null
    ? null
    : html`
<p class="note">${undrawn[0].toUpperCase()}${undrawn.slice(1)}.</p>`
}
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
${
  plan.stopping === undefined
    ? null
    : html`<details><summary>All settings, with those that were stopped</summary>${roundsTable(plan, plan.stopping)}</details>
`
}<details><summary>Settings</summary>${settingsTable(plan)}</details>
<h3>Run this experiment again</h3>
${command(commandOf(plan, places))}
</section>`;
}

/** The data, seeds and settings that are not the report's; the number of trials, and how many diverged or were not run. */
function statusNote(plan: Plan, statuses: Statuses): Html {
  const { cells } = plan;
  const { data, seeds, changes } = describePlan(plan);
  const { diverged, notRun } = countStatuses(cells.map(({ trial }) => statuses.get(trial.id)));
  const { stopping } = plan;
  const stopped = stopping?.stopped.length ?? 0;
  const rounds = stopping === undefined ? '' : ` (${trialsInRounds(stopping)} in all rounds)`;
  const parts = [
    `${cells.length} ${cells.length === 1 ? 'trial' : 'trials'}${rounds}`,
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
    return { cells: [html`<code>${flagOf(name)}</code>`, shortList(values), options[name].description] };
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
