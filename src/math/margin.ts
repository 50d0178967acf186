import type { MathNode, OperatorNode, ParenthesisNode, RelationalNode } from 'mathjs';
import { compileExpression } from './expression.ts';

type Values = Readonly<Record<string, number>>;

/** One comparison of a condition: two numbers, and which of them has to be larger. */
export interface Margin {
  /** The side that has to be larger, and the other. */
  readonly larger: (values: Values) => number;
  readonly smaller: (values: Values) => number;
  /** Whether both sides are plain variables, so that the difference can be compared with how much they vary. */
  readonly plain: boolean;
}

const greater = ['>', '>=', 'larger', 'largerEq'];
const less = ['<', '<=', 'smaller', 'smallerEq'];

/**
 * The comparisons that a condition such as a > b and b > 2 * c consists of, so that one can say by how much it holds;
 * null for a condition with anything but < <= > >= combined by `and`.
 */
export async function compileMargins(
  text: string,
  variables: readonly string[],
  option: string,
): Promise<Margin[] | null> {
  const { parse } = await import('mathjs/number');
  const pairs = comparisonsOf(parse(text));
  if (pairs === null) return null;
  return Promise.all(
    pairs.map(async ([larger, smaller]) => ({
      larger: await compileExpression(larger.toString(), variables, option),
      smaller: await compileExpression(smaller.toString(), variables, option),
      plain: [larger, smaller].every((side) => variables.includes(side.toString())),
    })),
  );
}

/** [the larger, the smaller] of each comparison. */
function comparisonsOf(node: MathNode): [MathNode, MathNode][] | null {
  if (node.type === 'ParenthesisNode') return comparisonsOf((node as ParenthesisNode).content);
  if (node.type === 'RelationalNode') {
    const { conditionals, params } = node as RelationalNode;
    return combined(conditionals.map((operator, i) => ordered(operator, params[i], params[i + 1])));
  }
  if (node.type !== 'OperatorNode') return null;
  const { op, args } = node as OperatorNode;
  if (op === 'and') return combined(args.map(comparisonsOf));
  return ordered(op, args[0], args[1]);
}

function ordered(operator: string, left: MathNode, right: MathNode): [MathNode, MathNode][] | null {
  if (greater.includes(operator)) return [[left, right]];
  return less.includes(operator) ? [[right, left]] : null;
}

function combined(parts: readonly ([MathNode, MathNode][] | null)[]): [MathNode, MathNode][] | null {
  return parts.includes(null) ? null : parts.flatMap((part) => part!);
}
