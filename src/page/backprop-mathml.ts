import type { EquationPart, Formula } from '../diagnosis/formula.ts';
import { type Html, html } from './html.ts';

/** A formula as MathML, which browsers draw without a script. The `doubted` parts are framed. */
export function mathML(formula: Formula, doubted: readonly EquationPart[] = [], display = false): Html {
  return html`<math${display ? html` display="block"` : null}><mrow>${render(formula, doubted)}</mrow></math>`;
}

function render(formula: Formula, doubted: readonly EquationPart[]): Html {
  const inner = (one: Formula): Html => render(one, doubted);
  const group = (one: Formula): Html => html`<mrow>${inner(one)}</mrow>`;
  if (typeof formula === 'string')
    return /^[−-]?\d/.test(formula) ? html`<mn>${formula}</mn>` : html`<mi>${formula}</mi>`;
  switch (formula.kind) {
    case 'symbol': {
      const letter = letterOf(formula.letter);
      return formula.layer === null ? letter : html`<msub>${letter}<mn>${formula.layer}</mn></msub>`;
    }
    case 'words':
      return html`<mtext>${formula.text}</mtext>`;
    case 'gradient':
      return html`<mfrac><mrow><mi>∂</mi><mi>C</mi></mrow><mrow><mi>∂</mi>${inner(formula.of)}</mrow></mfrac>`;
    case 'row':
      return html`${formula.items.map(inner)}`;
    case 'operator':
      return html`<mo>${formula.sign}</mo>`;
    case 'fraction':
      return html`<mfrac>${group(formula.over)}${group(formula.under)}</mfrac>`;
    case 'root':
      return html`<msqrt>${inner(formula.of)}</msqrt>`;
    case 'power':
      return html`<msup>${asBase(formula.of, inner)}${group(formula.exponent)}</msup>`;
    case 'transpose':
      return html`<msup>${group(formula.of)}<mi>T</mi></msup>`;
    case 'call':
      if (formula.name === 'exp') return html`<msup><mi>e</mi>${group(formula.of[0])}</msup>`;
      return html`${functionName(formula.name)}<mo>&#x2061;</mo>${fenced(
        html`${formula.of.map((one, i) => html`${i > 0 ? html`<mo separator="true">,</mo>` : null}${inner(one)}`)}`,
      )}`;
    case 'absolute':
      return html`<mrow><mo fence="true">|</mo>${inner(formula.of)}<mo fence="true">|</mo></mrow>`;
    case 'negative':
      return html`<mrow><mo form="prefix">−</mo>${inner(formula.of)}</mrow>`;
    case 'brackets':
      return fenced(inner(formula.of));
    case 'sum':
      return html`<munder><mo>∑</mo><mtext>${formula.over}</mtext></munder>${inner(formula.of)}`;
    case 'cases':
      return html`<mrow><mo fence="true" stretchy="true">{</mo><mtable>${formula.cases.map(
        ([value, when]) => html`<mtr><mtd>${inner(value)}</mtd><mtd><mtext>${when}</mtext></mtd></mtr>`,
      )}</mtable></mrow>`;
    case 'part':
      return doubted.includes(formula.part)
        ? // One frame around the whole: parts of it have none of their own.
          html`<mrow class="doubted">${render(formula.of, [])}</mrow>`
        : inner(formula.of);
  }
}

/** Brackets as high as their content, if it is high. */
function fenced(content: Html): Html {
  const stretches = /<m(?:frac|under|table)>/.test(content.markup);
  const bracket = (sign: string) => html`<mo${stretches ? null : html` stretchy="false"`}>${sign}</mo>`;
  return html`<mrow>${bracket('(')}${content}${bracket(')')}</mrow>`;
}

/** A letter, whose own subscript is one. */
function letterOf(letter: string): Html {
  const [, base, digit] = /^(.)([₁₂])$/.exec(letter) ?? [];
  return base === undefined
    ? html`<mi>${letter}</mi>`
    : html`<msub><mi>${base}</mi><mn>${digit === '₁' ? '1' : '2'}</mn></msub>`;
}

const functionName = (name: string): Html =>
  name.endsWith('′')
    ? html`<msup><mi>${name.slice(0, -1)}</mi><mo>′</mo></msup>`
    : html`<mi>${name.replaceAll('_', ' ')}</mi>`;

/** What a power is of: a symbol as it is, anything longer in brackets. */
function asBase(formula: Formula, inner: (one: Formula) => Html): Html {
  const isShort =
    typeof formula === 'string' || ['symbol', 'brackets', 'absolute', 'words'].includes(formula.kind);
  return isShort ? inner(formula) : fenced(inner(formula));
}
