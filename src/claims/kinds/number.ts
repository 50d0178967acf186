import { numberClaim } from '../claim-parts.ts';
import { precisionOf } from '../precision.ts';
import { defineKind } from './kind.ts';

/** A number that the report prints, from one run. */
export const number = defineKind({
  schema: numberClaim,
  expand: ({ decimals, significantDigits, readingError, ...claim }) => [
    { ...claim, ...precisionOf(claim.value, { decimals, significantDigits, readingError }, ['value']) },
  ],
  example: `\
  # number: one printed number, from one run.
  - id: network-mse
    kind: number
    where: Table 1
    says: test MSE of a network with one hidden layer of 20 nodes
    experiment: ffnn
    with: &network # the options of the run; "fys-nn ffnn --help" lists them
      hidden: ["20"]
      epochs: [50]
      samples: [400]
    statistic: test_mse
    value: 0.11
    significantDigits: 2 # or decimals: 3, or readingError: 0.005 for a number read off a curve
`,
});
