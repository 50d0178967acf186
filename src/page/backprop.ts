import type { CheckResult, Finding } from '../diagnosis/check-result.ts';
import { workedExample } from '../diagnosis/worked-example.ts';
import { counted } from '../errors.ts';
import { programVersion } from '../output/version.ts';
import { digitsOf } from '../trace/difference.ts';
import type { Exercise } from '../trace/exercise.ts';
import { placesOf } from '../trace/quantities.ts';
import { exerciseText, quantityText, stepText } from '../trace/words.ts';
import { conventionsBlock, diagnosisBlock } from './backprop-diagnosis.ts';
import { networkDiagram } from './backprop-diagram.ts';
import { doubtedEarlier, doubtedParts, type Shown } from './backprop-doubts.ts';
import { equationBlock, unseenInputs } from './backprop-equation.ts';
import { type Mark, type MarkAt, markLegend, marksOf, worstOf } from './backprop-marks.ts';
import { mathML } from './backprop-mathml.ts';
import { cellText, numbersBlock } from './backprop-numbers.ts';
import { indicesInFile } from './backprop-places.ts';
import { backpropStyles } from './backprop-styles.ts';
import { timeline } from './backprop-timeline.ts';
import { pageDocument } from './document.ts';
import { type Html, html } from './html.ts';

/** Where the recording is, and how to repeat the check. */
export interface Submission {
  readonly file: string;
  readonly command: string;
}

/** The page has no script. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** The page of one recording: what differs first, where in the network, the equation, the numbers, and why. One file, no script. */
export function backpropPage(result: CheckResult, { file, command }: Submission): string {
  const { exercise, recording, first, separate, absent } = result;
  const markAt = marksOf(result);
  const title =
    first === null ? 'Your backpropagation is right' : 'Your backpropagation: what is wrong first';
  const body = html`<header>
<p class="kicker">fys-nn: is my backpropagation right?</p>
<h1>${first === null ? 'Right' : 'Not right yet'}</h1>
<p class="lead verdict ${first === null ? 'good' : 'bad'}">${verdict(result)}</p>
${first === null ? null : cause(first, result, markAt)}
<dl class="facts">${[
    ['program', recording.program],
    ['file', file],
    ['exercise', exercise.name],
    ['training', exerciseText(exercise)],
  ].map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>
<main>
${section('where', first === null ? 'What was compared' : 'Where', whereBlock(result, markAt))}
${
  first === null
    ? null
    : html`${section('diagnosis', 'Why', diagnosisBlock(first, absent))}
${section('equation', 'The equation', equationsOf(first, exercise, markAt))}
${section('numbers', 'The numbers', numbersOf(first, result))}`
}
${
  separate.length === 0
    ? null
    : section(
        'separate',
        'Something else is wrong as well',
        html`${separate.map((finding) => separateBlock(finding, result, markAt))}`,
      )
}
${result.conventions.length === 0 ? null : section('conventions', 'Noticed', conventionsBlock(result)!)}
${section(
  'recorded',
  'Everything that was recorded',
  html`<p>A row for each quantity and layer, in the order in which a step computes them; a column for each step.</p>
${markLegend(usedMarks(result))}
${timeline(result, markAt)}
${absent.length === 0 ? null : html`<p>Not recorded in any step: ${absent.join(', ')}. The more a program records, the more exactly a mistake can be placed.</p>`}`,
)}
</main>
${footer(result, command)}`;
  return pageDocument(`fys-nn: ${title}`, policy, body, backpropStyles);
}

function section(id: string, title: string | Html, content: Html): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${content}
</section>`;
}

/** The result in a sentence. */
export function verdict({ exercise, quantities, first }: CheckResult): string {
  if (first !== null) {
    const { place, batch } = first.quantity;
    return `The first difference is in the ${quantityText(place, exercise)}, in ${stepText(batch)}.`;
  }
  const numbers = quantities.reduce((sum, { theirs }) => sum + theirs.values.length, 0);
  const difference = quantities.reduce((most, one) => Math.max(most, one.difference), 0);
  return `All ${numbers.toLocaleString('en')} recorded numbers are the same as those of a right program, to at least ${counted(digitsOf(difference), 'digit')}.`;
}

/** "a, b and c". */
const inWords = (names: readonly string[]): string =>
  names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;

/** The likely cause in a sentence. */
function cause({ quantity, explanations }: Finding, { exercise }: CheckResult, markAt: MarkAt): Html {
  const unseen = unseenInputs(quantity, exercise, markAt);
  const hint =
    unseen.length === 0
      ? null
      : html`<p>Your program did not record ${inWords(unseen)}, from which it is computed: the mistake may already be there.</p>`;
  if (explanations.length === 0) return html`<p>No known mistake reproduces its numbers.</p>${hint}`;
  const [{ title, digits }] = explanations;
  const others = explanations.length - 1;
  const other = html`, or <a href="#diagnosis">${counted(others, 'other mistake')}</a>`;
  return html`<p>Cause: <strong>${title}</strong>${others === 0 ? null : other}. A program with this mistake gives your numbers, to ${counted(digits, 'digit')}.</p>${hint}`;
}

function whereBlock(result: CheckResult, markAt: MarkAt): Html {
  const { exercise, first, quantities } = result;
  const places = placesOf(exercise);
  const batch = first?.quantity.batch;
  const steps = [...new Set(quantities.map(({ batch: { step } }) => step))];
  const markOf = (place: (typeof places)[number]): Mark =>
    batch === undefined ? worstOf(steps.map((step) => markAt(step, place))) : markAt(batch.step, place);
  const shown = places.map(markOf);
  return html`<div class="where-block">${networkDiagram(exercise, places, markOf, first?.quantity.place.layer ?? null)}
