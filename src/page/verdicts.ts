import { type DatasetName, datasets } from '../datasets/index.ts';
import { requiredShare } from '../stats/share.ts';
import { listText, outOf, type Places } from './commands.ts';
import { dataTable } from './data-table.ts';
import { type Html, html } from './html.ts';
import { command } from './parts.ts';

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
  /** Whether they are from few seeds. */
  readonly quick: boolean;
  readonly level: number;
  /** By dataset. */
  readonly seeds: Readonly<Record<string, readonly number[]>>;
  readonly numbers: readonly VerdictRow[];
  readonly figures: readonly FigureRow[];
  readonly conclusions: readonly ConclusionRow[];
}

/** The section of the verdicts or, if there are none, of the command that gives them. */
export function verdictsSection(verdicts: Verdicts | null, quick: boolean, places: Places): Html {
  return html`<section id="verdicts" aria-labelledby="verdicts-title">
<h2 id="verdicts-title">Does the report hold?</h2>
${
  verdicts === null
    ? noVerdicts(quick, places)
    : [tally(verdicts), basis(verdicts), conclusions(verdicts), figureRows(verdicts), numbers(verdicts)]
}
</section>`;
}

function noVerdicts(quick: boolean, places: Places): Html {
  const line = ['npx fys-nn verify', ...(quick ? ['--quick'] : []), ...outOf(places, 'verify')].join(' ');
  return html`<p>The report's claims have not been checked yet. This command checks each of them with several
seeds. A page that is written afterwards shows which claims hold:</p>
${command(line)}`;
}

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
function basis({ level, seeds, quick }: Verdicts): Html {
  const runs = Object.entries(seeds).map(
    ([dataset, values]) =>
      `${datasets[dataset as DatasetName]?.title ?? dataset}: ${values.length === 1 ? 'seed' : 'seeds'} ${listText(values)}`,
  );
  return html`<p class="note">These verdicts are from <code>fys-nn verify${quick ? ' --quick' : ''}</code>, which made its own runs with the report's settings (${runs.join('; ')}). A number is typical if
it lies within the central ${percent(level)} of them, and contradicted if one more run would not have given it. A conclusion holds if it
is true in more than ${percent(requiredShare)} of all seeds.</p>`;
}

function figureRows({ figures }: Verdicts): Html {
  if (figures.length === 0) return html``;
  return html`<details><summary>All figures, each as a whole</summary>
${dataTable(
  'Figures and verdicts',
  [
    { title: 'figure', kind: 'text', heads: 'name' },
    { title: 'verdict', kind: 'word' },
    { title: 'numbers', kind: 'number' },
    { title: 'p, corrected', kind: 'number' },
    { title: 'holds under', kind: 'text' },
  ],
  figures.map(({ figure, numbers, p, verdict, reading }) => ({
    cells: [figure, badge(verdict), String(numbers), p, reading],
    value: verdict,
  })),
)}</details>`;
}

function conclusions({ conclusions: rows }: Verdicts): Html {
  if (rows.length === 0) return html``;
  return html`<details open><summary>All conclusions</summary>
${dataTable(
  'Conclusions of the report',
  [
    { title: 'the report concludes', kind: 'text', heads: 'name' },
    { title: 'verdict', kind: 'word' },
    { title: 'share of seeds', kind: 'number' },
    { title: 'interval', kind: 'word' },
  ],
  rows.map(({ id, says, share, low, high, verdict }) => ({
    id: anchor(id),
    value: verdict,
    cells: [
      says,
      badge(verdict),
      share === null ? '' : percent(share),
      low === null || high === null ? '' : `${percent(low)} to ${percent(high)}`,
    ],
  })),
)}</details>`;
}

function numbers({ numbers: rows }: Verdicts): Html {
  if (rows.length === 0) return html``;
  const choices = [...new Set(rows.map(({ verdict }) => verdict))];
  return html`<details><summary>All published numbers</summary>
<p class="filter"><label>Show <select data-filter="number-rows"><option value="">all ${rows.length}</option>${choices.map(
    (verdict) => html`<option value="${verdict}">${verdict}</option>`,
  )}</select></label></p>
${dataTable(
  'Published numbers and verdicts',
  [
    { title: 'number', kind: 'text', heads: 'name' },
    { title: 'verdict', kind: 'word' },
    { title: 'published', kind: 'number' },
    { title: 'ours', kind: 'number' },
    { title: 'interval for one more run', kind: 'word' },
    { title: 'holds under', kind: 'text' },
  ],
  rows.map(({ id, where, says, published, ours, interval, verdict, reading }) => ({
    id: anchor(id),
    value: verdict,
    cells: [
      html`${says} <span class="where">${where}</span>`,
      badge(verdict),
      published,
      ours,
      interval,
      reading,
    ],
  })),
  'number-rows',
)}</details>`;
}

const badgeStyles: Readonly<Record<string, readonly [string, string]>> = {
  holds: ['good', '✓'],
  'holds, but negligible': ['good', '✓'],
  typical: ['good', '✓'],
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
