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
  /** Of the seeds, with its interval; from 0 to 1. */
  readonly share: number;
  readonly low: number;
  readonly high: number;
  readonly verdict: string;
}

export interface Verdicts {
  readonly numbers: readonly VerdictRow[];
  readonly conclusions: readonly ConclusionRow[];
}

/** What the runs say of the report, first of all; without verdicts, how to get them. */
export function verdictsSection(verdicts: Verdicts | null): Html {
  return html`<section id="verdicts" aria-labelledby="verdicts-title">
<h2 id="verdicts-title">Does the report hold?</h2>
${verdicts === null ? noVerdicts : [tally(verdicts), conclusions(verdicts), numbers(verdicts)]}
</section>`;
}

const noVerdicts = html`<p>These results have not been judged yet. One command runs every claim of the report under several
seeds and says which of them hold:</p>
${command('npx fys-nn verify')}`;

/** "12 of 20 hold, 1 contradicted, …" for numbers and for conclusions. */
function tally({ numbers, conclusions }: Verdicts): Html {
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
  )}</div>`;
}

function conclusions({ conclusions: rows }: Verdicts): Html {
  if (rows.length === 0) return html``;
  return html`<h3>Conclusions</h3>
${scrollTable(
  'Conclusions of the report',
  html`<table id="conclusion-rows"><thead><tr><th scope="col">The report concludes</th><th scope="col" class="number">seeds in which it holds</th><th scope="col">interval</th><th scope="col">verdict</th></tr></thead>
<tbody>${rows.map(
    ({ id, says, share, low, high, verdict }) =>
      html`<tr data-value="${verdict}"><th scope="row" id="${anchor(id)}">${says}</th><td class="number">${percent(share)}</td><td>${percent(low)} to ${percent(high)}</td><td>${badge(verdict)}</td></tr>`,
  )}</tbody></table>`,
)}`;
}

function numbers({ numbers: rows }: Verdicts): Html {
  if (rows.length === 0) return html``;
  const choices = [...new Set(rows.map(({ verdict }) => verdict))];
  return html`<h3>Published numbers</h3>
<p><label>Show <select data-filter="number-rows"><option value="">all ${rows.length}</option>${choices.map(
    (verdict) => html`<option value="${verdict}">${verdict}</option>`,
  )}</select></label></p>
${scrollTable(
  'Published numbers and verdicts',
  html`<table id="number-rows"><thead><tr><th scope="col">where</th><th scope="col">number</th><th scope="col" class="number">published</th><th scope="col" class="number">ours</th><th scope="col">interval for one run</th><th scope="col">verdict</th><th scope="col">reading</th></tr></thead>
<tbody>${rows.map(
    ({ id, where, says, published, ours, interval, verdict, reading }) =>
      html`<tr data-value="${verdict}"><td>${where}</td><th scope="row" id="${anchor(id)}">${says}</th><td class="number">${published}</td><td class="number">${ours}</td><td>${interval}</td><td>${badge(verdict)}</td><td>${reading}</td></tr>`,
  )}</tbody></table>`,
)}`;
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
