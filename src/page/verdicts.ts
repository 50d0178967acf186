import { listText } from './commands.ts';
import { type Html, html } from './html.ts';
import { command, scrollTable } from './parts.ts';

/** One published number and what our runs say of it. */
export interface VerdictRow {
  readonly id: string;
  /** Figure, table or section of the report. */
  readonly where: string;
  readonly says: string;
  readonly published: string;
  readonly ours: string;
  readonly interval: string;
  readonly verdict: string;
  readonly reading: string;
}

/** One conclusion of the report and in how many seeds it holds. */
export interface ConclusionRow {
  readonly id: string;
  readonly says: string;
  /** Of the seeds, with its interval; from 0 to 1. null: not run. */
  readonly share: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly verdict: string;
}

/** The numbers of one figure as one run. */
export interface FigureRow {
  readonly figure: string;
  readonly numbers: number;
  readonly p: string;
  readonly verdict: string;
  readonly reading: string;
}

export interface Verdicts {
  readonly level: number;
  /** By dataset. */
  readonly seeds: Readonly<Record<string, readonly number[]>>;
  readonly numbers: readonly VerdictRow[];
  readonly figures: readonly FigureRow[];
  readonly conclusions: readonly ConclusionRow[];
}

/** What the runs say of the report, first of all; without verdicts, how to get them. */
export function verdictsSection(verdicts: Verdicts | null): Html {
  return html`<section id="verdicts" aria-labelledby="verdicts-title">
<h2 id="verdicts-title">Does the report hold?</h2>
${
  verdicts === null
    ? noVerdicts
    : [tally(verdicts), basis(verdicts), conclusions(verdicts), figureRows(verdicts), numbers(verdicts)]
}
</section>`;
}

const noVerdicts = html`<p>These results have not been judged yet. One command runs every claim of the report under several
seeds and says which of them hold; the page shows it when it is made again:</p>
${command('npx fys-nn verify')}`;

/** How many have each verdict: conclusions, numbers, figures. */
function tally({ numbers, figures, conclusions }: Verdicts): Html {
  const line = (title: string, rows: readonly { verdict: string }[]) => {
    const counts = [...new Set(rows.map(({ verdict }) => verdict))].map((verdict) => ({
      verdict,
      count: rows.filter((row) => row.verdict === verdict).length,
    }));
    return html`<div class="tally"><h3>${title}</h3><p>${counts.map(
      ({ verdict, count }) => html`<span class="count">${count} ${badge(verdict)}</span> `,
    )}</p></div>`;
  };
  return html`<div class="tallies">${line(`${conclusions.length} conclusions`, conclusions)}${line(
    `${numbers.length} published numbers`,
    numbers,
  )}${line(`${figures.length} figures, each as one run`, figures)}</div>`;
}

/** By which runs it was judged. */
function basis({ level, seeds }: Verdicts): Html {
  const runs = Object.entries(seeds).map(
    ([dataset, values]) => `${dataset}: ${values.length === 1 ? 'seed' : 'seeds'} ${listText(values)}`,
  );
  return html`<p class="note">Judged by <code>fys-nn verify</code> with other runs than those below (${runs.join('; ')}): a number holds
where it may be one further run, at the level of ${percent(level)} over all numbers; a conclusion where nearly all seeds have it.</p>`;
}

function figureRows({ figures }: Verdicts): Html {
  if (figures.length === 0) return html``;
  return html`<details><summary>All figures, each as one run</summary>
${scrollTable(
  'Figures and verdicts',
  html`<table id="figure-rows"><thead><tr><th scope="col">figure</th><th scope="col" class="number">numbers</th><th scope="col" class="number">p, corrected</th><th scope="col">verdict</th><th scope="col">holds under</th></tr></thead>
<tbody>${figures.map(
    ({ figure, numbers, p, verdict, reading }) =>
      html`<tr data-value="${verdict}"><th scope="row">${figure}</th><td class="number">${numbers}</td><td class="number">${p}</td><td>${badge(verdict)}</td><td>${reading}</td></tr>`,
  )}</tbody></table>`,
)}</details>`;
}

function conclusions({ conclusions: rows }: Verdicts): Html {
  if (rows.length === 0) return html``;
  return html`<details open><summary>All conclusions</summary>
${scrollTable(
  'Conclusions of the report',
  html`<table id="conclusion-rows"><thead><tr><th scope="col">The report concludes</th><th scope="col" class="number">seeds in which it holds</th><th scope="col">interval</th><th scope="col">verdict</th></tr></thead>
<tbody>${rows.map(
    ({ id, says, share, low, high, verdict }) =>
      html`<tr data-value="${verdict}"><th scope="row" id="${anchor(id)}">${says}</th><td class="number">${share === null ? '' : percent(share)}</td><td class="interval">${low === null || high === null ? '' : `${percent(low)} to ${percent(high)}`}</td><td>${badge(verdict)}</td></tr>`,
  )}</tbody></table>`,
)}</details>`;
}

function numbers({ numbers: rows }: Verdicts): Html {
  if (rows.length === 0) return html``;
  const choices = [...new Set(rows.map(({ verdict }) => verdict))];
  return html`<details><summary>All published numbers</summary>
<p><label>Show <select data-filter="number-rows"><option value="">all ${rows.length}</option>${choices.map(
    (verdict) => html`<option value="${verdict}">${verdict}</option>`,
  )}</select></label></p>
${scrollTable(
  'Published numbers and verdicts',
  html`<table id="number-rows"><thead><tr><th scope="col">where</th><th scope="col">number</th><th scope="col" class="number">published</th><th scope="col" class="number">ours</th><th scope="col">interval for one run</th><th scope="col">verdict</th><th scope="col">holds under</th></tr></thead>
<tbody>${rows.map(
    ({ id, where, says, published, ours, interval, verdict, reading }) =>
      html`<tr data-value="${verdict}"><td>${where}</td><th scope="row" id="${anchor(id)}">${says}</th><td class="number">${published}</td><td class="number">${ours}</td><td class="interval">${interval}</td><td>${badge(verdict)}</td><td>${reading}</td></tr>`,
  )}</tbody></table>`,
)}</details>`;
}

const marks: Readonly<Record<string, readonly [string, string]>> = {
  holds: ['good', '✓'],
  contradicted: ['bad', '✗'],
  'not run': ['open', '–'],
};

/** A verdict by word, sign and colour. */
function badge(verdict: string): Html {
  const [kind, sign] = marks[verdict] ?? ['unsure', '~'];
  return html`<span class="badge ${kind}"><span aria-hidden="true">${sign}</span> ${verdict}</span>`;
}

function anchor(id: string): string {
  return `claim-${id.replace(/[^A-Za-z0-9_-]/g, '-')}`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
