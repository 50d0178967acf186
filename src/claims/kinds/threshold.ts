import { z } from 'zod';
import { combinations, common, quantity } from '../claim-parts.ts';
import { defineKind, Misfit } from './kind.ts';

/** What a quantity may be compared with a bound by, as it is written, and in a condition. */
const comparisons = { above: '>', atLeast: '>=', below: '<', atMost: '<=' } as const;
const bound = z.number().optional();

const schema = z.strictObject({
  ...common,
  kind: z.literal('threshold'),
  for: combinations,
  ...quantity,
  above: bound.describe('the quantity is above this; one or two bounds are needed'),
  atLeast: bound.describe('above or equal'),
  below: bound.describe('below'),
  atMost: bound.describe('below or equal'),
});

/** A quantity above or below a bound: "more than 95 % accuracy". */
export const threshold = defineKind({
  schema,
  expand: ({
    id,
    where,
    says,
    variant,
    cause,
    for: lists,
    above,
    atLeast,
    below,
    atMost,
    kind: _,
    ...value
  }) => {
    const bounds = Object.entries({ above, atLeast, below, atMost }).filter(
      ([, limit]) => limit !== undefined,
    );
    if (bounds.length === 0) throw new Misfit([], `one of ${Object.keys(comparisons).join(', ')}`);
    const lowest = Math.max(above ?? Number.NEGATIVE_INFINITY, atLeast ?? Number.NEGATIVE_INFINITY);
    const highest = Math.min(below ?? Number.POSITIVE_INFINITY, atMost ?? Number.POSITIVE_INFINITY);
    if (lowest > highest || (lowest === highest && (above === lowest || below === highest))) {
      throw new Misfit(
        [above === lowest ? 'above' : 'atLeast'],
        `a bound below ${highest}, or nothing lies between both`,
        lowest,
      );
    }
    const holds = bounds.map(
      ([name, limit]) => `value ${comparisons[name as keyof typeof comparisons]} ${limit}`,
    );
    return [
      {
        ...{ id, where, says, variant, cause },
        kind: 'conclusion',
        for: lists,
        quantities: { value },
        holds: holds.join(' and '),
      },
    ];
  },
  example: `\
  # threshold: a quantity above, atLeast, below or atMost a bound.
  - id: network-error-is-low
    kind: threshold
    where: abstract
    says: the test MSE of the network is below 0.2
    experiment: ffnn
    with: *network
    statistic: test_mse
    below: 0.2
`,
});
