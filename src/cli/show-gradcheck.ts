import { Chalk } from 'chalk';
import type { CheckedGradient, GradcheckResult } from '../diagnosis/gradcheck.ts';
import { isWrong } from '../diagnosis/gradcheck-json.ts';
import { counted, printable } from '../errors.ts';
import { isTurnedIn } from '../trace/read-recording.ts';
import { exerciseText, quantityText, stepText } from '../trace/words.ts';
import { fold } from './fold.ts';
import type { Screen } from './screen.ts';
import { renderTable } from './text-table.ts';

/** A result of `trace gradcheck` for a terminal: the verdict, a row for each gradient, and what limits it. */
export function gradcheckText(file: string, result: GradcheckResult, { color, width }: Screen): string {
  const { exercise, recording, gradients } = result;
  const chalk = new Chalk({ level: color ? 2 : 0 });
  const paragraph = (text: string): string => fold(text, Math.min(width, 100)).join('\n');
  const groups = groupsOf(gradients);
  const wrong = gradients.filter(isWrong);
  const header = ['gradient', 'steps', 'error', 'element', 'yours', 'numeric', ''];
  const rows = groups.map((group) => rowOf(group, result));
  const parts = [
    chalk.bold(paragraph(`${printable(file)}: ${verdictOf(result)}`)),
    paragraph(`${recording.program === '' ? '' : `${recording.program}; `}${exerciseText(exercise)}`),
    renderTable(header, rows, {
      ...{ color, width, align: ['left', 'right', 'right', 'left', 'right', 'right'] },
      paint: (text, _row, column) => (column === 6 && text.startsWith('WRONG') ? chalk.red.bold(text) : text),
    }),
    ...notesOf(result).map(paragraph),
    ...(wrong.length === 0 ? [] : [paragraph('To find the cause, run fys-nn trace check on the same file.')]),
  ];
  return parts.join('\n\n');
}

/** The result in a sentence. */
function verdictOf({ gradients, exercise }: GradcheckResult): string {
  const [first] = gradients.filter(isWrong);
  if (first !== undefined)
    return `the first gradient that is wrong is ${quantityText(first.place, exercise)}, ${stepText(first.batch)}`;
  const checked = gradients.filter(({ status }) => status !== 'unknown');
  return `${counted(checked.length, 'gradient')} of ${counted(new Set(checked.map(({ batch }) => batch.step)).size, 'step')} are right, at your own weights`;
}

/** The gradients of a parameter in all steps. */
function groupsOf(gradients: readonly CheckedGradient[]): CheckedGradient[][] {
  const groups = new Map<string, CheckedGradient[]>();
  for (const gradient of gradients) {
    const key = `${gradient.place.layer} ${gradient.place.quantity}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [gradient]);
    else group.push(gradient);
  }
  // Layers upwards, as in the table of trace check.
  return [...groups.values()].toSorted(([a], [b]) => a.place.layer! - b.place.layer!);
}

function rowOf(group: readonly CheckedGradient[], { exercise }: GradcheckResult): string[] {
  const [{ place }] = group;
  const checked = group.filter(({ status }) => status !== 'unknown');
  const name = `${place.parameter}, layer ${place.layer}`;
  if (checked.length === 0) return [name, '0', '', '', '', '', 'weights unknown'];
  const worst = checked.reduce((a, b) => ((b.difference ?? 0) > (a.difference ?? 0) ? b : a));
  const isShape = checked.some(({ status }) => status === 'shape');
  const { worst: at } = worst;
  const index = at === null ? [] : isTurnedIn(exercise.layout, place) ? at.element.toReversed() : at.element;
  return [
    name,
    String(checked.length),
    worst.difference === null ? '' : worst.difference.toExponential(1),
    at === null ? '' : `[${index.join(', ')}]${checked.length > 1 ? ` @${worst.batch.step}` : ''}`,
    at === null ? '' : shortNumber(at.theirs),
    at === null ? '' : shortNumber(at.numeric),
    isShape ? 'WRONG shape' : statusText(checked),
  ];
}

function statusText(checked: readonly CheckedGradient[]): string {
  const wrong = checked.filter(({ status }) => status === 'wrong').length;
  if (wrong > 0) return wrong === checked.length ? 'WRONG' : `WRONG in ${wrong}`;
  if (checked.some(({ status }) => status === 'convention')) return 'right, see note';
  return checked.some(({ isOurs }) => !isOurs) ? 'right, not ours' : 'right';
}

const shortNumber = (value: number): string => String(Number(value.toPrecision(5)));

/** What the table does not say. */
function notesOf({ gradients, tolerance }: GradcheckResult): string[] {
  const titlesOf = (status: CheckedGradient['status']): string[] => {
    const own = gradients.filter((one) => one.status === status);
    return [...new Set(own.flatMap(({ convention }) => (convention === null ? [] : [convention.title])))];
  };
  const differs = gradients.some(({ status, isOurs }) => status === 'right' && !isOurs);
  const unknown = new Set(
    gradients.filter(({ status }) => status === 'unknown').map(({ batch }) => batch.step),
  );
  const sampled = gradients.filter(({ checked, of }) => checked > 0 && checked < of);
  const corners = gradients.reduce((sum, gradient) => sum + gradient.corners, 0);
  const largest = Math.max(0, ...gradients.map(({ error }) => error ?? 0));
  return [
    `Steps: how many were checked. Error: max |yours - numeric| / max |numeric|, up to ${tolerance.toExponential()} is right. Numeric: central differences of the loss with its penalties, on the rows of the step and at your own weights before it; their own error is at most ${largest.toExponential(0)}.`,
    ...titlesOf('convention').map((title) => `Noted, and not a mistake: ${title}.`),
    ...titlesOf('wrong').map(
      (title) => `Some would be right if this were so, but no recorded weights show it: ${title}.`,
    ),
    ...(differs
      ? [
          'Right, not ours: the gradient is right for your weights, and your weights are not those of the right run. Look for the mistake where the weights are made: the update, or an earlier step.',
        ]
      : []),
    ...(unknown.size === 0
      ? []
      : [
          `Not checked: ${counted(unknown.size, 'step')} (${rangesText([...unknown])}), because the weights before are not known. Record kernel and bias of every layer after each step.`,
        ]),
    ...(sampled.length === 0
      ? []
      : [
          `Of large gradients, some elements were checked, evenly spread: ${Math.min(...sampled.map(({ checked }) => checked))} of up to ${Math.max(...sampled.map(({ of }) => of))}.`,
        ]),
    ...(corners === 0
      ? []
      : [
          `${counted(corners, 'element')} at a corner of the loss (relu or |w| at 0): any number between the derivatives on the two sides is right there.`,
        ]),
  ];
}

/** "1-5, 8". */
function rangesText(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}
