import type {
  ConditionalNode,
  ConstantNode,
  FunctionNode,
  MathNode,
  OperatorNode,
  ParenthesisNode,
  RelationalNode,
  SymbolNode,
} from 'mathjs';
import { UserError } from '../errors.ts';
import { arithmetic, comparisons, constants, functions } from './expression-names.ts';
import { didYouMean } from './nearest.ts';

type Values = Readonly<Record<string, number>>;
type Numeric = (values: Values) => number;
type Condition = (values: Values) => boolean | null;
type Compiled = { kind: 'number'; evaluate: Numeric } | { kind: 'condition'; evaluate: Condition };

/** What an option's formulas may contain. */
export interface FormulaKind {
  readonly variables: readonly string[];
  /** The names that the option accepts instead of a formula. */
  readonly names: readonly string[];
  /** A formula to show in remedies. */
  readonly example?: string;
}

/** A formula and its context, as needed in error messages. */
interface Source extends FormulaKind {
  readonly text: string;
  readonly option: string;
}

const maxLength = 500;
const maxDepth = 100;

/**
 * Compiles a user's formula, such as eta0/(1+0.01*epoch), to a function from the values of its variables to a number.
 *
 * A formula may contain numbers, the given variables (which take precedence over the constants pi and e), + - * / ^
 * mod, comparisons, ?:, and, or, not, and the functions of `expression-names`. ^ is right-associative, -x^2 is -(x^2),
 * mod has the sign of its second argument and round rounds halves away from 0. exp and log are those of `elementary`.
 * mathjs only parses the text. The tree is then rebuilt from closures of this file, so that a formula can reach nothing
 * else. A result may be NaN or infinite; a comparison with NaN is neither true nor false, and a choice by it is NaN. Errors: UserError for anything else; it names `option` and the `names` that
 * the option accepts instead of a formula.
 */
export async function compileExpression(
  text: string,
  variables: readonly string[],
  option: string,
  { names = [], example }: Partial<FormulaKind> = {},
): Promise<Numeric> {
  const source = { text, option, variables, names, ...(example === undefined ? {} : { example }) };
  return numeric(source, await parsed(source), 0);
}

/** The variables that a formula has, of those that it may have. Errors: UserError for what cannot be read. */
export async function variablesIn(
  text: string,
  variables: readonly string[],
  option: string,
  { names = [], example }: Partial<FormulaKind> = {},
): Promise<string[]> {
  const source = { text, option, variables, names, ...(example === undefined ? {} : { example }) };
  const found = new Set((await parsed(source)).filter(({ type }) => type === 'SymbolNode').map(String));
  return variables.filter((name) => found.has(name));
}

/**
 * Compiles a user's condition, such as a > b and not (a > 2*b), in the same way to a function that returns true or
 * false, or null if a side of a comparison that matters is NaN (Kleene's three-valued logic). Errors: UserError, also for
 * a condition that has none of its variables, which could not depend on them.
 */
export async function compileCondition(
  text: string,
  variables: readonly string[],
  option: string,
): Promise<Condition> {
  const source = { text, option, variables, names: [] };
  const tree = await parsed(source);
  const compiled = condition(source, tree, 0);
  if (tree.filter((node) => variables.includes((node as SymbolNode).name)).length === 0) {
    throw refusal(source, `uses none of ${variables.join(', ')}`, `compare ${variables[0]} with something`);
  }
  return compiled;
}

async function parsed(source: Source): Promise<MathNode> {
  checkFormulaText(source.text, source.option, source);
  const { parse } = await import('mathjs/number');
  try {
    return parse(source.text);
  } catch (error) {
    throw refusal(source, `cannot be read: ${(error as Error).message}`);
  }
}

/** Rejects text whose length, characters or nesting rule out a formula. Errors: UserError that names `option`. */
export function checkFormulaText(text: string, option: string, kind: FormulaKind): void {
  const source = { ...kind, text, option };
  if (text.trim() === '') throw refusal(source, 'is empty');
  if (text.length > maxLength) {
    throw refusal(source, `has ${text.length} characters, more than ${maxLength}`, 'write a shorter formula');
  }
  const foreign = /[^\w \t.+\-*/^()<>=!?:,]/u.exec(text);
  if (foreign !== null) {
    throw refusal(source, `has the character ${JSON.stringify(foreign[0])} at position ${foreign.index + 1}`);
  }
  if (text.includes('**')) {
    throw refusal(source, 'has **', `write ^ for a power: ${text.replaceAll('**', '^')}`);
  }
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (depth > maxDepth) throw tooDeep(source);
  }
}

