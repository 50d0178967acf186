import { counted } from '../errors.ts';
import { describePlan } from '../experiment/describe.ts';
import { inWords } from '../experiment/describe-model.ts';
import type { Plan } from '../experiment/plan.ts';
import { trialsInRounds } from '../experiment/stopping.ts';
import { folderName } from '../output/folder-name.ts';
import { quickWarning } from '../output/manifest.ts';
import type { Remarks } from '../output/remarks.ts';
import { programVersion } from '../output/version.ts';
import { numerics } from '../trial/trial.ts';
import { listText } from './commands.ts';
import type { PageFigure } from './figure.ts';
import { termLink } from './glossary.ts';
import { type Html, html } from './html.ts';
import { countStatuses, type Statuses } from './statuses.ts';

/** The section of the activation functions, which need no training. */
export interface FunctionsPart {
  readonly name: string;
  readonly title: string;
  /** Where the report shows them. */
  readonly where: string;
  readonly figures: readonly PageFigure[];
}

/** The sections that only some pages have; `empty` if they only say how to fill them. */
export interface Sections {
  readonly verdicts: 'none' | 'empty' | 'full';
  readonly network: 'none' | 'empty' | 'full';
}

/**
 * The page's header: what was run, on how many seeds, where to click, how it was made, what holds (`held`: title and count),
 * and the contents.
 */
export function pageHeader(
  plans: readonly Plan[],
  functions: FunctionsPart | null,
  statuses: Statuses,
  sections: Sections,
  held: readonly (readonly [string, string])[],
  { note, tags = [] }: Remarks = {},
): Html {
  const [{ quick, variant }] = plans;
  const { all, diverged, notRun } = countStatuses(statuses.values());
  const inRounds = plans.reduce((sum, { stopping }) => sum + (stopping ? trialsInRounds(stopping) : 0), 0);
  const facts: [string, string][] = [
    ['program', `fys-nn ${programVersion()}, numerics ${numerics}`],
    ...(functions === null && variant === 'code'
      ? []
      : [
          ['reading of the report', variant === 'code' ? 'its program (code)' : 'its wording (text)'] as [
            string,
            string,
          ],
        ]),
    [
      'trials',
      `${all}${diverged > 0 ? `, ${diverged} diverged` : ''}${notRun > 0 ? `, ${notRun} not run` : ''}${inRounds > 0 ? `; ${inRounds} in all rounds` : ''}`,
    ],
    ...(note === undefined ? [] : [['note', note] as [string, string]]),
    ...(tags.length === 0 ? [] : [['tags', tags.join(', ')] as [string, string]]),
  ];
  return html`<header>
<p class="kicker">fys-nn</p>
${functions !== null ? reportLead(plans) : plans.length === 1 ? experimentLead(plans[0]) : ownLead(plans)}
${quick ? html`<p class="warning" role="note"><strong>${quickWarning}</strong></p>` : null}
<p>${seedsOf(plans)} ${whatToClick(plans, sections)}</p>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}${held.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd><a href="#verdicts">${value}</a></dd></div>`,
  )}</dl>
</header>
<nav aria-label="Contents"><ul>
${sections.verdicts !== 'none' ? html`<li><a href="#verdicts">Does the report hold?</a></li>\n` : null}${
  sections.network !== 'none' ? html`<li><a href="#network">Draw a digit</a></li>\n` : null
}${
  functions === null
    ? null
    : html`<li><a href="#${functions.name}">${functions.title}</a> <span class="where">${functions.where}</span></li>\n`
}
${plans.map((plan) => {
  const { title, figure } = describePlan(plan);
  return html`<li><a href="#${folderName(plan.experiment.name)}">${title}</a>${figure === null ? null : html` <span class="where">${figure}</span>`}</li>\n`;
})}<li><a href="#terms">Terms</a></li>
</ul></nav>`;
}

function reportLead(plans: readonly Plan[]): Html {
  return html`<h1>A report, rerun from a seed</h1>
