import { defineExperiment, presets } from '../src/experiment/index.ts';

/** The Discussion: "it would be interesting to also study the effects of adding momentum", for the network of Figure 7. */
export default defineExperiment({
  name: 'study momentum',
  title: 'Momentum x learning rate',
  figure: null,
  expected: 'docs/wished-for.md',
  examples: [
    ['{nesterov} no,yes {momentum} 0.9', "classical and Nesterov's momentum"],
    ['{activation} sigmoid {epochs} 200', 'the same for a slower network'],
  ],
  dataset: 'franke',
  settings: {
    ...presets.frankeSettings,
    ...presets.sgdSettings,
    ...presets.oneHiddenLayer,
    ...presets.study,
    ...presets.choosing,
    kernelInit: 'glorot_uniform',
    momentum: [0, 0.5, 0.9, 0.99],
    learningRate: [1e-4, 1e-3, 1e-2, 1e-1],
    epochs: 500,
  },
  quick: { epochs: 50, seed: [1, 2] },
  layout: { rows: 'momentum', columns: 'learningRate', chosen: 'learningRate', metrics: ['test_mse'] },
});
