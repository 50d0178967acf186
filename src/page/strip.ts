import type { NumberClaim } from '../claims/claims.ts';
import { printedInterval } from '../claims/claims.ts';
import type { ConclusionEvidence } from '../claims/judge-conclusions.ts';
import type { NumberEvidence } from '../claims/judge-numbers.ts';
import { readingTitle } from '../claims/opening.ts';
import { percent, rangeText, valueText } from '../claims/verdict-text.ts';
import { requiredShare } from '../stats/share.ts';
import { type Html, html } from './html.ts';
import { type StripAxis, stripAxis } from './strip-axis.ts';
import { dotsPath } from './strip-dots.ts';

// Strips of the runs behind a verdict: a row per reading, all on one axis. Their look is in the style sheet.

/** Pixels: the width, the names of the readings, the height of a row, the axis. */
const width = 330;
const [left, right] = [64, 316];
const rowHeight = 26;
const axisHeight = 15;
/** Room for diverged runs at one end. */
const beyond = 26;

/** The runs of a number under each reading, with the published value; null if nothing was run. */
export function numberStrip(claim: NumberClaim, evidence: readonly NumberEvidence[]): Html | null {
  const run = evidence.filter(({ found }) => found !== null);
  if (run.length === 0) return null;
  const printed = printedRange(claim);
  const values = run.flatMap((one) => one.values.filter(isNumber));
  const central = run.flatMap(({ found }) => [found!.interval.low, found!.interval.high].filter(isNumber));
  const infinite = run.flatMap((one) => one.values).filter((value) => value !== null && !isNumber(value));
  const ends = [
    left + (infinite.some((value) => value! < 0) ? beyond : 0),
    right - (infinite.some((value) => value! > 0) ? beyond : 0),
  ] as const;
  const shown = [...values, ...(values.length > 1 ? central : []), printed.low, printed.high];
  const axis = stripAxis(shown, run[0].found!.scale, ...ends);
  const rows = run.map((one, index) => numberRow(one, axis, ends, index * rowHeight));
  const [from, to] = [axis.at(printed.low), axis.at(printed.high)];
  const height = run.length * rowHeight;
  const mark = html`<path class="printed" d="M${from} 0H${to}V${height}H${from}Z"/><path class="published" d="M${axis.at(claim.value)} 0v${height}"/>`;
  return frame(run, axis, [...rows, mark], numberText(claim, run));
}

function numberRow(
  { values, found }: NumberEvidence,
  axis: StripAxis,
  [start, end]: readonly [number, number],
  top: number,
): Html {
  const [low, high] = [axis.at(found!.undetected.low), axis.at(found!.undetected.high)];
  const [from, to] = [axis.at(found!.interval.low), axis.at(found!.interval.high)];
  const middle = top + rowHeight / 2;
  const dots = dotsPath(values.filter(isNumber).map(axis.at), middle - 1);
  const below = values.filter((value) => value === Number.NEGATIVE_INFINITY).length;
  const above = values.filter((value) => value === Number.POSITIVE_INFINITY).length;
  return html`<path class="allowed" d="M${low} ${top + 2}H${high}v${rowHeight - 4}H${low}Z"/><path class="central" d="M${from} ${top + rowHeight - 3}H${to}"/><path class="dots" d="${dots}"/>${diverged(
    below,
    start - 18,
    middle,
  )}${diverged(above, end + 8, middle)}`;
}

/** A cross and the number of diverged runs. */
function diverged(count: number, x: number, y: number): Html | null {
  if (count === 0) return null;
  return html`<path class="diverged" d="M${x - 3} ${y - 3}l6 6m0-6l-6 6"/><text x="${x + 6}" y="${y + 4}">${count}</text>`;
}

/** The share of the seeds in which a conclusion is true, under each reading; null if nothing was run. */
export function shareStrip(evidence: readonly ConclusionEvidence[]): Html | null {
  const run = evidence.filter(({ share }) => share !== null);
  if (run.length === 0) return null;
  const at = (share: number) => Math.round(10 * (left + share * (right - left))) / 10;
  const ticks = [0, 1 - requiredShare, requiredShare, 1].map((share) => ({
    x: at(share),
    text: `${Math.round(100 * share)} %`,
  }));
  const rows = run.map(({ share, interval, unpaired }, index) => {
    const middle = (index + 0.5) * rowHeight;
    const x = unpaired === null ? null : at(unpaired);
    return html`<path class="interval" d="M${at(interval!.low)} ${middle}H${at(interval!.high)}"/>${
      x === null ? null : html`<path class="unpaired" d="M${x - 5} ${middle}l5-5 5 5-5 5z"/>`
    }<circle class="paired" cx="${at(share!)}" cy="${middle}" r="4"/>`;
  });
  const height = run.length * rowHeight;
  const zones = html`<path class="false" d="M${at(0)} 0H${at(1 - requiredShare)}V${height}H${at(0)}Z"/><path class="true" d="M${at(requiredShare)} 0H${at(1)}V${height}H${at(requiredShare)}Z"/>`;
  const words = run.map(({ reading, share, interval, unpaired }) => {
    const independent = unpaired === null ? '' : `; of independent runs ${percent(unpaired, 2)}`;
    return `${readingTitle(reading.name)}: true in ${percent(share!, 2)} of the seeds, interval ${percent(interval!.low, 2)} to ${percent(interval!.high, 2)}${independent}`;
  });
  return frame(run, { at, ticks }, [zones, ...rows], words.join('. '));
}

function frame(
  run: readonly { readonly reading: { readonly name: string } }[],
  { ticks }: StripAxis,
  marks: readonly Html[],
  label: string,
): Html {
  const bottom = run.length * rowHeight;
  const names = run.map(
    ({ reading }, index) =>
      html`<text x="0" y="${(index + 0.5) * rowHeight + 4}">${shortTitle(reading.name)}</text>`,
  );
  const labels = ticks.map(
    ({ x, text }) => html`<path d="M${x} ${bottom}v3"/><text x="${x}" y="${bottom + 14}">${text}</text>`,
  );
  return html`<svg class="strip" viewBox="0 0 ${width} ${bottom + axisHeight}" role="img" aria-label="${label}.">${names}<path class="axis" d="M${left} ${bottom}H${right}"/>${marks}<g class="axis">${labels}</g></svg>`;
}

/** A name that fits next to a row. */
function shortTitle(name: string): string {
  const title = readingTitle(name).replace(/^the /, '');
  return title.length > 9 ? `${title.slice(0, 8)}…` : title;
}

/** What the strip shows, in words. */
function numberText(claim: NumberClaim, run: readonly NumberEvidence[]): string {
  const rows = run.map(({ reading, values, found }) => {
    const finite = values.filter(isNumber);
    const lost = values.length - finite.length;
    const range = { low: Math.min(...finite), high: Math.max(...finite) };
    const own =
      finite.length === 0
        ? 'no run has a value'
        : `${finite.length} runs from ${rangeText(range)}, median ${valueText(found!.median)}, ${Math.round(found!.percentile)} % of them below the published value`;
    return `${readingTitle(reading.name)}: ${own}${lost > 0 ? `, ${lost} diverged` : ''}`;
  });
  return `Published ${valueText(claim.value)}. ${rows.join('. ')}`;
}

function printedRange(claim: NumberClaim): { low: number; high: number } {
  const range = printedInterval(claim);
  return isNumber(range.low) && isNumber(range.high) ? range : { low: claim.value, high: claim.value };
}

function isNumber(value: number | null): value is number {
  return Number.isFinite(value);
}
