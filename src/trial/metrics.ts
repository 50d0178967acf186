import { type LossName, losses } from '../nn/losses.ts';
import { type MetricName, metricNames, metrics, scoredMetricNames, type Task } from '../stats/metrics.ts';
import type { ScaleName } from '../stats/scales.ts';
import { selectedMetrics } from './fit.ts';
import type { TrialRecord } from './trial.ts';

/** A result of a trial: a column of trials.csv. */
export interface MetricColumn {
  readonly name: string;
  /** Its name in tables and figures. */
  readonly title: string;
  readonly description: string;
  /** Whether lower or higher is better; null if neither is. */
  readonly better: 'lower' | 'higher' | null;
  /** The lowest and the highest value that it can have. */
  readonly domain: readonly [number, number];
  /** The scale on which its values over many seeds are nearly normal. */
  readonly scale: ScaleName;
  /** Its value in a record; null if there is none. */
  readonly read: (record: TrialRecord) => number | null;
}

const nonNegative = [0, Number.POSITIVE_INFINITY] as const;

const fromMetrics = (name: string) => (record: TrialRecord) => record.metrics[name] ?? null;

const rowsOfSplit = {
  train: 'the training rows',
  test: 'the test rows',
  validation: 'the validation rows (mean over the folds of a cross-validation)',
};

/** A metric of one split after the last epoch. */
function finalMetric(split: keyof typeof rowsOfSplit, metric: MetricName): MetricColumn {
  const { title, description, better, domain, scale } = metrics[metric];
  const name = `${split}_${metric}`;
  return {
    name,
    title: `${split} ${title}`,
    description: `${description} on ${rowsOfSplit[split]} after the last epoch`,
    better,
    domain,
    scale,
    read: fromMetrics(name),
  };
}

/** How much a metric of the validation rows differs between the folds of a cross-validation. */
function foldSpread(metric: MetricName): MetricColumn {
  const name = `validation_${metric}_sd`;
  const { title } = metrics[metric];
  return {
    name,
    title: `validation ${title}, sd over folds`,
    description: `standard deviation of the validation ${title} over the folds of a cross-validation`,
    better: 'lower',
    domain: nonNegative,
    scale: 'log',
    read: fromMetrics(name),
  };
}

/** The best value over the epochs, and its epoch. */
function bestMetric(metric: MetricName): MetricColumn[] {
  const { title, better, domain, scale } = metrics[metric];
  const extreme = better === 'lower' ? 'lowest' : 'highest';
  const name = `best_test_${metric}`;
  return [
    {
      name,
      title: `best test ${title}`,
      description: `${extreme} test ${title} over the epochs; with validation rows or folds, the one at the best epoch`,
      better,
      domain,
      scale,
      read: fromMetrics(name),
    },
    {
      name: 'best_epoch',
      title: 'best epoch',
      description:
        `epoch (from 1) of the ${extreme} ${title} on the validation rows or on average over the folds, or on the test rows ` +
        'without them; where each fold stopped early, the mean of their best epochs',
      better: null,
      domain: nonNegative,
      scale: 'plain',
      read: fromMetrics('best_epoch'),
    },
  ];
}

/** The best value on the validation rows. */
function bestValidation(metric: MetricName): MetricColumn {
  const { title, better, domain, scale } = metrics[metric];
  const name = `best_validation_${metric}`;
  return {
    name,
    title: `best validation ${title}`,
    description: `validation ${title} at the best epoch`,
    better,
    domain,
    scale,
    read: fromMetrics(name),
  };
}

const epochsRun: MetricColumn = {
  name: 'epochs_run',
  title: 'epochs run',
  description: 'epochs after which early stopping ended the training',
  better: null,
  domain: nonNegative,
  scale: 'plain',
  read: fromMetrics('epochs_run'),
};

/** The parts of a metric's bootstrap summary, with the suffixes of their column names. */
const parts = [
  { end: '', part: 'mean', title: 'mean', what: 'mean of' },
  { end: '_sd', part: 'standardDeviation', title: 'sd', what: 'standard deviation of' },
  { end: '_low', part: 'low', title: '2.5 %', what: '2.5 % percentile of' },
  { end: '_high', part: 'high', title: '97.5 %', what: '97.5 % percentile of' },
] as const;

function bootstrapped(metric: MetricName): MetricColumn[] {
  const { title, better, domain, scale } = metrics[metric];
  return parts.map((one) => ({
    name: `bootstrap_${metric}${one.end}`,
    title: `test ${title}, bootstrap ${one.title}`,
    description: `${one.what} the test ${title} over the bootstrap resamples`,
    better: one.part === 'standardDeviation' ? 'lower' : better,
    domain: one.part === 'standardDeviation' ? nonNegative : domain,
    scale: one.part === 'standardDeviation' ? 'log' : scale,
    read: ({ bootstrap }) => bootstrap?.[metric]?.[one.part] ?? null,
  }));
}

