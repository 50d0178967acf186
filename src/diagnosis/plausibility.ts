import type { Mistake } from './mistakes/mistake.ts';

/** How rare mistakes are, by their ids; the first that fits counts. What nothing says is between. */
const rarities: readonly (readonly [RegExp, number])[] = [
  // A value or a line that is simply another.
  [/^(rate|momentum|rho|beta1|beta2|epsilon|weight_decay|clip_norm|l1|l2|delta|slope|alpha)-[\d.]/, 0],
  [/^(rate-over-rows|rate-times-rows|rate-missing)/, 0],
  [/^recorded-/, 0],
  [/^update-(missing|sign|twice|from-initial)/, 0],
  [/^(mse-factor-2|momentum-dampened|penalty-|l2-|optimizer-)/, 0],
  // Activations that nobody takes by accident, and numbers of other types.
  [
    /(activation|derivative)[a-z-]*-(leaky_relu|elu|selu|softsign|arctan|sigmoid-|step|exp|gelu|relu6|swish|silu|mish|softplus)/,
    4,
  ],
  [/derivative[a-z-]*-of-/, 3],
  [/^(forward-)?activation-/, 3],
  [/-broadcast|^broadcast|^integer-|^rounded-|^float/, 3],
];
const usualRarity = 1;
/** Up to this, a mistake is plain; from that on, exotic. */
const plain = 1.5;
const exotic = 3;

/** The rarity of mistakes that are made together; one in part of the layers or weights is a little rarer than in all. */
const rarityOf = (mistakes: readonly Pick<Mistake, 'id'>[]): number =>
  mistakes.reduce((sum, { id }) => {
    const known = rarities.find(([ids]) => ids.test(id));
    return sum + (known?.[1] ?? usualRarity) + (id.includes(':') ? 0.25 : 0);
  }, 0);

/** The most plausible first; equally plausible ones stay in their order. */
export const byPlausibility = <Made extends { readonly mistakes: readonly Pick<Mistake, 'id'>[] }>(
  all: readonly Made[],
): Made[] => all.toSorted((a, b) => rarityOf(a.mistakes) - rarityOf(b.mistakes));

/** Explanations as they are shown. */
export interface Shown<Explained> {
  readonly shown: readonly Explained[];
  /** How many more there are. */
  readonly more: number;
}

/** The most that are shown: more would be no help. */
const mostShown = 4;

/**
 * The explanations that are worth reading, the most plausible first. Those that differ in one word, such as the name of an
 * activation, are one; exotic ones are only counted next to plain ones.
 */
export function shownOf<Explained extends { readonly ids: readonly string[]; readonly title: string }>(
  explanations: readonly Explained[],
): Shown<Explained> {
  const isExotic = ({ ids }: Explained) => rarityOf(ids.map((id) => ({ id }))) >= exotic;
  const isPlain = ({ ids }: Explained) => rarityOf(ids.map((id) => ({ id }))) <= plain;
  const hasPlain = explanations.some(isPlain);
  const worth = explanations.filter((one) => !hasPlain || !isExotic(one));
  const families = new Map<string, Explained[]>();
  for (const one of worth) {
    const family = familyOf(one.ids);
    families.set(family, [...(families.get(family) ?? []), one]);
  }
  const groups = [...families.values()];
  return {
    shown: groups
      .slice(0, mostShown)
      .map((group) => ({ ...group[0], title: joined(group.map(({ title }) => title)) })),
    more: groups.slice(mostShown).length + explanations.length - worth.length,
  };
}

/** Ids without the name of an activation. */
const familyOf = (ids: readonly string[]): string =>
  ids.map((id) => id.replace(/(activation|-of)-[a-z_]+\d?(-[\d.]+)?(?=$|:|-derivative)/, '$1-')).join();

/** Titles as one, with the words in which they differ: "every layer has the activation relu, relu6 or gelu". */
function joined(titles: readonly string[]): string {
  const words = titles.map((title) => title.split(' '));
  const [first] = words;
  const shortest = Math.min(...words.map(({ length }) => length));
  let before = 0;
  while (before < shortest && words.every((one) => one[before] === first[before])) before++;
  let after = 0;
  while (after < shortest - before && words.every((one) => one.at(-1 - after) === first.at(-1 - after)))
    after++;
  const different = [...new Set(words.map((one) => one.slice(before, one.length - after).join(' ')))].filter(
    (text) => text !== '',
  );
  // Titles of different form do not make one sentence.
  if (different.length < 2 || before === 0 || different.some((text) => text.split(' ').length > 5))
    return titles[0];
  const listed =
    different.length > 3
      ? `${different.slice(0, 3).join(', ')} or another one`
      : `${different.slice(0, -1).join(', ')} or ${different.at(-1)}`;
  return [...first.slice(0, before), listed, ...first.slice(first.length - after)].join(' ');
}
