import { shortText } from '../stats/significant.ts';
import { type Html, html } from './html.ts';

/** A command line with a button that copies it. */
export function command(text: string): Html {
  return html`<p class="command"><code>${text}</code> <button type="button" data-copy="${text}">copy</button></p>`;
}

/** A number that is the best of several, also for readers who do not see the frame. */
export function bestMark(content: string | Html): Html {
  return html`<b class="best">${content}<span class="unseen"> (best)</span></b>`;
}

/** A number with `digits` significant digits and a true minus sign. */
export function numberText(value: number, digits: number): string {
  return shortText(value, digits).replace('-', '−');
}

/** A number with its sign: +0.0012 or −0.0012. */
export function signed(value: number, digits: number): string {
  return value > 0 ? `+${numberText(value, digits)}` : numberText(value, digits);
}
