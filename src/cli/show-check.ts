import { Chalk, type ChalkInstance } from 'chalk';
import type {
  CheckedQuantity,
  CheckResult,
  Explanation,
  Finding,
  Status,
} from '../diagnosis/check-result.ts';
import { equationText } from '../diagnosis/equations.ts';
import { shownOf } from '../diagnosis/plausibility.ts';
import { searchText } from '../diagnosis/search-text.ts';
import { counted, printable } from '../errors.ts';
import { shapeInFile, shapeText } from '../trace/arrays.ts';
import { digitsOf } from '../trace/difference.ts';
import type { Exercise } from '../trace/exercise.ts';
import { missingSteps, missingStepsText } from '../trace/missing-steps.ts';
import type { NumberArray } from '../trace/number-array.ts';
import { type Need, needsOf, placesOf } from '../trace/quantities.ts';
import { isTurnedIn } from '../trace/read-recording.ts';
import { exerciseText, layerText, quantityText, stepText } from '../trace/words.ts';
import { fold } from './fold.ts';
import type { Screen } from './screen.ts';
import { renderTable } from './text-table.ts';

/** How a quantity is marked in the table of what was recorded. */
const marks: Readonly<Record<Status, string>> = {
  first: 'FIRST',
  separate: 'WRONG TOO',
  consequence: 'follows',
  same: 'same',
};
const worstFirst = Object.keys(marks) as Status[];

/** A result of `trace check` for a terminal: the verdict, the first difference, its cause, and what follows from it. */
export function checkText(file: string, result: CheckResult, { color, width }: Screen): string {
  const { exercise, recording, first, separate, conventions, absent } = result;
  const missing = missingStepsText(recording);
  const chalk = new Chalk({ level: color ? 2 : 0 });
  const paragraph = (text: string, indent = 0): string =>
    fold(' '.repeat(indent) + text, Math.min(width, 100), indent).join('\n');
  const findings = [first, ...separate].filter((finding) => finding !== null);
  const parts = [
    chalk.bold(paragraph(`${printable(file)}: ${verdictText(result)}`)),
    paragraph(
      `${recording.program === '' ? '' : `${recording.program}; `}exercise "${exercise.name}": ${exerciseText(exercise)}`,
    ),
    ...findings.map((finding, index) =>
      [
        ...(index === 0 ? [] : [chalk.bold(paragraph(headline(finding, exercise))), '']),
        ...equationText(finding.quantity.place, finding.quantity.batch, exercise).map((line) =>
          paragraph(line, 2),
        ),
        '',
        ...numbersOf(finding, result).map((line) => `  ${line}`),
        '',
        ...causeOf(finding, result, paragraph),
      ].join('\n'),
    ),
    ...(first === null ? [] : [overview(result, chalk, { color, width })]),
    ...conventions.map(({ title }) => paragraph(`Noted, and not a mistake: ${title}.`)),
    ...(absent.length === 0 ? [] : [paragraph(`Not recorded: ${absent.join(', ')}.`)]),
    ...(missing === '' ? [] : [paragraph(`Of the exercise, ${missing}.`)]),
  ];
  return parts.join('\n\n');
}

/** The result in a sentence. */
export function verdictText({ first, quantities, exercise, recording }: CheckResult): string {
  if (first === null) {
    const numbers = quantities.reduce((sum, { theirs }) => sum + theirs.values.length, 0);
    const steps = new Set(quantities.map(({ batch }) => batch.step)).size;
    const isWhole = missingSteps(recording).length === 0;
    const digits = Math.min(...quantities.map(({ difference }) => digitsOf(difference)));
    return `right: ${counted(numbers, 'number')} of ${counted(steps, 'step')} agree to ${digits} digits${isWhole ? '' : `; ${steps} of ${recording.steps.length} steps recorded`}`;
  }
  const { batch, place } = first.quantity;
  return `the first difference is ${quantityText(place, exercise)}, ${stepText(batch)}`;
}

const headline = ({ quantity: { batch, place } }: Finding, exercise: Exercise): string =>
  `Wrong too, even by your own numbers before it: ${quantityText(place, exercise)}, ${stepText(batch)}`;

/** The first element that differs, or the shapes. */
function numbersOf(
  { quantity, element, ours, theirs, ratio }: Finding,
  { exercise: { layout } }: CheckResult,
): string[] {
  const isTurned = isTurnedIn(layout, quantity.place);
  if (ours === null || theirs === null) {
    const shape = ({ shape }: NumberArray) => shapeText(shapeInFile(shape, isTurned));
    return [`yours has the shape ${shape(quantity.theirs)}, ours ${shape(quantity.expected)}`];
  }
  const index = isTurned ? element.toReversed() : element;
  const name = index.length === 0 ? '' : `[${index.join(', ')}]`;
  return [
    `yours${name}`.padEnd(14) + numberText(theirs),
    `ours${name}`.padEnd(14) + numberText(ours),
    ...(ratio === null ? [] : [`${'yours / ours'.padEnd(14)}${numberText(ratio)}`]),
  ];
}

