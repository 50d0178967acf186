import type { Finding } from '../diagnosis/check-result.ts';
import { significantText } from '../stats/significant.ts';
import { shapeText } from '../trace/arrays.ts';
import { digitsOf } from '../trace/difference.ts';
import type { Exercise } from '../trace/exercise.ts';
import { hasShape, type NumberArray } from '../trace/number-array.ts';
import { quantityText } from '../trace/words.ts';
import { asInFile, indicesInFile } from './backprop-places.ts';
import { isSingle, type Span, spansOf } from './backprop-spans.ts';
import { type Html, html } from './html.ts';

/** The most rows of an array that are shown, and the most letters of a line of numbers. */
const mostRows = 7;
const lineLetters = 36;

/** The numbers of an array that differs, next to what they should be. */
export function numbersBlock({ quantity, element }: Finding, exercise: Exercise): Html {
  const { layout } = exercise;
  const { place, expected, theirs, difference } = quantity;
  const right = asInFile(expected, layout, place);
  const yours = asInFile(theirs, layout, place);
  if (!hasShape(theirs, expected.shape)) return shapesBlock(quantityText(place, exercise), right, yours);
  const digits = Math.min(16, Math.max(5, digitsOf(difference) + 3));
  const ratioDigits = Math.min(16, digitsOf(difference) + 4);
  const at = indicesInFile(element, layout, place);
  return columnsOf(right.shape) === 1
    ? listTable(yours, right, digits, at)
    : html`<div class="matrices">${matrixTable('your program', yours, digits, at, right)}${matrixTable(
        'right',
        right,
        digits,
        at,
        yours,
      )}${matrixTable('your program / right', ratios(yours, right), ratioDigits, at, null)}</div>`;
}

const columnsOf = (shape: readonly number[]): number => (shape.length === 2 ? shape[1] : 1);
const rowsOf = (shape: readonly number[]): number => (shape.length === 0 ? 1 : shape[0]);
const ratios = (a: NumberArray, b: NumberArray): NumberArray => ({
  shape: a.shape,
  values: a.values.map((value, i) => value / b.values[i]),
});

/** A row for each element: its index, both numbers and their ratio. */
function listTable(yours: NumberArray, right: NumberArray, digits: number, element: readonly number[]): Html {
  const spans = spansOf(rowsOf(right.shape), element[0] ?? null, 10);
  const suffix = right.shape.length === 2 ? ', 0' : '';
  const line = ({ from: i }: Span): Html => {
    const [a, b] = [yours.values[i], right.values[i]];
    const isFirst = i === (element[0] ?? 0);
    return html`<tr${isFirst ? html` class="first"` : null}>${
      right.shape.length === 0 ? null : html`<th scope="row">[${i}${suffix}]</th>`
    }${[a, b].map((value) => html`<td class="number">${cellText(value, digits)}</td>`)}<td class="number">${cellText(a / b, digits)}${
      isFirst ? html`<span class="unseen"> (first difference)</span>` : null
    }</td></tr>\n`;
  };
  const gap = ({ from, to }: Span): Html =>
    html`<tr class="gap"><td colspan="${right.shape.length === 0 ? 3 : 4}">⋮ ${to - from + 1} more</td></tr>\n`;
  return html`<div class="place"><table class="numbers"><thead><tr>${
    right.shape.length === 0 ? null : html`<th scope="col">element</th>`
  }<th scope="col" class="number">your program</th><th scope="col" class="number">right</th><th scope="col" class="number">ratio</th></tr></thead>
<tbody>${spans.map((span) => (isSingle(span) ? line(span) : gap(span)))}</tbody></table></div>`;
}

/** A window of a matrix around an element. Numbers that differ from those of `other` are bold. */
function matrixTable(
  title: string,
  { shape, values }: NumberArray,
  digits: number,
  element: readonly number[],
  other: NumberArray | null,
): Html {
  const [rows, columns] = [rowsOf(shape), columnsOf(shape)];
  const most = Math.max(2, Math.floor(lineLetters / (digits + 5)));
  const rowSpans = spansOf(rows, element[0] ?? null, mostRows);
  // What is left out takes less room than a number.
  const columnSpans = spansOf(
    columns,
    element[1] ?? null,
    columns <= most ? most : Math.max(3, Math.min(most + 1, columns - 1)),
  );
  const cell = (i: number, j: number): Html => {
    const value = values[i * columns + j];
    const isFirst = i === element[0] && j === element[1];
    const differs = other !== null && !isClose(value, other.values[i * columns + j]);
    const text = cellText(value, digits);
    return html`<td class="number${isFirst ? ' first' : ''}">${differs ? html`<b>${text}</b>` : text}</td>`;
  };
  const head = columnSpans.map((span) =>
    isSingle(span) ? html`<th scope="col" class="number">${span.from}</th>` : html`<th class="gap">…</th>`,
  );
  const body = rowSpans.map((span) =>
    isSingle(span)
      ? html`<tr><th scope="row">${span.from}</th>${columnSpans.map((column) =>
          isSingle(column) ? cell(span.from, column.from) : html`<td class="gap">…</td>`,
        )}</tr>\n`
      : html`<tr class="gap"><td colspan="${columnSpans.length + 1}">⋮</td></tr>\n`,
  );
  return html`<div class="place"><table class="numbers"><caption>${title} <span class="where">${shapeText(shape)}</span></caption><thead><tr><td></td>${head}</tr></thead>
<tbody>${body}</tbody></table></div>`;
}

/** Two arrays of different shapes. */
function shapesBlock(name: string, right: NumberArray, yours: NumberArray): Html {
  return html`<p>The ${name} that your program recorded has the shape ${shapeText(yours.shape)}; it should be ${shapeText(right.shape)}.</p>
<div class="matrices">${matrixTable('your program', yours, 6, [], null)}${matrixTable('right', right, 6, [], null)}</div>`;
}

const isClose = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-10 * Math.max(1e-5, Math.abs(b));

/** A number with a true minus sign; small and large ones with a power of ten, so that all are about as long. */
export function cellText(value: number, digits: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  const text =
    size !== 0 && (size < 1e-3 || size >= 1e6)
      ? value.toExponential(digits - 1)
      : significantText(value, digits);
  return text.replaceAll('-', '−').replace('e+', 'e');
}
