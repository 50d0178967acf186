/** Parts of an equation that a diagnosis can doubt. */
export type EquationPart =
  | 'rows'
  | 'values'
  | 'product'
  | 'transpose'
  | 'bias'
  | 'activation'
  | 'normalisation'
  | 'error'
  | 'factor'
  | 'derivative'
  | 'sum'
  | 'penalty'
  | 'rate'
  | 'momentum'
  | 'mean'
  | 'square'
  | 'correction'
  | 'epsilon'
  | 'root'
  | 'decay'
  | 'step'
  | 'clipping';

/** A formula, which is shown as text (as NumPy would write it, where it can) or as MathML. */
export type Formula =
  | string
  | { readonly kind: 'symbol'; readonly letter: string; readonly text: string; readonly layer: number | null }
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'gradient'; readonly of: Formula; readonly text: string; readonly layer: number }
  | { readonly kind: 'row'; readonly items: readonly Formula[] }
  | { readonly kind: 'operator'; readonly sign: string; readonly text: string }
  | { readonly kind: 'fraction'; readonly over: Formula; readonly under: Formula }
  | { readonly kind: 'root'; readonly of: Formula }
  | { readonly kind: 'power'; readonly of: Formula; readonly exponent: Formula }
  | { readonly kind: 'transpose'; readonly of: Formula }
  | { readonly kind: 'call'; readonly name: string; readonly text: string; readonly of: readonly Formula[] }
  | { readonly kind: 'absolute'; readonly of: Formula }
  | { readonly kind: 'negative'; readonly of: Formula }
  | { readonly kind: 'brackets'; readonly of: Formula }
  | { readonly kind: 'sum'; readonly index: string; readonly over: string; readonly of: Formula }
  | { readonly kind: 'cases'; readonly cases: readonly (readonly [Formula, string])[] }
  | { readonly kind: 'part'; readonly part: EquationPart; readonly of: Formula };

/** The formula of a quantity, and what is in it. */
export interface Equation {
  readonly formula: Formula;
  readonly where: readonly Meaning[];
  /** What readers should know, in sentences. */
  readonly notes: readonly string[];
}

/** A symbol, and what it is. */
export interface Meaning {
  readonly symbol: Formula;
  readonly is: Formula;
  /** What it is, in words. */
  readonly note?: string;
}

/** A quantity or constant by its letter and its name in text; `layer` is its index. */
export const symbol = (letter: string, text = letter, layer: number | null = null): Formula => ({
  kind: 'symbol',
  letter,
  text,
  layer,
});
export const words = (text: string): Formula => ({ kind: 'words', text });
/** dC/dw. */
export const gradient = (of: Formula, text: string, layer: number): Formula => ({
  kind: 'gradient',
  of,
  text,
  layer,
});
export const operator = (sign: string, text: string): Formula => ({ kind: 'operator', sign, text });
export const plus = operator('+', '+');
export const minus = operator('−', '-');
export const equals = operator('=', '=');
export const becomes = operator('←', '<-');
/** Between a number and anything. */
export const times = operator('\u2062', '*');
/** Between two matrices. */
export const dot = operator('\u2062', '@');
/** Element by element. */
export const each = operator('⊙', '*');
export const row = (...items: readonly Formula[]): Formula => ({ kind: 'row', items });
export const fraction = (over: Formula, under: Formula): Formula => ({ kind: 'fraction', over, under });
export const root = (of: Formula): Formula => ({ kind: 'root', of });
export const power = (of: Formula, exponent: Formula): Formula => ({ kind: 'power', of, exponent });
export const square = (of: Formula): Formula => power(of, '2');
export const transpose = (of: Formula): Formula => ({ kind: 'transpose', of });
export const call = (name: string, ...of: readonly Formula[]): Formula => ({
  kind: 'call',
  name,
  text: name,
  of,
});
export const derivative = (of: Formula): Formula => ({ kind: 'call', name: 'f′', text: "f'", of: [of] });
export const absolute = (of: Formula): Formula => ({ kind: 'absolute', of });
export const negative = (of: Formula): Formula => ({ kind: 'negative', of });
export const brackets = (of: Formula): Formula => ({ kind: 'brackets', of });
export const sum = (index: string, over: string, of: Formula): Formula => ({ kind: 'sum', index, over, of });
export const cases = (...all: readonly (readonly [Formula, string])[]): Formula => ({
  kind: 'cases',
  cases: all,
});
export const part = (name: EquationPart, of: Formula): Formula => ({ kind: 'part', part: name, of });

