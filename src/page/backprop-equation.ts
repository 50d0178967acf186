import type { CheckedQuantity } from '../diagnosis/check-result.ts';
import { equationOf } from '../diagnosis/equations.ts';
import { type EquationPart, equals, row, symbolsIn } from '../diagnosis/formula.ts';
import { shapeInFile, shapeText } from '../trace/arrays.ts';
import type { Exercise } from '../trace/exercise.ts';
import { needsOf, type Place, placesOf, shapeOf } from '../trace/quantities.ts';
import { isTurnedIn } from '../trace/read-recording.ts';
import { quantityText } from '../trace/words.ts';
import type { Shown } from './backprop-doubts.ts';
import { type MarkAt, markSign, marks } from './backprop-marks.ts';
import { mathML } from './backprop-mathml.ts';
import { dataTable } from './data-table.ts';
import { type Html, html } from './html.ts';

/** The equation of a quantity, with the parts that the diagnosis doubts framed; with marks, also the quantities that enter it. */
export function equationBlock(
  quantity: Shown,
  exercise: Exercise,
  doubted: readonly EquationPart[],
  markAt: MarkAt | null,
): Html {
  const { formula, where, notes } = equationOf(quantity.place, quantity.batch, exercise);
  const equation = mathML(formula, doubted, true);
  const meanings = where.map(
    ({ symbol, is, note }) =>
      html`<li>${mathML(row(symbol, equals, is), doubted)}${note === undefined ? null : html` (${note})`}</li>`,
  );
  const isFramed = [equation, ...meanings].some(({ markup }) => markup.includes('class="doubted"'));
  const named = symbolsIn(row(formula, ...where.map(({ is }) => is))).filter(
    ({ text, layer }) => layer !== null || text === 'x' || text === 'y',
  );
  return html`<div class="equation">${equation}</div>
${isFramed ? html`<p class="note">The diagnosis doubts the part in the frame.</p>` : null}
<ul class="meanings">${meanings}${named.map((one) => html`<li>${mathML(one)}: ${nameOf(one.text, one.layer, exercise)}</li>`)}</ul>
${notes.map((note) => html`<p>${note}</p>`)}
${markAt === null ? null : inputsTable(quantity, exercise, named, markAt)}`;
}

const nameOf = (text: string, layer: number | null, exercise: Exercise): string =>
  layer === null ? `${text} of the batch` : quantityText({ quantity: text as 'z', layer }, exercise);

/** What a quantity is computed from. */
function inputsOf(
  { index, place: own }: Shown,
  exercise: Exercise,
): { readonly place: Place; readonly before: boolean }[] {
  const places = placesOf(exercise);
  // A state is computed from its old value and from the new ones of other states, the weights from new states.
  const isOld = ({ slot }: Place): boolean => slot !== null && slot === own.slot;
  const needs = needsOf(exercise)[index].map(({ index, before }) => {
    const place = places[index];
    return { place, before: place.slot === null ? before : isOld(place) };
  });
  return needs.filter(({ place }, i) => needs.findIndex((other) => other.place === place) === i);
}

/** What a quantity is computed from in the same step and the program did not record. */
export function unseenInputs(quantity: CheckedQuantity, exercise: Exercise, markAt: MarkAt): string[] {
  return inputsOf(quantity, exercise)
    .filter(({ place, before }) => !before && markAt(quantity.batch.step, place) === 'absent')
    .map(({ place }) => quantityText(place, exercise));
}

/** The quantities that enter an equation, and how they compare. */
function inputsTable(
  quantity: Shown,
  exercise: Exercise,
  named: readonly { readonly text: string; readonly layer: number | null }[],
  markAt: MarkAt,
): Html | null {
  const { batch } = quantity;
  // The weights of a gradient only matter with a penalty.
  const isNamed = ({ quantity, layer, parameter }: Place): boolean =>
    parameter === null || named.some((one) => one.text === quantity && one.layer === layer);
  const needs = inputsOf(quantity, exercise).filter(({ place }) => isNamed(place));
  const rows = needs.map(({ place, before }) => {
    const isInitial = before && batch.step === 0;
    const mark = markAt(before ? batch.step - 1 : batch.step, place);
    const name = `${quantityText(place, exercise)}${before ? ', before the step' : ''}`;
    const verdict = isInitial
      ? place.slot === null
        ? 'given by the exercise'
        : 'starts at 0'
      : mark === 'absent'
        ? html`${markSign('absent')} not recorded: ours is used`
        : html`${markSign(mark)} ${marks[mark].words}`;
    return { cells: [name, shapeText(fileShape(exercise, place, batch.rows.length)), verdict] };
  });
  if (rows.length === 0) return null;
  return html`<p><b>What enters this equation</b></p>
${dataTable(
  'What enters this equation',
  [
    { title: 'quantity', kind: 'text', heads: 'row' },
    { title: 'shape', kind: 'word' },
    { title: 'in your program', kind: 'text' },
  ],
  rows,
)}`;
}

/** The shape that a quantity has in the file. */
const fileShape = (exercise: Exercise, place: Place, rows: number): readonly number[] =>
  shapeInFile(shapeOf(exercise, place, rows), isTurnedIn(exercise.layout, place));
