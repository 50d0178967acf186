import { type Html, html } from './html.ts';

const styles: Readonly<Record<string, readonly [string, string]>> = {
  holds: ['good', '✓'],
  'holds, but negligible': ['good', '✓'],
  typical: ['good', '✓'],
  contradicted: ['bad', '✗'],
  'not run': ['open', '–'],
};

/** A verdict shown by word, symbol and colour. */
export function badge(verdict: string): Html {
  const [kind, sign] = styles[verdict] ?? ['unsure', '~'];
  return html`<span class="badge ${kind}"><span aria-hidden="true">${sign}</span> ${verdict}</span>`;
}

/** The target of links to a claim. */
export function anchor(id: string): string {
  return `claim-${id.replace(/[^A-Za-z0-9._-]/g, '-')}`;
}
