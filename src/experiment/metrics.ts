import type { Dataset } from '../datasets/dataset.ts';
import type { TrialRecord } from '../trial/trial.ts';
import type { Experiment } from './define.ts';

export interface Metric {
  readonly name: string;
  readonly description: string;
}

const spread = (name: string, what: string): Metric[] => [
  { name: `bootstrap_${name}`, description: `mean of ${what} over the bootstrap resamples` },
  { name: `bootstrap_${name}_sd`, description: `standard deviation of ${what} over the resamples` },
  { name: `bootstrap_${name}_low`, description: `2.5 % percentile of ${what} over the resamples` },
  { name: `bootstrap_${name}_high`, description: `97.5 % percentile of ${what} over the resamples` },
];

/** The numbers that a trial ends with, in the order of their columns. */
const metrics: Record<Dataset['task'], readonly Metric[]> = {
  regression: [
    { name: 'train_mse', description: 'mean squared error on the training rows after the last epoch' },
    { name: 'test_mse', description: 'mean squared error on the test rows after the last epoch' },
    { name: 'train_r2', description: 'R2 on the training rows after the last epoch' },
    { name: 'test_r2', description: 'R2 on the test rows after the last epoch' },
    { name: 'best_test_mse', description: 'lowest test MSE over the epochs' },
    { name: 'best_epoch', description: 'epoch (from 1) of the lowest test MSE' },
    ...spread('mse', 'the test MSE'),
    ...spread('r2', 'the test R2'),
  ],
  classification: [
    {
      name: 'train_cross_entropy',
      description: 'mean cross-entropy on the training rows after the last epoch',
    },
    { name: 'test_cross_entropy', description: 'mean cross-entropy on the test rows after the last epoch' },
    { name: 'train_accuracy', description: 'accuracy on the training rows after the last epoch' },
    { name: 'test_accuracy', description: 'accuracy on the test rows after the last epoch' },
    { name: 'best_test_accuracy', description: 'highest test accuracy over the epochs' },
    { name: 'best_epoch', description: 'epoch (from 1) of the highest test accuracy' },
    { name: 'converged', description: '1 where a solver with a tolerance reached it, 0 where it did not' },
    { name: 'iterations', description: 'iterations of that solver' },
  ],
};

/** Beside `converged` and `iterations`, where L-BFGS can be the solver. */
const gradientNorm: Metric = {
  name: 'gradient_norm',
  description: "largest component of the objective's gradient on the training rows where L-BFGS ended",
};

/** The numbers that an experiment's trials end with. */
export function metricsOf({ task, settings }: Experiment): readonly Metric[] {
  return 'maxIterations' in settings ? [...metrics[task], gradientNorm] : metrics[task];
}

/** The value of one metric of a record; null where it has none. */
export function metricOf({ metrics: values, bootstrap }: TrialRecord, name: string): number | null {
  const match = /^bootstrap_(mse|r2)(_sd|_low|_high)?$/.exec(name);
  if (match === null) return values[name] ?? null;
  const summary = bootstrap?.[match[1] as 'mse' | 'r2'];
  if (summary === null || summary === undefined) return null;
  const parts = { _sd: summary.standardDeviation, _low: summary.low, _high: summary.high };
  return match[2] === undefined ? summary.mean : parts[match[2] as keyof typeof parts];
}
