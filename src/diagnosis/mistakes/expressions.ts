import type { Step } from '../../trace/rules.ts';

/** A number that programs multiply or divide by. */
interface Term {
  readonly text: string;
  readonly of: (step: Step) => number;
}

const termsOf = (layer: number | null): readonly Term[] => [
  { text: '2', of: () => 2 },
  { text: 'N', of: ({ N }) => N },
  { text: 'P', of: ({ y }) => y.shape[1] },
  { text: 'D', of: ({ x }) => x.shape[1] },
  { text: 'the learning rate', of: (step) => step.rules.rate(step) },
  { text: 'the rows of the data', of: ({ exercise }) => exercise.x.shape[0] },
  { text: 'the batches of an epoch', of: ({ steps }) => steps },
  ...(layer === null
    ? []
    : [
        { text: 'the units of the layer', of: ({ exercise }: Step) => exercise.layers[layer].units },
        {
          text: 'the inputs of the layer',
          of: ({ exercise }: Step) => exercise.layers[layer].kernel.shape[0],
        },
      ]),
];

const one: Term = { text: '1', of: () => 1 };

/** Products of at most two terms, simpler ones first. */
const productsOf = (terms: readonly Term[]): { readonly term: Term; readonly terms: number }[] => [
  { term: one, terms: 0 },
  ...terms.map((term) => ({ term, terms: 1 })),
  ...terms.flatMap((a, i) =>
    terms.slice(i).map((b) => ({
      term: { text: `${a.text} * ${b.text}`, of: (step: Step) => a.of(step) * b.of(step) },
      terms: 2,
    })),
  ),
];

/** The simplest expressions of the sizes and settings of a step that are c, in words; none if c is none of them. */
export function expressionsFor(c: number, step: Step, layer: number | null): Term[] {
  const products = productsOf(termsOf(layer));
  const found = [1, -1].flatMap((sign) =>
    products.flatMap((above) =>
      products.flatMap((below) => {
        const value = (sign * above.term.of(step)) / below.term.of(step);
        if (!(Math.abs(value - c) <= 1e-9 * Math.abs(c))) return [];
        const text = below.terms === 0 ? above.term.text : `${above.term.text} / ${bracketed(below)}`;
        return [
          {
            text: sign < 0 ? `-${text}` : text,
            of: (at: Step) => (sign * above.term.of(at)) / below.term.of(at),
            terms: above.terms + below.terms,
          },
        ];
      }),
    ),
  );
  const fewest = Math.min(3, ...found.map(({ terms: count }) => count));
  return found.filter(({ terms: count }) => count === fewest).slice(0, 3);
}

const bracketed = ({ term, terms: count }: { term: Term; terms: number }): string =>
  count > 1 ? `(${term.text})` : term.text;
