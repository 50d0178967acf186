import type { CheckResult, Status } from '../diagnosis/check-result.ts';
import type { Place } from '../trace/quantities.ts';
import { type Html, html } from './html.ts';

export type Mark = Status | 'absent';

/** How a quantity is marked: by a sign and words, so that no mark depends on its colour. The worst comes first. */
export const marks: Readonly<Record<Mark, { readonly sign: string; readonly words: string }>> = {
  first: { sign: '✗', words: 'first difference' },
  separate: { sign: '‼', words: 'wrong by itself' },
  consequence: { sign: '~', words: 'consequence' },
  same: { sign: '✓', words: 'same' },
  absent: { sign: '○', words: 'not recorded' },
};
const order = Object.keys(marks) as Mark[];

/** The mark of several quantities together: the worst, where something was recorded. */
export const worstOf = (all: readonly Mark[]): Mark => order.find((mark) => all.includes(mark)) ?? 'absent';

/** The mark of a quantity in a step. */
export type MarkAt = (step: number, place: Pick<Place, 'quantity' | 'layer'>) => Mark;

export function marksOf({ quantities }: CheckResult): MarkAt {
  const found = new Map<string, Status>();
  const key = (step: number, { quantity, layer }: Pick<Place, 'quantity' | 'layer'>) =>
    `${step} ${layer} ${quantity}`;
  for (const { batch, place, status } of quantities) found.set(key(batch.step, place), status);
  return (step, place) => found.get(key(step, place)) ?? 'absent';
}

/** A mark in a table. */
export function markSign(mark: Mark): Html {
  const { sign, words } = marks[mark];
  return html`<span class="mark ${mark}"><span aria-hidden="true">${sign}</span><span class="unseen">${words}</span></span>`;
}

/** The marks that are on the page, explained. */
export function markLegend(used: readonly Mark[]): Html {
  const meanings: Readonly<Record<Mark, string>> = {
    first: 'the first difference, in the order in which a step is computed',
    separate: 'wrong even if what came before is taken as it was recorded: something else is wrong too',
    consequence: 'differs as well, as it has to after a difference before it',
    same: 'the same as in a right program',
    absent: 'not recorded',
  };
  return html`<ul class="marks" aria-label="Marks">${order
    .filter((mark) => used.includes(mark))
    .map((mark) => html`<li>${markSign(mark)} ${meanings[mark]}</li>`)}</ul>`;
}
