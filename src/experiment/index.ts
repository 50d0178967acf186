// What experiments are made of. `src/index.ts` offers the same, with everything else: it is too much for --help to load.
export { type Defaults, defineExperiment, type Experiment, type ShownMetric } from './define.ts';
export { defineFunctions, type FunctionsExperiment } from './functions.ts';
export * as presets from './presets.ts';