<div><p>${batch === undefined ? 'The network, all steps together.' : html`The network in ${stepText(batch)}.`} A step is computed forwards (down), then backwards (up), then the weights are
updated. Each quantity that it computes is marked:</p>
${markLegend(shown)}
<p>Layers are counted from 0, as in the file: layer 0 is the first one with weights, ${
    exercise.layers.length === 1 ? 'here the only one' : `layer ${exercise.layers.length - 1} the output`
  }.</p></div></div>`;
}

function usedMarks({ quantities, absent }: CheckResult): Mark[] {
  return [
    ...new Set<Mark>([
      ...quantities.map(({ status }) => status),
      ...(absent.length > 0 ? ['absent' as const] : []),
    ]),
  ];
}

/** The equation of a finding, and that of an earlier quantity if the diagnosis is about one. */
function equationsOf({ quantity, explanations }: Finding, exercise: Exercise, markAt: MarkAt): Html {
  const blockOf = (shown: Shown, marks: MarkAt | null) =>
    equationBlock(shown, exercise, doubtedParts(shown, explanations, exercise), marks);
  const earlier = doubtedEarlier(quantity, explanations, exercise).slice(0, mostEarlier);
  const name = quantityText(quantity.place, exercise);
  if (earlier.length === 0) return html`<p>For ${name}:</p>${blockOf(quantity, markAt)}`;
  const which = explanations.length === 1 ? 'the diagnosis is about' : 'one of the diagnoses is about';
  return html`${earlier.map(
    (one) => html`<h3>The ${quantityText(one.place, exercise)}, which ${which}</h3>
${blockOf(one, null)}
`,
  )}<h3>The ${name}, where it shows first</h3>
${blockOf(quantity, markAt)}`;
}

/** The most earlier quantities whose equations are shown. */
const mostEarlier = 2;

/** The numbers of a finding: one element in words and worked out, then the array. */
function numbersOf(finding: Finding, result: CheckResult): Html {
  const { quantity, element, ours } = finding;
  const example =
    ours === null ? null : workedExample(result, quantity, element, (value) => cellText(value, 5));
  return html`<p>${numbersSentence(finding, result)}</p>
${
  example === null
    ? null
    : html`<p>The equation of this element, with what your program recorded${unseenHere(result, quantity) ? ' (ours where it recorded nothing)' : ''}:</p>
<div class="equation worked">${mathML(example, [], true)}</div>`
}
${numbersBlock(finding, result.exercise)}`;
}

/** Whether something that a quantity is computed from was not recorded. */
const unseenHere = (result: CheckResult, quantity: Finding['quantity']): boolean =>
  unseenInputs(quantity, result.exercise, marksOf(result)).length > 0;

/** Which element differs first, by what. */
function numbersSentence(finding: Finding, result: CheckResult): string {
  const { quantity, element, ours, theirs, ratio } = finding;
  if (ours === null || theirs === null) return '';
  const { place } = quantity;
  const at = indicesInFile(element, result.exercise.layout, place);
  const which =
    at.length === 0 ? '' : `The first element that differs is ${place.quantity}[${at.join(', ')}]. `;
  const times = ratio === null ? '' : ` The ratio is ${cellText(ratio, 10)}.`;
  return `${which}Your program has ${cellText(theirs, 12)}; a right one has ${cellText(ours, 12)}.${times}${changeSentence(finding, result)}`;
}

/** How much a weight changed in the step, which tells more than the weight. */
function changeSentence(
  { quantity, element, ours, theirs }: Finding,
  { exercise, recording }: CheckResult,
): string {
  const { place, batch, index } = quantity;
  if (place.parameter === null || place.quantity !== place.parameter) return '';
  const before =
    batch.step === 0
      ? exercise.layers[place.layer!][place.parameter]
      : (recording.steps[batch.step - 1]?.[index] ?? null);
  if (before === null) return '';
  const [row, column] = element.length === 2 ? element : [0, element[0]];
  const from = before.values[row * (before.shape[1] ?? 0) + column];
  const [yours, right] = [theirs! - from, ours! - from];
  const times = right === 0 ? '' : `, so the ratio of the changes is ${cellText(yours / right, 6)}`;
  return ` The step changed it by ${cellText(yours, 6)}; right is ${cellText(right, 6)}${times}.`;
}

function separateBlock(finding: Finding, result: CheckResult, markAt: MarkAt): Html {
  const { place, batch } = finding.quantity;
  return html`<h3>${quantityText(place, result.exercise)}, ${stepText(batch)}</h3>
<p>It differs also from what follows from your program's own numbers before it, so this is a mistake of its own.</p>
${diagnosisBlock(finding, result.absent)}
${equationsOf(finding, result.exercise, markAt)}
${numbersOf(finding, result)}`;
}

function footer({ exercise, tolerance }: CheckResult, command: string): Html {
  return html`<footer>
<h2>Where these numbers come from</h2>
<p>fys-nn ${programVersion()} computed every quantity of the exercise <code class="hash">${exercise.id}</code> from its data, initial weights and batches, and
compared. Two arrays are the same if they differ by at most ${tolerance} of the largest number. No code of the program was run. To repeat the
check:</p>
<p class="command"><code>${command}</code></p>
</footer>`;
}
