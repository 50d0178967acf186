import type { CheckResult } from '../diagnosis/check-result.ts';
import { batchesOf, type Place, placesOf } from '../trace/quantities.ts';
import { type MarkAt, markSign, worstOf } from './backprop-marks.ts';
import { isSingle, type Span, spansOf } from './backprop-spans.ts';
import { type Html, html } from './html.ts';

/** The most columns, which a phone shows side by side, and the most layers. */
const mostSteps = 10;
const mostLayers = 7;

/** Every quantity of every step: a row for each quantity, in the order in which a step computes them, and a column for each step. */
export function timeline({ exercise, first, absent }: CheckResult, markAt: MarkAt): Html {
  const batches = batchesOf(exercise);
  const steps = spansOf(batches.length, first?.quantity.batch.step ?? null, mostSteps);
  const layers = spansOf(exercise.layers.length, first?.quantity.place.layer ?? null, mostLayers);
  const recorded = placesOf(exercise).filter(({ quantity }) => !absent.includes(quantity));
  const rows = groupsOf(recorded, layers);
  const cells = (places: readonly Place[]): Html[] =>
    steps.map(({ from, to }) => {
      const all = batches
        .slice(from, to + 1)
        .flatMap(({ step }) => places.map((place) => markAt(step, place)));
      return html`<td>${markSign(worstOf(all))}</td>`;
    });
  return html`<div class="place"><table class="timeline" aria-label="Every quantity of every step"><thead><tr><th scope="col">epoch</th>${epochCells(
    steps,
    batches.map(({ epoch }) => epoch),
  )}</tr>
<tr><th scope="col">step</th>${steps.map((span) => html`<th scope="col">${rangeText(span)}</th>`)}</tr></thead>
<tbody>${rows.map(({ name, places }) => html`<tr><th scope="row">${name}</th>${cells(places)}</tr>\n`)}</tbody></table></div>`;
}

const rangeText = (span: Span): string => (isSingle(span) ? `${span.from}` : `${span.from}–${span.to}`);

/** A header for each epoch, over its steps. */
function epochCells(steps: readonly Span[], epochs: readonly number[]): Html[] {
  const texts = steps.map(({ from, to }) => rangeText({ from: epochs[from], to: epochs[to] }));
  const starts = texts.flatMap((text, i) => (i === 0 || texts[i - 1] !== text ? [i] : []));
  return starts.map((start, i) => {
    const count = (starts[i + 1] ?? texts.length) - start;
    return html`<th scope="colgroup" colspan="${count}">${texts[start]}</th>`;
  });
}

/** The quantities in order; those of layers that are left out are one row for each pass. */
function groupsOf(
  places: readonly Place[],
  layers: readonly Span[],
): { readonly name: string; readonly places: readonly Place[] }[] {
  const groups = new Map<string, Place[]>();
  let last = '';
  let run = 0;
  for (const place of places) {
    const span = layers.find(
      ({ from, to }) => place.layer !== null && from <= place.layer && place.layer <= to,
    );
    const name =
      place.layer === null
        ? place.quantity
        : isSingle(span!)
          ? `${place.quantity} ${place.layer}`
          : `layers ${rangeText(span!)}`;
    if (name !== last) run++;
    last = name;
    const key = `${run} ${name}`;
    groups.set(key, [...(groups.get(key) ?? []), place]);
  }
  return [...groups].map(([key, own]) => ({ name: key.slice(key.indexOf(' ') + 1), places: own }));
}
