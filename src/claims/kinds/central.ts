import { z } from 'zod';
import { common, figure, precision, quantity } from '../claim-parts.ts';
import { precisionOf } from '../precision.ts';
import { defineKind } from './kind.ts';

const schema = z.strictObject({
  ...common,
  kind: z.literal('central'),
  figure,
  ...quantity,
  value: z.number().describe('the mean as printed'),
  runs: z.int().min(2).max(1_000_000).describe('of how many runs it is the mean'),
  ...precision,
});

/** A mean over several runs. It is compared with means of as many runs, which vary less than single runs. */
export const central = defineKind({
  schema,
  expand: ({ kind: _, decimals, significantDigits, readingError, ...claim }) => [
    {
      ...claim,
      kind: 'number',
      ...precisionOf(claim.value, { decimals, significantDigits, readingError }, ['value']),
    },
  ],
  example: `\
  # central: a mean over several runs, each with a seed of its own.
  - id: network-mse-mean
    kind: central
    where: Table 1
    says: test MSE of the network, mean of 5 runs
    experiment: ffnn
    with: *network
    statistic: test_mse
    value: 0.114
    runs: 5
    decimals: 3
`,
});
