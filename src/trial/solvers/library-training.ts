import { type TrainingConfig, trainingDefaults, trainingReads } from './sgd.ts';
import { layerWeights } from './solver.ts';

/** What the solvers share that train the network of an SgdConfig with another library, for all of its epochs. */
export const ofLibraryTraining = {
  comparedWith: 'sgd' as const,
  options: {},
  reads: trainingReads.filter((name) => !['dtype', 'solver', 'earlyStopping'].includes(name)),
  fits: () => true,
  defaults: trainingDefaults,
  sparse: true,
  loss: ({ loss }: TrainingConfig) => loss,
  epochs: ({ epochs }: TrainingConfig) => epochs,
  curves: true,
  weights: ({ layers }: TrainingConfig, inputs: number) => layerWeights(layers, inputs),
  usualEpochs: null,
};
