import { defineExperiment, presets } from '../src/experiment/index.ts';

/**
 * The Discussion: "it would therefore be interesting to try different decay schemes", for the linear model of Figure 3. The
 * report's own scheme is `decay`; the others fall by half within tens of epochs, not within the first.
 */
export default defineExperiment({
  name: 'study decay',
  title: 'Decay of the learning rate x learning rate',
  figure: null,
  expected: 'docs/wished-for.md',
  examples: [
    ['{schedule} "eta0/(1+0.1*epoch)" {learningRate} 0.1,0.2', 'one scheme, two rates'],
    ['{batchSize} 10,100 {epochs} 500', 'two batch sizes, longer'],
  ],
  dataset: 'franke',
  settings: {
    ...presets.frankeSettings,
    ...presets.linearModel,
    ...presets.sgdSettings,
    ...presets.study,
    ...presets.choosing,
    solver: 'sgd',
    schedule: [
      'constant',
      'decay',
      'eta0/(1+0.1*epoch)',
      'eta0/sqrt(1+epoch)',
      'eta0*exp(-0.03*epoch)',
      'eta0*0.5^floor(epoch/25)',
    ],
    learningRate: [1e-3, 1e-2, 1e-1, 0.2, 0.3, 0.5],
  },
  quick: { epochs: 50, seed: [1, 2] },
  layout: { rows: 'schedule', columns: 'learningRate', chosen: 'learningRate', metrics: ['test_mse'] },
});
