import { defineExperiment, presets } from '../src/experiment/index.ts';

/** Figure 5: one hidden layer of 128 relu nodes on the Franke function, trained for many epochs. */
export default defineExperiment({
  name: 'ffnn',
  title: 'Feed-forward network, MSE per epoch',
  figure: 'Figure 5',
  expected: 'test and training MSE about 0.06',
  examples: [
    ['{hidden} 64-32 {seed} 1..5', 'another network, means of five seeds'],
    ['{formula} "sin(5*x)*y" {noise} 0.5 {learningRate} 0.01', 'a surface of your own'],
  ],
  dataset: 'franke',
  references: presets.networkReferences,
  settings: {
    ...presets.frankeSettings,
    ...presets.sgdSettings,
    ...presets.oneHiddenLayer,
    kernelInit: 'random_normal',
    epochs: 1000,
  },
  text: presets.frankeText,
  quick: { epochs: 200 },
  layout: { metrics: ['train_mse', 'test_mse', 'best_test_mse', 'bootstrap_r2'] },
});
