import { type Doubt, doubts, openingSentences } from '../claims/opening.ts';
import type { ReadVerification } from '../claims/read-verification.ts';
import { percent, pValueText } from '../claims/verdict-text.ts';
import { isWhole, type Verification } from '../claims/verdicts.ts';
import { listOrder, verdictMeanings } from '../claims/words.ts';
import { anchor, badge } from './badge.ts';
import { claimList } from './claim-list.ts';
import { outOf, type Places } from './commands.ts';
import { dataTable } from './data-table.ts';
import { type Html, html } from './html.ts';
import { command } from './parts.ts';

/** The section of the verdicts or, if there are none, of the command that gives them. */
export function verdictsSection(verdicts: ReadVerification | null, quick: boolean, places: Places): Html {
  return html`<section id="verdicts" aria-labelledby="verdicts-title">
<h2 id="verdicts-title">Does the report hold?</h2>
${
  verdicts === null
    ? noVerdicts(quick, places)
    : [
        opening(verdicts),
        mostDoubtful(verdicts),
        tally(verdicts),
        figureRows(verdicts),
        howToRead(verdicts),
        claimList(verdicts),
      ]
}
</section>`;
}

function noVerdicts(quick: boolean, places: Places): Html {
  const line = ['npx fys-nn verify', ...(quick ? ['--quick'] : []), ...outOf(places, 'verify')].join(' ');
  return html`<p>The report's claims have not been checked yet. This command checks each of them with several
seeds. A page that is written afterwards shows which claims hold:</p>
${command(line)}`;
}

function opening(verdicts: ReadVerification): Html {
  const sentences = openingSentences(verdicts);
  return html`${verdicts.quick ? html`<p class="warning" role="note"><strong>From few seeds (--quick): most verdicts need more.</strong></p>` : null}
<p class="lead">${sentences.join(' ')}</p>`;
}

/** The most that are listed with their reasons; the list of claims has all. */
const mostDoubts = 6;

/** What not to rely on, and why. */
function mostDoubtful(verdicts: Verification): Html | null {
  const all = doubts(verdicts);
  if (all.length === 0) return null;
  const contradicted = all.filter(({ verdict }) => verdict === 'contradicted');
  const careful = all.filter(({ verdict }) => verdict !== 'contradicted');
  const more = contradicted.length - mostDoubts;
  return html`${
    contradicted.length === 0
      ? null
      : html`<h3>Do not rely on these</h3>
<ol class="doubts">${contradicted.slice(0, mostDoubts).map(doubtItem)}</ol>
${more > 0 ? html`<p>And on ${more} more, which come first in the <a href="#claims">list of claims</a>.</p>` : null}`
  }
${careful.length === 0 ? null : html`<h3>Rely on these with care</h3><ol class="doubts">${careful.map(doubtItem)}</ol>`}`;
}

function doubtItem({ id, verdict, statement, where, why, cause }: Doubt): Html {
  return html`<li>${badge(verdict)} <a href="#${anchor(id)}">${statement}</a>${where === '' ? null : html` <span class="where">${where}</span>`}<br>${why}${
    cause === undefined ? null : html` <b>Why:</b> ${cause.text}`
  }</li>\n`;
}

/** How many conclusions, numbers and figures have each verdict, and what it means. */
function tally({ numbers, conclusions }: Verification): Html {
  const count = (rows: readonly { verdict: string }[], verdict: string) =>
    rows.filter((row) => row.verdict === verdict).length;
  const rows = listOrder
    .map((verdict) => ({ verdict, of: [count(conclusions, verdict), count(numbers, verdict)] }))
    .filter(({ of }) => of.some((one) => one > 0));
  return html`<h3>All verdicts</h3>
${dataTable(
  'Verdicts',
  [
    { title: 'verdict', kind: 'word', heads: 'name' },
    { title: 'conclusions', kind: 'number' },
    { title: 'numbers', kind: 'number' },
    { title: 'meaning', kind: 'text' },
  ],
  rows.map(({ verdict, of }) => ({
    cells: [badge(verdict), ...of.map(String), verdictMeanings[verdict]],
  })),
)}`;
}

function figureRows({ figures }: Verification): Html | null {
  if (figures.length === 0) return null;
  return html`<details><summary>Figures, each judged as a whole</summary>
${dataTable(
  'Figures and verdicts',
  [
    { title: 'figure', kind: 'text', heads: 'name' },
    { title: 'verdict', kind: 'word' },
    { title: 'numbers', kind: 'number' },
    { title: 'reading: p, corrected', kind: 'text' },
  ],
  figures.map(({ subject, evidence, verdict }) => ({
    cells: [
      subject,
      badge(verdict),
      String(evidence[0].numbers),
      evidence
        .filter(isWhole)
        .map(({ reading, adjusted }) => `${reading.name}: ${pValueText(adjusted)}`)
        .join('; '),
    ],
  })),
)}</details>`;
}

/** The words and marks of the list. */
function howToRead({ level }: Verification): Html {
  return html`<h3 id="claims">The claims, one by one</h3>
<p class="note strip-key">Numbers: each dot is one of our runs, the vertical line is the published number with its rounding, the bar
below the dots is the central ${percent(level)} of one more run, and outside of the shaded range a number would be contradicted. Conclusions: ● the
share of seeds in which it is true, with its interval, ◇ the same for independent runs; right of 80 % it holds, left of 20 % it is contradicted.</p>`;
}