<p class="lead">Project 2 of FYS-STK4155 at the University of Oslo (M. B. Pettersen, November 2020) trains linear models and
neural networks by stochastic gradient descent. ${whatWasRun(plans)} ${changes(plans)}</p>`;
}

function experimentLead(plan: Plan): Html {
  const { title, data, figure } = describePlan(plan);
  const where = figure === null ? '' : ` ${figure} of the report has the same settings.`;
  return html`<h1>${title}</h1>
<p class="lead">One experiment on these data: ${data}.${where}</p>`;
}

/** Of a report of the user's own: each experiment with the title that its file gives. */
function ownLead(plans: readonly Plan[]): Html {
  const data = [...new Set(plans.flatMap((plan) => plan.data.map(({ title }) => title)))];
  return html`<h1>${counted(plans.length, 'experiment')}</h1>
<p class="lead">On these data: ${inWords(data)}.</p>
<ul>
${plans.map(({ experiment: { name, title } }) => html`<li>${link(name)}: ${title}</li>\n`)}</ul>`;
}

function link(experiment: string): Html {
  return html`<a href="#${folderName(experiment)}">${experiment}</a>`;
}

function whatWasRun(plans: readonly Plan[]): Html {
  const data = [...new Set(plans.flatMap((plan) => plan.data.map(({ title }) => title)))];
  const [first] = plans;
  const experiments =
    plans.length === 1
      ? html`its experiment ${link(first.experiment.name)} was`
      : html`<a href="#${folderName(first.experiment.name)}">${counted(plans.length, 'experiment')}</a> of it were`;
  return html`Here, ${experiments} run again, on these data: ${inWords(data)}.`;
}

/** The experiments whose settings are not the report's. */
function changes(plans: readonly Plan[]): Html {
  if (plans[0].quick) return html``;
  const changed = plans.filter((plan) => describePlan(plan).changes !== '');
  if (changed.length === 0) {
    return plans.every(({ data }) => data.every(({ isReports }) => isReports))
      ? html`The settings and data are the report's, so that the results can be compared with its numbers.`
      : html`The settings are the report's, but some of the data are not: where they differ, no published number is shown.`;
  }
  return html`Settings that are not the report's: ${changed.map(
    (plan, index) =>
      html`${index === 0 ? '' : '; '}${link(plan.experiment.name)}: ${describePlan(plan).changes}`,
  )}.`;
}

function seedsOf(plans: readonly Plan[]): Html {
  const seeds = [...new Set(plans.flatMap(({ lists }) => lists.seed ?? []))];
  const means = plans.map((plan) => describePlan(plan).seeds).find((text) => text.startsWith('means'));
  if (seeds.length === 1 && means !== undefined)
    return html`Numbers are ${means} (${termLink('seed', 'seed')}), with ± for the standard deviation.`;
  if (new Set(plans.map(({ lists }) => listText(lists.seed ?? []))).size > 1) {
    return html`Each experiment has ${termLink('seed', 'seeds')} of its own. Where there are several, numbers are means over them, with ± for
the standard deviation.`;
  }
  if (seeds.length === 1) {
    return html`Every random draw follows from ${termLink('seed', `seed ${seeds[0]}`)}: the same seed gives the same numbers on every machine.`;
  }
  return html`Each experiment was run with ${termLink('seed', `${seeds.length} seeds`)} (${listText(seeds)}); numbers are means over them, with ± for the
standard deviation.`;
}

function whatToClick(plans: readonly Plan[], { verdicts, network }: Sections): Html {
  const [{ experiment }] = plans;
  return html`Point at a figure to read its values, and open “All our numbers” below it for the rest, for example in
${link(experiment.name)}. ${verdicts === 'full' ? html`<a href="#verdicts">Does the report hold?</a> sets its claims against many seeds. ` : null}${
    network === 'full'
      ? html`<a href="#network">Draw a digit</a>, and a network trained here recognises it. `
      : null
  }The words are explained under <a href="#terms">Terms</a>.`;
}
