import { defineExperiment, presets } from '../src/experiment/index.ts';

/** Figure 6: the network of Figure 5, learning rate x lambda. */
export default defineExperiment({
  name: 'grid-search ffnn',
  title: 'Feed-forward network: lambda x learning rate',
  figure: 'Figure 6',
  expected: 'best test MSE about 0.046, R2 about 0.68, at learning rate 0.1 and lambda 1e-4',
  examples: [
    ['{learningRate} "geomspace(1e-3,1,7)" {lambda} 0,1e-4', 'a finer grid'],
    ['{search} sobol {trials} 30 {hidden} "int(5,50)"', 'a search in a range'],
    ['{learningRate} "geomspace(1e-4,1,9)" {halving}', 'bad settings are stopped early'],
    ['{activation} sigmoid {epochs} 200', "the report's grid for another network"],
  ],
  dataset: 'franke',
  references: presets.networkReferences,
  settings: {
    ...presets.frankeSettings,
    ...presets.sgdSettings,
    ...presets.oneHiddenLayer,
    kernelInit: 'random_normal',
    lambda: [1e-4, 1e-3, 1e-2, 1e-1],
    learningRate: [1e-4, 1e-3, 1e-2, 1e-1],
  },
  text: presets.frankeText,
  quick: { epochs: 20 },
  layout: { rows: 'lambda', columns: 'learningRate', metrics: ['bootstrap_mse', 'bootstrap_r2'] },
});
