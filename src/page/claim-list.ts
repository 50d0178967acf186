import type { Verification } from '../claims/verdicts.ts';
import { listOrder, stands, verdicts } from '../claims/words.ts';
import { type ClaimItem, conclusionItem, numberItem } from './claim-item.ts';
import { type Html, html } from './html.ts';

/** Every claim with its evidence, and the controls that choose and sort them, which only work with JavaScript. */
export function claimList(verification: Verification): Html {
  const items = [...verification.conclusions.map(conclusionItem), ...verification.numbers.map(numberItem)];
  const rank = ({ verdict }: ClaimItem) => listOrder.indexOf(verdict);
  const sorted = [...items].sort((a, b) => rank(a) - rank(b) || (b.z ?? 1e9) - (a.z ?? 1e9));
  const order = sorted.map(({ markup }) => markup);
  return html`${controls(verification, sorted)}
<ol class="claims" data-order="${JSON.stringify(listOrder)}" data-stands="${JSON.stringify(verdicts.filter(stands))}">
${order}</ol>`;
}

function controls(verification: Verification, items: readonly ClaimItem[]): Html {
  const found = new Set(items.map(({ verdict }) => verdict));
  const groups = [...new Set(items.map(({ group }) => group))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  const readings = verification.readings.filter(({ changed }) => changed.length === 0);
  return html`<div class="controls claim-controls" role="group" aria-label="Choose and sort the claims" hidden>
${choice('verdict', 'Show', [
  ['open', 'what does not stand'],
  ['', `all ${items.length} claims`],
  ...listOrder.filter((verdict) => found.has(verdict)).map((verdict) => [verdict, verdict] as const),
])}
${
  readings.length < 2
    ? null
    : choice('reading', 'under', [
        ['', 'all readings together'],
        ...readings.map(
          ({ name }) =>
            [name, { code: 'the program (code)', text: 'the wording (text)' }[name] ?? name] as const,
        ),
      ])
}
${choice('kind', 'of', [
  ['', 'numbers and conclusions'],
  ['number', 'numbers'],
  ['conclusion', 'conclusions'],
])}
${choice('group', 'in', [['', 'the whole report'], ...groups.map((group) => [group, group] as const)])}
${choice('sort', 'by', [
  ['verdict', 'verdict'],
  ['z', 'distance |z|'],
  ['p', 'p'],
  ['resolution', 'resolution'],
  ['group', 'place in the report'],
])}
<label>with the words <input type="search" name="words" autocomplete="off"></label>
<output name="count"></output>
</div>`;
}

function choice(name: string, label: string, options: readonly (readonly [string, string])[]): Html {
  return html`<label>${label} <select name="${name}">${options.map(
    ([value, text]) => html`<option value="${value}">${text}</option>`,
  )}</select></label>`;
}
