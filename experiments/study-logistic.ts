import { defineExperiment, presets } from '../src/experiment/index.ts';

/** The Discussion: "train our model again, for longer, and possibly study the effects of different learning rates". */
export default defineExperiment({
  name: 'study logistic',
  title: 'Logistic regression for longer, by learning rate',
  figure: null,
  expected: 'docs/wished-for.md',
  examples: [
    ['{optimizer} adam {learningRate} 1e-4,1e-3', 'with Adam'],
    ['{batchSize} 50,500 {epochs} 100', 'two batch sizes'],
  ],
  dataset: 'images',
  settings: {
    ...presets.imageSettings,
    ...presets.sgdSettings,
    ...presets.imageStudy,
    kernelInit: 'glorot_uniform',
    outputBiasInit: 'zeros',
    initWeights: 'none',
    batchSize: 50,
    learningRate: [1e-3, 1e-2, 1e-1, 0.5],
    epochs: 200,
  },
  quick: presets.imageQuick,
  layout: { rows: 'learningRate', metrics: presets.classification, curves: ['test'] },
});
