import { activations } from '../nn/activations.ts';
import type { NumberArray } from '../trace/number-array.ts';
import type { Equation, Formula } from './formula.ts';

/** Rows of numbers; a single number is one row of one. */
export type Table = readonly (readonly number[])[];

/** An array as rows; turned round if `turned`. A vector is one row. */
export function table({ shape, values }: NumberArray, turned = false): Table {
  const [rows, columns] = shape.length === 2 ? shape : [1, values.length];
  const all = Array.from({ length: rows }, (_, i) => [...values.subarray(i * columns, (i + 1) * columns)]);
  return turned ? turn(all) : all;
}

const turn = (all: Table): Table => all[0].map((_, j) => all.map((row) => row[j]));
const single = (value: number): Table => [[value]];

function combine(a: Table, b: Table, f: (a: number, b: number) => number): Table {
  const rows = Math.max(a.length, b.length);
  const columns = Math.max(a[0].length, b[0].length);
  const pick = (all: Table, i: number, j: number) => {
    const row = all.length === 1 ? all[0] : all[i];
    return row.length === 1 ? row[0] : row[j];
  };
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => f(pick(a, i, j), pick(b, i, j))),
  );
}

const product = (a: Table, b: Table): Table =>
  a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)));

const each = (all: Table, f: (value: number) => number): Table => all.map((row) => row.map(f));

/** The value of a symbol by its name in text and its layer; null if the equation says what it is. */
type ValueOf = (text: string, layer: number | null) => Table | null;

/** The number or the array that an equation's right side gives. `isFirst`: rows of a batch are rows of the tables. */
export function evaluate({ formula, where }: Equation, numbersOf: ValueOf, isFirst: boolean): Table {
  const meaningOf = (text: string): Formula => where.find(({ symbol }) => nameOf(symbol) === text)!.is;
  const value = (one: Formula, local: Readonly<Record<string, Table>>): Table => {
    const inner = (other: Formula) => value(other, local);
    if (typeof one === 'string') return single(Number(one));
    switch (one.kind) {
      case 'symbol': {
        if (one.text === 'pi') return single(Math.PI);
        const own = one.layer === null ? local[one.text] : undefined;
        return own ?? numbersOf(one.text, one.layer) ?? value(meaningOf(one.text), local);
      }
      case 'gradient':
        return numbersOf(one.text, one.layer)!;
      case 'row':
        return ofRow(flat(one), inner);
      case 'fraction':
        return combine(inner(one.over), inner(one.under), (a, b) => a / b);
      case 'root':
        return each(inner(one.of), Math.sqrt);
      case 'power':
        return combine(inner(one.of), inner(one.exponent), (a, b) => a ** b);
      case 'transpose':
        return turn(inner(one.of));
      case 'absolute':
        return each(inner(one.of), Math.abs);
      case 'negative':
        return each(inner(one.of), (x) => -x);
      case 'brackets':
      case 'part':
        return inner(one.of);
      case 'sum': {
        const overRows = one.over.startsWith('rows');
        const all = inner(one.of);
        return overRows === isFirst
          ? [all[0].map((_, j) => all.reduce((sum, row) => sum + row[j], 0))]
          : all.map((row) => [row.reduce((sum, x) => sum + x, 0)]);
      }
      case 'call':
        return ofCall(one, inner, local);
      case 'cases': {
        const [[then, condition], [otherwise]] = one.cases;
        const tested = Object.values(local)[0];
        const test = conditions[condition];
        const chosen = combine(tested, inner(then), (z, a) => (test(z, local) ? a : Number.NaN));
        return combine(chosen, inner(otherwise), (a, b) => (Number.isNaN(a) ? b : a));
      }
      default:
        throw new Error(`no number: ${one.kind}`);
    }
  };
  const conditions: Readonly<Record<string, (z: number, local: Readonly<Record<string, Table>>) => boolean>> =
    {
      'if z > 0': (z) => z > 0,
      'if 0 < z < 6': (z) => z > 0 && z < 6,
      'if |e| ≤ Δ': (e) => Math.abs(e) <= value(meaningOf('Δ'), {})[0][0],
    };
  const ofCall = (
    { text, of }: Extract<Formula, { kind: 'call' }>,
    inner: (one: Formula) => Table,
    local: Readonly<Record<string, Table>>,
  ): Table => {
    const [first, second, third] = of.map(inner);
    if (text === "f'") {
      const layer = (of[0] as Extract<Formula, { kind: 'symbol' }>).layer;
      return combine(first, value(meaningOf("f'(z)"), { z: first, a: numbersOf('a', layer)! }), (_, b) => b);
    }
    if (text === 'max') return combine(first, second, Math.max);
    if (text === 'min') return combine(first, second, Math.min);
    if (text === 'clip') return combine(combine(first, second, Math.max), third, Math.min);
    if (text === 'Φ') return each(first, (z) => activations.gelu.value(z) / z);
    const known = { exp: Math.exp, ln: Math.log, sign: Math.sign }[text];
    if (known !== undefined) return each(first, known);
    const argument = text === 'h' ? 'e' : 'z';
    const own = where.find(({ symbol }) => nameOf(symbol) === `${text}(${argument})`);
    if (own !== undefined) return combine(first, value(own.is, { [argument]: first }), (_, b) => b);
    if (text === 'sigmoid') return each(first, (z) => 1 / (1 + Math.exp(-z)));
    throw new Error(`no function ${text} ${JSON.stringify(local)}`);
  };
  return value(formula, {});
}

/** The text of a symbol in a meaning. */
function nameOf(symbol: Formula): string {
  if (typeof symbol === 'string') return symbol;
  if (symbol.kind === 'symbol') return symbol.text;
  return symbol.kind === 'call' ? `${symbol.text}(${nameOf(symbol.of[0])})` : '';
}

/** The parts of a formula in a row, as they are read. */
function flat(formula: Formula): Formula[] {
  if (typeof formula === 'string') return [formula];
  if (formula.kind === 'row') return formula.items.flatMap(flat);
  return formula.kind === 'part' ? flat(formula.of) : [formula];
}

/** Products before sums; only what is right of = or <- counts. */
function ofRow(parts: readonly Formula[], inner: (one: Formula) => Table): Table {
  const sign = (one: Formula) => (typeof one !== 'string' && one.kind === 'operator' ? one.text : null);
  const start = parts.findIndex((one) => ['=', '<-'].includes(sign(one) ?? '')) + 1;
  let sum: Table | null = null;
  let term: Table | null = null;
  let [adds, joins] = ['+', '*'];
  const add = () => {
    if (term === null) return;
    const right = adds === '-' ? each(term, (x) => -x) : term;
    sum = sum === null ? right : combine(sum, right, (a, b) => a + b);
    term = null;
  };
  for (const one of parts.slice(start)) {
    const operator = sign(one);
    if (operator === null) {
      const next: Table = inner(one);
      term =
        term === null ? next : joins === '@' ? product(term, next) : combine(term, next, (a, b) => a * b);
    } else if (operator === '+' || operator === '-') {
      add();
      adds = operator;
    } else joins = operator;
  }
  add();
  return sum!;
}
