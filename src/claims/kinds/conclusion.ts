import { conclusionClaim } from '../claim-parts.ts';
import { defineKind } from './kind.ts';

/** Anything that is true or false of the quantities of one seed. */
export const conclusion = defineKind({
  schema: conclusionClaim,
  expand: (claim) => [claim],
  example: `\
  # conclusion: any condition on quantities of one run, with and, or, not, abs(...) and so on.
  - id: network-fits-better-than-it-predicts
    kind: conclusion
    where: section 4
    says: the training error of the network is lower, by less than 20 %
    quantities:
      train: { experiment: ffnn, with: *network, statistic: train_mse }
      test: { experiment: ffnn, with: *network, statistic: test_mse }
    holds: train < test and test < 1.2 * train
`,
});
