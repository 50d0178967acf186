/** Text that is markup already. */
export interface Html {
  readonly markup: string;
}

type Part = string | number | Html | readonly Part[] | null;

/** Markup from a template: every value is escaped, but for what `html` itself has made; null leaves nothing. */
export function html(texts: TemplateStringsArray, ...values: readonly Part[]): Html {
  return { markup: texts.reduce((markup, text, i) => markup + render(values[i - 1]) + text) };
}

/** Markup that the program itself holds, such as a style sheet. */
export function verbatim(markup: string): Html {
  return { markup };
}

/** Data for the page's script, in a block that no text in them can end. */
export function jsonBlock(id: string, data: unknown): Html {
  const text = JSON.stringify(data).replaceAll('<', '\\u003c');
  return html`<script type="application/json" id="${id}">${verbatim(text)}</script>`;
}

function render(part: Part): string {
  if (part === null) return '';
  if (Array.isArray(part)) return part.map(render).join('');
  if (typeof part === 'object') return (part as Html).markup;
  return escaped(String(part));
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