/** A formula as a line of text: delta[0] = (delta[1] @ kernel[1].T) * f'(z[0]). */
export function formulaText(formula: Formula): string {
  if (typeof formula === 'string') return formula;
  switch (formula.kind) {
    case 'symbol':
      return formula.layer === null ? formula.text : `${formula.text}[${formula.layer}]`;
    case 'words':
      return formula.text;
    case 'gradient':
      return `${formula.text}[${formula.layer}]`;
    case 'row':
      return formula.items
        .map((item, i) =>
          isSum(item) && i < formula.items.length - 1 ? inBrackets(item) : formulaText(item),
        )
        .join(' ');
    case 'operator':
      return formula.text;
    case 'fraction':
      return `${inBrackets(formula.over)} / ${inBrackets(formula.under)}`;
    case 'root':
      return `sqrt(${formulaText(formula.of)})`;
    case 'power':
      return `${inBrackets(formula.of)}**${inBrackets(formula.exponent)}`;
    case 'transpose':
      return `${inBrackets(formula.of)}.T`;
    case 'call':
      return `${formula.text}(${formula.of.map(formulaText).join(', ')})`;
    case 'absolute':
      return `abs(${formulaText(formula.of)})`;
    case 'negative':
      return `-${inBrackets(formula.of)}`;
    case 'brackets':
      return `(${formulaText(formula.of)})`;
    case 'sum':
      return `sum over ${formula.over} of ${inBrackets(formula.of)}`;
    case 'cases':
      return formula.cases.map(([value, when]) => `${formulaText(value)} ${when}`).join(', ');
    case 'part':
      return formulaText(formula.of);
  }
}

/** The symbols and gradients in a formula, each once, in order. */
export function symbolsIn(formula: Formula): Extract<Formula, { kind: 'symbol' | 'gradient' }>[] {
  const found = new Map<string, Extract<Formula, { kind: 'symbol' | 'gradient' }>>();
  const visit = (one: Formula): void => {
    if (typeof one === 'string') return;
    if (one.kind === 'symbol' || one.kind === 'gradient') found.set(`${one.text} ${one.layer}`, one);
    else for (const child of childrenOf(one)) visit(child);
  };
  visit(formula);
  return [...found.values()];
}

/** The parts of a formula that a diagnosis can doubt. */
export function partsIn(formula: Formula): EquationPart[] {
  if (typeof formula === 'string') return [];
  const own = formula.kind === 'part' ? [formula.part] : [];
  return [...own, ...childrenOf(formula).flatMap(partsIn)];
}

function childrenOf(formula: Exclude<Formula, string>): readonly Formula[] {
  switch (formula.kind) {
    case 'row':
      return formula.items;
    case 'fraction':
      return [formula.over, formula.under];
    case 'power':
      return [formula.of, formula.exponent];
    case 'call':
      return formula.of;
    case 'cases':
      return formula.cases.map(([value]) => value);
    default:
      return 'of' in formula ? [formula.of] : [];
  }
}

const withoutMark = (formula: Formula): Formula =>
  typeof formula !== 'string' && formula.kind === 'part' ? formula.of : formula;

function isSum(formula: Formula): boolean {
  const bare = withoutMark(formula);
  return typeof bare !== 'string' && bare.kind === 'sum';
}

/** The text of a formula as one factor of a larger one. */
function inBrackets(formula: Formula): string {
  const bare = withoutMark(formula);
  const text = formulaText(bare);
  if (typeof bare === 'string') return text;
  const isCompound = ['row', 'fraction', 'sum', 'cases'].includes(bare.kind);
  return isCompound ? `(${text})` : text;
}
