/** Text that is already markup. */
export interface Html {
  readonly markup: string;
}

type Part = string | number | Html | readonly Part[] | null;

/** Makes markup from a template. Values are escaped, except markup made by this module; null adds nothing. */
export function html(texts: TemplateStringsArray, ...values: readonly Part[]): Html {
  return { markup: texts.reduce((markup, text, i) => markup + render(values[i - 1]) + text) };
}

/** Marks a trusted text of the program itself, such as a style sheet, as markup that must not be escaped. */
export function verbatim(markup: string): Html {
  return { markup };
}

/** The text that readers see of a text or of markup, for estimates of its width. */
export function textOf(part: string | Html): string {
  if (typeof part === 'string') return part;
  return part.markup.replace(/<span class="unseen">.*?<\/span>|<[^>]*>/g, '').replace(/&[^;]+;/g, 'x');
}

/** Embeds data for the page's script. No text in the data can close the block. */
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

/** Control characters, which HTML does not allow; not tabs and ends of lines. */
const controls = /(?![\t\n\r])\p{Cc}/gu;

function escaped(text: string): string {
  return text
    .replace(controls, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