const numberText = (value: number): string =>
  Number.isFinite(value) ? (value < 0 ? '' : ' ') + String(Number(value.toPrecision(15))) : ' not finite';

function causeOf(
  finding: Finding,
  result: CheckResult,
  paragraph: (text: string, indent?: number) => string,
): string[] {
  const { explanations } = finding;
  const { shown, more } = shownOf(explanations);
  const search = searchText(finding, result.absent);
  const searched = search === null ? [] : [paragraph(search, 2)];
  if (explanations.length === 0)
    return [
      paragraph('Cause: none of the known mistakes gives these numbers.', 2),
      paragraph(whereToLook(finding, result), 2),
      ...searched,
    ];
  const [{ digits, reproduced, of }] = explanations;
  const together = explanations.length > 1 ? 'These give the same numbers here' : 'This gives your numbers';
  const rest =
    reproduced === of
      ? of === 1
        ? ''
        : `, and all ${of} quantities recorded from here on`
      : `, and ${reproduced} of ${of} quantities recorded from here on`;
  return [
    ...shown.flatMap(({ title, explain, fix }: Explanation, index) => [
      paragraph(`${index === 0 ? 'Cause:' : 'or:   '} ${title}.`, 2),
      paragraph(explain, 9),
      paragraph(`Fix: ${fix}`, 9),
    ]),
    ...(more === 0 ? [] : [paragraph(`and ${more} more, less plausible.`, 2)]),
    '',
    paragraph(`${together}, to ${counted(digits, 'digit')}${rest}.`, 2),
    ...searched,
  ];
}

/** Where a mistake without a name must be: in one line, if everything that the quantity is computed from was recorded. */
function whereToLook(
  { quantity: { index, batch } }: Finding,
  { recording, exercise, first }: CheckResult,
): string {
  const places = placesOf(exercise);
  const needs = needsOf(exercise)[index];
  const unseen = needs.filter(({ index: need, before }) => {
    const step = before ? batch.step - 1 : batch.step;
    // The weights before the first step, and its empty state, are given.
    return step >= 0 && recording.steps[step]?.[need] == null;
  });
  const names = (some: readonly Need[]) =>
    [...new Set(some.map(({ index: need }) => quantityText(places[need], exercise)))].join(', ');
  const start =
    batch.step === 0 && places[index].quantity === 'z'
      ? ' Your program has to start with the weights of the exercise.'
      : '';
  if (unseen.length > 0)
    return `It is computed from ${names(unseen)}, which you did not record: record that too. Two mistakes at once may be the reason: where more is recorded, they show in different places.${start}`;
  const isFirst = first?.quantity.index === index && first.quantity.batch.step === batch.step;
  const inputs = names(needs.filter(({ before }) => !before || batch.step > 0));
  return `What it is computed from ${inputs === '' ? 'is given' : `(${inputs}) ${isFirst ? 'is right' : 'is as you recorded it'}`}: look at the line that computes it.${start}`;
}

/** For each quantity and layer the worst that was found, and the step where it starts. */
function overview(
  { quantities, exercise }: CheckResult,
  chalk: ChalkInstance,
  { color, width }: Screen,
): string {
  const layers = exercise.layers.map((_, layer) => layer);
  const names = [...new Set(quantities.map(({ place }) => place.quantity))];
  const cell = (all: readonly CheckedQuantity[]): string => {
    if (all.length === 0) return '';
    const status = worstFirst.find((one) => all.some((quantity) => quantity.status === one))!;
    const { batch } = all.find((quantity) => quantity.status === status)!;
    return status === 'same' || batch.step === 0 ? marks[status] : `${marks[status]} @${batch.step}`;
  };
  const paint = (text: string): string => {
    if (text.startsWith(marks.first) || text.startsWith(marks.separate)) return chalk.red.bold(text);
    return text.startsWith(marks.consequence) ? chalk.yellow(text) : text;
  };
  const rows = names.map((name) => {
    const own = quantities.filter(({ place }) => place.quantity === name);
    const whole = own.filter(({ place }) => place.layer === null);
    if (whole.length > 0) return [name, cell(whole), ...layers.slice(1).map(() => '')];
    return [name, ...layers.map((layer) => cell(own.filter(({ place }) => place.layer === layer)))];
  });
  const header = ['recorded', ...layers.map((layer) => layerText(layer, exercise))];
  return renderTable(header, rows, { color, width, paint });
}
