import { requiredShare } from '../claims/verdicts.ts';
import { type DatasetName, datasets } from '../datasets/index.ts';
import { listText } from './commands.ts';
import { type Html, html } from './html.ts';
import { command, scrollTable } from './parts.ts';

/** A published number and its verdict. */
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

/** A conclusion of the report and the share of the seeds in which it holds. */
export interface ConclusionRow {
  readonly id: string;
  readonly says: string;
  /** Share of the seeds in which it holds, from 0 to 1; null: not run. `low` and `high` are its interval. */
  readonly share: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly verdict: string;
}

/** The numbers of one figure, judged as a whole. */
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

/** The section of the verdicts or, if there are none, of the command that gives them. */
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

const noVerdicts = html`<p>The report's claims have not been checked yet. This command checks each of them with several
seeds. Then write this page again to see which claims hold:</p>
${command('npx fys-nn verify')}`;

/** Counts the verdicts on conclusions, numbers and figures. */
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
  return html`<div class="tallies">${line(counted(conclusions, 'conclusion'), conclusions)}${line(
    counted(numbers, 'published number'),
    numbers,
  )}${line(`${counted(figures, 'figure')}, each as a whole`, figures)}</div>`;
}

function counted({ length }: readonly unknown[], noun: string): string {
  return `${length} ${length === 1 ? noun : `${noun}s`}`;
}

/** The runs and the criteria behind the verdicts. */
function basis({ level, seeds }: Verdicts): Html {
  const runs = Object.entries(seeds).map(
    ([dataset, values]) =>
      `${datasets[dataset as DatasetName]?.title ?? dataset}: ${values.length === 1 ? 'seed' : 'seeds'} ${listText(values)}`,
  );
  return html`<p class="note">These verdicts are from <code>fys-nn verify</code>, which made its own runs (${runs.join('; ')}). A number holds if
it could come from one more run, at a level of ${percent(level)} for all numbers together. A conclusion holds if it is true for at
least ${percent(requiredShare)} of the seeds.</p>`;
}

function figureRows({ figures }: Verdicts): Html {
  if (figures.length === 0) return html``;
  return html`<details><summary>All figures, each as a whole</summary>
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
  html`<table id="conclusion-rows"><thead><tr><th scope="col">The report concludes</th><th scope="col" class="number">share of seeds</th><th scope="col">interval</th><th scope="col">verdict</th></tr></thead>
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
  html`<table id="number-rows"><thead><tr><th scope="col">where</th><th scope="col">number</th><th scope="col" class="number">published</th><th scope="col" class="number">ours</th><th scope="col">interval for one more run</th><th scope="col">verdict</th><th scope="col">holds under</th></tr></thead>
<tbody>${rows.map(
    ({ id, where, says, published, ours, interval, verdict, reading }) =>
      html`<tr data-value="${verdict}"><td>${where}</td><th scope="row" id="${anchor(id)}">${says}</th><td class="number">${published}</td><td class="number">${ours}</td><td class="interval">${interval}</td><td>${badge(verdict)}</td><td>${reading}</td></tr>`,
  )}</tbody></table>`,
)}</details>`;
}

const badgeStyles: Readonly<Record<string, readonly [string, string]>> = {
  holds: ['good', '✓'],
  contradicted: ['bad', '✗'],
  'not run': ['open', '–'],
};

/** A verdict shown by word, symbol and colour. */
function badge(verdict: string): Html {
  const [kind, sign] = badgeStyles[verdict] ?? ['unsure', '~'];
  return html`<span class="badge ${kind}"><span aria-hidden="true">${sign}</span> ${verdict}</span>`;
}

function anchor(id: string): string {
  return `claim-${id.replace(/[^A-Za-z0-9_-]/g, '-')}`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