function numeric(source: Source, node: MathNode, depth: number): Numeric {
  const compiled = compile(source, node, depth);
  if (compiled.kind === 'number') return compiled.evaluate;
  throw refusal(
    source,
    `must give a number, but ${node.toString()} is true or false`,
    `choose two numbers for it, for example (${node.toString()} ? 1 : 0)`,
  );
}

function condition(source: Source, node: MathNode, depth: number): Condition {
  const compiled = compile(source, node, depth);
  if (compiled.kind === 'condition') return compiled.evaluate;
  throw refusal(
    source,
    `needs a condition instead of ${node.toString()}`,
    `compare it with something, for example (${node.toString()}) > 0`,
  );
}

function compile(source: Source, node: MathNode, depth: number): Compiled {
  if (depth > maxDepth) throw tooDeep(source);
  switch (node.type) {
    case 'ConstantNode':
      return compileConstant(source, node as ConstantNode);
    case 'SymbolNode':
      return compileSymbol(source, (node as SymbolNode).name);
    case 'ParenthesisNode':
      return compile(source, (node as ParenthesisNode).content, depth + 1);
    case 'OperatorNode':
      return compileOperator(source, node as OperatorNode, depth);
    case 'RelationalNode':
      return compileChain(source, node as RelationalNode, depth);
    case 'ConditionalNode': {
      const branch = node as ConditionalNode;
      const test = condition(source, branch.condition, depth + 1);
      const yes = numeric(source, branch.trueExpr, depth + 1);
      const no = numeric(source, branch.falseExpr, depth + 1);
      const evaluate = (values: Values) => {
        const chosen = test(values);
        return chosen === null ? Number.NaN : chosen ? yes(values) : no(values);
      };
      return { kind: 'number', evaluate };
    }
    case 'FunctionNode':
      return compileCall(source, node as FunctionNode, depth);
    case 'AssignmentNode':
    case 'FunctionAssignmentNode':
      throw refusal(source, 'assigns with =', 'write a formula without =; equality is ==');
    default:
      throw refusal(source, `has a part that is not a number: ${node.toString()}`);
  }
}

function compileConstant(source: Source, { value }: ConstantNode): Compiled {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw refusal(source, `has ${String(value)} where a finite number should be`);
  }
  return { kind: 'number', evaluate: () => value };
}

function compileSymbol(source: Source, name: string): Compiled {
  if (source.variables.includes(name)) return { kind: 'number', evaluate: (values) => values[name] };
  const constant = constants.get(name);
  if (constant !== undefined) return { kind: 'number', evaluate: () => constant };
  if (functions.has(name)) {
    throw refusal(source, `has the function ${name} without arguments`, `write ${name}(...)`);
  }
  // The names that replace a formula cannot be part of one.
  const whole = source.text.trim() === name ? source.names : [];
  throw unknownName(source, name, [...whole, ...source.variables, ...constants.keys()]);
}

function compileOperator(source: Source, node: OperatorNode, depth: number): Compiled {
  const { fn, args } = node as { fn: string; args: MathNode[] };
  if (node.implicit) {
    const remedy = 'write * for a product and parentheses for a function: 2*x, sin(x)';
    throw refusal(source, `leaves out an operator: ${node.toString()}`, remedy);
  }
  if (args.length === 1) {
    if (fn === 'not') {
      const a = condition(source, args[0], depth + 1);
      return { kind: 'condition', evaluate: (values) => opposite(a(values)) };
    }
    if (fn === 'unaryMinus' || fn === 'unaryPlus') {
      const a = numeric(source, args[0], depth + 1);
      return { kind: 'number', evaluate: fn === 'unaryPlus' ? a : (values) => -a(values) };
    }
  }
  // A long sum is a left-leaning tree although nothing is nested, so the first operand does not count as deeper.
  if (fn === 'and' || fn === 'or') {
    const a = condition(source, args[0], depth);
    const b = condition(source, args[1], depth + 1);
    return { kind: 'condition', evaluate: fn === 'and' ? both(a, b) : either(a, b) };
  }
  const operation = arithmetic.get(fn);
  const comparison = comparisons.get(fn);
  if (operation === undefined && comparison === undefined) {
    throw refusal(source, `has the unknown operator ${node.op}`);
  }
  const a = numeric(source, args[0], depth);
  const b = numeric(source, args[1], depth + 1);
  if (operation !== undefined)
    return { kind: 'number', evaluate: (values) => operation(a(values), b(values)) };
  return { kind: 'condition', evaluate: compare(comparison!, a, b) };
}

