import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OptionName, Settings } from '../experiment/options.ts';
import { packageFolder } from '../output/version.ts';

/** One number that the report prints, and where a run has its counterpart. */
export interface PublishedNumber {
  readonly experiment: string;
  readonly figure: string;
  /** The cell: what its settings are. Several cells fit where the number is the best of them. */
  readonly settings: Settings;
  /** Take the lowest of the cells that fit. */
  readonly best: boolean;
  /** A column of trials.csv. */
  readonly metric: string;
  readonly published: number;
  /** false where the number was read off a curve. */
  readonly printed: boolean;
}

/** The report's own number for a metric of one cell of the experiment; null where it has none. */
export async function publishedOf(
  experiment: string,
): Promise<(metric: string, settings: Settings) => number | null> {
  const numbers = (await publishedNumbers()).filter(
    (number) => number.experiment === experiment && !number.best,
  );
  return (metric, settings) => {
    const found = numbers.find(
      (number) =>
        number.metric === metric &&
        Object.entries(number.settings).every(([name, value]) => settings[name as OptionName] === value),
    );
    return found?.published ?? null;
  };
}

type Grid = readonly (readonly number[])[];

interface PublishedFile {
  learning_rates: number[];
  ols_grid: { batch_sizes: number[] } & Record<'constant' | 'decay', { mse: Grid; r2: Grid }>;
  ridge_grid: { lambdas: number[]; mse: Grid; r2: Grid };
  ols_reference: { normal_equations: { mse: number; r2: number } };
  ffnn_verification: { final_test_mse: number; final_train_mse: number };
  ffnn_grid: { lambdas: number[]; mse: Grid; r2: Grid };
  activations: {
    best: { activation: string; kernel_init: string; test_mse: number };
    final_test_mse_read_off_curve: Record<string, Record<string, number>>;
  };
  randomnet: { best_test_mse: number };
  mnist_ffnn: { final_test_accuracy_exact: number; final_test_cross_entropy: number };
  mnist_logistic: {
    lambdas: number[];
    final_test_accuracy: Record<string, number>;
    final_test_accuracy_read_off_curve: Record<string, number>;
    final_test_cross_entropy_read_off_curve: Record<string, number>;
  };
}

/** The numbers of data/published.json in the report's order. */
export async function publishedNumbers(): Promise<PublishedNumber[]> {
  const file: PublishedFile = JSON.parse(await readFile(join(packageFolder, 'data/published.json'), 'utf8'));
  const { ols_grid: ols, ridge_grid: ridge, ffnn_grid: ffnn, learning_rates: rates } = file;
  const lastBatch = ols.batch_sizes.length - 1;
  const batchSizes = ols.batch_sizes.map((size, index) => (index === lastBatch ? 'all' : size));
  const grid = (experiment: string, figure: string, row: 'batchSize' | 'lambda', fixed: Settings) => {
    const rows = row === 'batchSize' ? batchSizes : ridge.lambdas;
    return (metric: string, values: Grid): PublishedNumber[] =>
      values.flatMap((line, i) =>
        line.map((published, j) => ({
          ...{ experiment, figure, metric, published, best: false, printed: true },
          settings: { ...fixed, [row]: rows[i], learningRate: rates[j] },
        })),
      );
  };
  const olsGrid = (schedule: 'constant' | 'decay') => {
    const numbers = grid('grid-search ols', 'Figure 3', 'batchSize', { solver: 'sgd', schedule });
    return [...numbers('bootstrap_mse', ols[schedule].mse), ...numbers('bootstrap_r2', ols[schedule].r2)];
  };
  const ridgeGrid = grid('grid-search ridge', 'Figure 4', 'lambda', { solver: 'sgd' });
  const ffnnGrid = grid('grid-search ffnn', 'Figure 6', 'lambda', {});
  const one = (
    experiment: string,
    figure: string,
    settings: Settings,
    metric: string,
    published: number,
    kind: { best?: boolean; printed?: boolean } = {},
  ): PublishedNumber => ({
    experiment,
    figure,
    settings,
    metric,
    published,
    best: false,
    printed: true,
    ...kind,
  });
  const closedForm = { solver: 'closed-form' };
  const read = { printed: false };
  const { activations, mnist_logistic: logistic } = file;
  const byLambda = (lambda: number, metric: string, values: Record<string, number>) =>
    ['logistic', 'Figure 9', { lambda }, metric, values[lambda]] as const;
  return [
    ...olsGrid('constant'),
    ...olsGrid('decay'),
    one('grid-search ols', 'text', closedForm, 'bootstrap_mse', file.ols_reference.normal_equations.mse),
    one('grid-search ols', 'text', closedForm, 'bootstrap_r2', file.ols_reference.normal_equations.r2),
    ...ridgeGrid('bootstrap_mse', ridge.mse),
    ...ridgeGrid('bootstrap_r2', ridge.r2),
    one('ffnn', 'Figure 5', {}, 'train_mse', file.ffnn_verification.final_train_mse, read),
    one('ffnn', 'Figure 5', {}, 'test_mse', file.ffnn_verification.final_test_mse, read),
    ...ffnnGrid('bootstrap_mse', ffnn.mse),
    ...ffnnGrid('bootstrap_r2', ffnn.r2),
    ...Object.entries(activations.final_test_mse_read_off_curve).flatMap(([activation, byInit]) =>
      Object.entries(byInit).map(([kernelInit, value]) =>
        one('activations', 'Figure 7', { activation, kernelInit }, 'test_mse', value, read),
      ),
    ),
    one('activations', 'text', {}, 'best_test_mse', activations.best.test_mse, { best: true }),
    one('randomnet', 'text', {}, 'test_mse', file.randomnet.best_test_mse, { best: true }),
    one('mnist', 'Figure 8', {}, 'test_accuracy', file.mnist_ffnn.final_test_accuracy_exact),
    one('mnist', 'Figure 8', {}, 'test_cross_entropy', file.mnist_ffnn.final_test_cross_entropy, read),
    ...logistic.lambdas.map((lambda) => {
      const printed = logistic.final_test_accuracy[lambda];
      return printed === undefined
        ? one(...byLambda(lambda, 'test_accuracy', logistic.final_test_accuracy_read_off_curve), read)
        : one('logistic', 'Figure 9', { lambda }, 'test_accuracy', printed);
    }),
    ...logistic.lambdas.map((lambda) =>
      one(...byLambda(lambda, 'test_cross_entropy', logistic.final_test_cross_entropy_read_off_curve), read),
    ),
  ];
}
