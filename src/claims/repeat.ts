import { listText } from '../experiment/command-text.ts';
import { flagOf, type OptionName, type Setting } from '../experiment/options.ts';
import { groupBy } from '../output/group-by.ts';
import { type Claim, type Quantity, quantitiesOf } from './claims.ts';

type Lists = Partial<Record<OptionName, readonly Setting[]>>;

/** A run of one experiment that gives the numbers of claims again. */
export interface Repeat {
  readonly experiment: string;
  readonly variant: string;
  /** The options, with their values. */
  readonly lists: Lists;
}

/** The runs that give the quantities of claims again, for one reading: one for each experiment and its `with`. */
export function repeatsOf(
  claims: readonly Claim[],
  variant: string,
  seedsOf: (experiment: string) => readonly number[],
): Repeat[] {
  const selected = claims.flatMap((claim) =>
    quantitiesOf(claim).map((quantity) => ({ quantity, select: selectOf(claim, quantity) })),
  );
  const groups = groupBy(selected, ({ quantity: { experiment, with: given } }) =>
    JSON.stringify([experiment, given]),
  );
  return [...groups.values()].map((members) => {
    const { experiment, with: given = {} } = members[0].quantity;
    const lists = { seed: seedsOf(experiment), ...given, ...union(members.map(({ select }) => select)) };
    return { experiment, variant, lists };
  });
}

/** The command of a run, as arguments of fys-nn. */
export function argumentsOf({ experiment, variant, lists }: Repeat): string[] {
  const { seed, ...others } = lists;
  const options = Object.entries({ ...others, seed }).flatMap(([name, values = []]) => [
    flagOf(name as OptionName),
    listText(values),
  ]);
  return [...experiment.split(' '), ...(variant === 'code' ? [] : ['--variant', variant]), ...options];
}

/** What a quantity selects, with the values of the claim's `for`. */
function selectOf(claim: Claim, { select = {} }: Quantity): Lists {
  const every = 'for' in claim ? claim.for : {};
  const lists = { ...every, ...select } as Record<string, Setting | readonly Setting[]>;
  return Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, [values].flat()]));
}

/** The values of what all of them select: together with all values of the other options, these have every cell. */
function union(selects: readonly Lists[]): Lists {
  const names = Object.keys(selects[0]) as OptionName[];
  return Object.fromEntries(
    names
      .filter((name) => selects.every((select) => select[name] !== undefined))
      .map((name) => [name, [...new Set(selects.flatMap((select) => select[name]!))]]),
  );
}