/** The comparison of two numbers; null if one is NaN. */
function compare(holds: (a: number, b: number) => boolean, a: Numeric, b: Numeric): Condition {
  return (values) => {
    const left = a(values);
    const right = b(values);
    return Number.isNaN(left) || Number.isNaN(right) ? null : holds(left, right);
  };
}

function both(a: Condition, b: Condition): Condition {
  return (values) => {
    const first = a(values);
    if (first === false) return false;
    const second = b(values);
    return second === false ? false : first && second;
  };
}

function either(a: Condition, b: Condition): Condition {
  const neither = both(
    (values) => opposite(a(values)),
    (values) => opposite(b(values)),
  );
  return (values) => opposite(neither(values));
}

function opposite(truth: boolean | null): boolean | null {
  return truth === null ? null : !truth;
}

/** a < b < c holds if each pair of neighbours does. */
function compileChain(source: Source, node: RelationalNode, depth: number): Compiled {
  const terms = node.params.map((term) => numeric(source, term, depth + 1));
  const links = node.conditionals.map((name, i) => compare(comparisons.get(name)!, terms[i], terms[i + 1]));
  return { kind: 'condition', evaluate: links.reduce(both) };
}

function compileCall(source: Source, node: FunctionNode, depth: number): Compiled {
  const callee = node.fn as MathNode;
  if (callee.type !== 'SymbolNode')
    throw refusal(source, `calls ${callee.toString()}, which is not a function`);
  const { name } = callee as SymbolNode;
  if (source.variables.includes(name) || constants.has(name)) {
    throw refusal(source, `calls ${name}, which is a number`, `write ${name}*(...) for a product`);
  }
  const called = functions.get(name);
  if (called === undefined)
    throw unknownName(
      source,
      name,
      [...functions.keys()],
      [`the functions are ${[...functions.keys()].join(', ')}`],
    );
  const { minArguments, maxArguments, evaluate } = called;
  if (node.args.length < minArguments || node.args.length > maxArguments) {
    const wanted =
      minArguments === maxArguments
        ? `${minArguments}`
        : maxArguments === 2
          ? `${minArguments} or ${maxArguments}`
          : `at least ${minArguments}`;
    throw refusal(
      source,
      `gives ${name} ${node.args.length} argument(s)`,
      `give ${name} ${wanted} argument(s), separated by commas`,
    );
  }
  const args = node.args.map((argument) => numeric(source, argument, depth + 1));
  const [a, b] = args;
  if (args.length === 1) return { kind: 'number', evaluate: (values) => evaluate(a(values)) };
  if (args.length === 2) return { kind: 'number', evaluate: (values) => evaluate(a(values), b(values)) };
  return { kind: 'number', evaluate: (values) => evaluate(...args.map((argument) => argument(values))) };
}

function tooDeep(source: Source): UserError {
  return refusal(source, `is nested deeper than ${maxDepth} levels`, 'write a flatter formula');
}

/** `fitting`: the names that would be allowed there. */
function unknownName(
  source: Source,
  name: string,
  fitting: readonly string[],
  others: readonly string[] = [],
): UserError {
  const { variables } = source;
  const named = variables.length === 0 ? [] : [`the variables are ${variables.join(', ')}`];
  const allowed = [...named, ...others].join('; ') || undefined;
  return refusal(source, `has the unknown name ${name}`, didYouMean(name, fitting) ?? allowed);
}

function refusal(
  { text, option, variables, names: alternatives, example }: Source,
  problem: string,
  remedy?: string,
): UserError {
  const names = variables.length === 0 ? 'no variable' : variables.join(', ');
  return new UserError({
    what: `the expression of ${option} ${problem}`,
    expected: `${alternatives.map((name) => `${name}, `).join('')}${alternatives.length > 0 ? 'or ' : ''}a formula of ${names}, numbers and pi, with + - * / ^, comparisons, ?: and functions such as exp, sqrt, max`,
    received: text,
    remedy:
      remedy ?? (example === undefined ? 'use only what is expected' : `write for example "${example}"`),
  });
}
