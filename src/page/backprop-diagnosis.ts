import type { CheckResult, Explanation, Finding } from '../diagnosis/check-result.ts';
import { shownOf } from '../diagnosis/plausibility.ts';
import { searchText } from '../diagnosis/search-text.ts';
import { counted } from '../errors.ts';
import { type Html, html } from './html.ts';

/** Why the first difference may be as it is. */
export function diagnosisBlock(finding: Finding, absent: readonly string[]): Html {
  const search = searchText(finding, absent);
  return html`${causesBlock(finding)}
${search === null ? null : html`<p class="note">${search}</p>`}`;
}

function causesBlock({ explanations, quantity }: Finding): Html {
  if (explanations.length === 0) {
    return html`<p><strong>No known mistake reproduces these numbers.</strong> Compare the line of your program that computes
<code>${quantity.place.quantity}</code> with the equation below, term by term: what enters it is listed there, and the numbers that
differ are shown next to what they should be.</p>`;
  }
  const { shown, more } = shownOf(explanations);
  if (explanations.length === 1) return explanationBlock(explanations[0]);
  return html`<p>${counted(explanations.length, 'mistake')} would give exactly these numbers, so the recording cannot tell them apart. Your program has
one of them:</p>
${shown.map(explanationBlock)}
${more === 0 ? null : html`<p>And ${more} more, less plausible.</p>`}`;
}

function explanationBlock({ title, explain, fix, digits, reproduced, of }: Explanation): Html {
  return html`<div class="explanation"><h3>${capital(title)}</h3>
<p>${explain}</p>
<p><b>To fix it:</b> ${fix}</p>
<p class="note">Evidence: a program with this mistake gives these numbers, to ${counted(digits, 'digit')}, and ${
    reproduced === of
      ? of === 1
        ? 'nothing was recorded after them'
        : `all of the ${of} arrays recorded from here on`
      : `${reproduced} of the ${of} arrays recorded from here on; something else may be wrong as well`
  }.</p></div>`;
}

/** Ways of writing the same thing that were noticed and are no mistakes. */
export function conventionsBlock({ conventions }: CheckResult): Html | null {
  if (conventions.length === 0) return null;
  return html`<p>Not a mistake, only another way of writing the same thing:</p>
<ul>${conventions.map(({ title }) => html`<li>${title}</li>`)}</ul>`;
}

/** As a heading begins; letters of formulas, such as t and dC/da, stay as they are. */
const capital = (text: string): string =>
  /^[a-z]{2,}[\s,'-]/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
