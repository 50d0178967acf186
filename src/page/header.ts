import type { Plan } from '../experiment/plan.ts';
import { folderName } from '../output/folder-name.ts';
import { quickWarning } from '../output/manifest.ts';
import type { Records } from '../output/trials-table.ts';
import { programVersion } from '../output/version.ts';
import { numerics } from '../trial/trial.ts';
import { listText } from './commands.ts';
import type { PageFigure } from './figure.ts';
import { type Html, html } from './html.ts';

/** The section of the activation functions, which need no training. */
export interface FunctionsPart {
  readonly name: string;
  readonly title: string;
  /** Where the report shows them. */
  readonly where: string;
  readonly figures: readonly PageFigure[];
}

/** The page's header: what the page shows, how it was made, and its contents. */
export function pageHeader(plans: readonly Plan[], functions: FunctionsPart, records: Records): Html {
  const [{ quick, variant, lists }] = plans;
  const ids = new Set(plans.flatMap(({ cells }) => cells.map(({ trial }) => trial.id)));
  const found = [...ids].flatMap((id) => records.get(id) ?? []);
  const diverged = found.filter(({ status }) => status === 'diverged').length;
  const facts: [string, string][] = [
    ['program', `fys-nn ${programVersion()}, numerics ${numerics}`],
    [lists.seed!.length === 1 ? 'seed' : 'seeds', listText(lists.seed!)],
    ['variant', variant === 'code' ? "the report's program (code)" : "the report's wording (text)"],
    [
      'trials',
      `${ids.size}${diverged > 0 ? `, ${diverged} diverged` : ''}${found.length < ids.size ? `, ${ids.size - found.length} not run` : ''}`,
    ],
  ];
  return html`<header>
<p class="kicker">fys-nn</p>
<h1>A report, rerun from a seed</h1>
<p class="lead">Project 2 of FYS-STK4155 at the University of Oslo (M. B. Pettersen, November 2020) trains linear models and
neural networks by stochastic gradient descent. Every experiment has been rerun from a seed.
This page compares the results with the published numbers.</p>
${quick ? html`<p class="warning" role="note"><strong>${quickWarning}</strong></p>` : null}
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>
<nav aria-label="Contents"><ul>
<li><a href="#verdicts">Does the report hold?</a></li>
<li><a href="#network">Draw a digit</a></li>
<li><a href="#${functions.name}">${functions.name}</a> <span class="where">${functions.where}</span></li>
${plans.map(
  ({ experiment: { name, figure } }) =>
    html`<li><a href="#${folderName(name)}">${name}</a> <span class="where">${figure}</span></li>\n`,
)}</ul></nav>`;
}