/** The parts of the expected squared error, of trials whose bootstrap is `bias-variance`. */
export const errorParts: readonly MetricColumn[] = (
  [
    ['expected_error', 'expected error', 'bias^2 + variance + noise'],
    [
      'bias_squared',
      'bias^2',
      "mean square of the refits' mean prediction minus the target without noise; minus the target where that is not " +
        'known, so that it includes the noise',
    ],
    ['variance', 'variance', 'mean variance of the predictions over the refits'],
    ['noise_variance', 'noise', 'mean square of the noise of the test targets; empty if it is not known'],
  ] as const
).map(([name, title, description]) => ({
  name,
  title,
  description: `${description} (bootstrap method bias-variance)`,
  better: 'lower',
  domain: nonNegative,
  scale: 'log',
  read: fromMetrics(name),
}));

/** How solvers with a tolerance ended. */
const convergenceColumns: MetricColumn[] = [
  {
    name: 'converged',
    title: 'converged',
    description: '1 if a solver with a tolerance reached it, 0 if it did not',
    better: 'higher',
    domain: [0, 1],
    scale: 'plain',
    read: fromMetrics('converged'),
  },
  {
    name: 'iterations',
    title: 'iterations',
    description: 'iterations of that solver',
    better: null,
    domain: nonNegative,
    scale: 'plain',
    read: fromMetrics('iterations'),
  },
];

/** Additional columns if coordinate descent can be the solver. */
const lassoColumns: MetricColumn[] = [
  ...convergenceColumns,
  {
    name: 'nonzero',
    title: 'coefficients that are not 0',
    description: 'coefficients that coordinate descent did not set to 0',
    better: null,
    domain: nonNegative,
    scale: 'plain',
    read: fromMetrics('nonzero'),
  },
];

/** Additional columns if L-BFGS can be the solver. */
const lbfgsColumns: MetricColumn[] = [
  {
    name: 'gradient_norm',
    title: 'gradient norm',
    description: "largest component of the objective's gradient on the training rows when L-BFGS ended",
    better: 'lower',
    domain: nonNegative,
    scale: 'log',
    read: fromMetrics('gradient_norm'),
  },
  {
    name: 'no_optimum',
    title: 'no optimum',
    description:
      '1 if L-BFGS has no finite optimum: without penalty, it classifies every training row correctly; else 0',
    better: 'lower',
    domain: [0, 1],
    scale: 'plain',
    read: fromMetrics('no_optimum'),
  },
];

function columnsOfTask(task: Task): MetricColumn[] {
  const names = scoredMetricNames(task);
  const ofLosses = metricNames(task).filter((name) => metrics[name].score === null);
  const selected = selectedMetrics(task).flatMap(bestMetric);
  return [
    ...names.flatMap((name) => [finalMetric('train', name), finalMetric('test', name)]),
    ...selected.filter(({ name }, index) => selected.findIndex((other) => other.name === name) === index),
    ...(task === 'regression' ? [...names.flatMap(bootstrapped), ...errorParts] : convergenceColumns),
    ...ofLosses.flatMap((name) => [finalMetric('train', name), finalMetric('test', name)]),
    ...[...names, ...ofLosses].flatMap((name) => [finalMetric('validation', name), foldSpread(name)]),
    ...selectedMetrics(task).map(bestValidation),
    epochsRun,
  ];
}

const columns: Record<Task, readonly MetricColumn[]> = {
  regression: columnsOfTask('regression'),
  classification: columnsOfTask('classification'),
};

const byName = new Map(
  [...columns.regression, ...columns.classification, ...lassoColumns, ...lbfgsColumns].map((column) => [
    column.name,
    column,
  ]),
);

/** The columns that some experiment has. */
export const metricColumnNames: readonly string[] = [...byName.keys()];

/** The results of an experiment's trials, in the order of their columns. */
export function metricsOf({
  task,
  settings,
}: {
  readonly task: Task;
  readonly settings: object;
}): readonly MetricColumn[] {
  if ('kktTolerance' in settings) return [...columns[task], ...lassoColumns];
  return 'maxIterations' in settings ? [...columns[task], ...lbfgsColumns] : columns[task];
}

/** Whether any trial's record can have a metric of that name. */
export function isMetric(name: string): boolean {
  return byName.has(name);
}

/** The metrics that are measured after epochs with some of the losses, in the order of the table. */
export function curveMetrics(names: readonly LossName[]): MetricName[] {
  const measured = names.flatMap((name): (MetricName | undefined)[] => [
    losses[name].metric,
    losses[name].second?.metric,
  ]);
  return metricNames().filter((name) => measured.includes(name));
}

/** A column by name. Errors: an unknown name. */
export function metricColumn(name: string): MetricColumn {
  const column = byName.get(name);
  if (column === undefined) throw new Error(`there is no metric ${name}`);
  return column;
}

/** The value of a metric in a record; null if there is none. */
export function metricOf(record: TrialRecord, name: string): number | null {
  return byName.get(name)?.read(record) ?? null;
}
