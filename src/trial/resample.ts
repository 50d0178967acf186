import { createRng } from '../math/rng.ts';
import type { Samples } from '../nn/samples.ts';
import { createDecomposition, type Decomposed } from '../stats/bias-variance.ts';
import { type Bootstrapped, bootstrapTest, createResamples } from '../stats/bootstrap.ts';
import type { MetricName } from '../stats/metrics.ts';
import { type Fit, inOwnUnit } from './fit.ts';
import type { Prepared } from './prepare.ts';
import { solverEntry } from './solvers/index.ts';
import type { FitSeeds } from './solvers/solver.ts';
import type { TrialConfig } from './trial.ts';

/** What resampling adds to a record. */
export interface Resampled {
  readonly bootstrap: Bootstrapped | null;
  /** The parts of the expected error, by their columns of trials.csv; empty if they are not wanted. */
  readonly parts: Readonly<Record<string, number | null>>;
}

/** Test scores over resamples of the test rows, or of the training rows with a new fit for each resample. */
export async function resample(
  data: Prepared,
  { bootstrap: wanted, model }: TrialConfig,
  seeds: FitSeeds & { readonly bootstrap: number },
  { predictions }: Fit,
): Promise<Resampled> {
  if (wanted === null || predictions === null) return { bootstrap: null, parts: {} };
  const { resamples, method } = wanted;
  const { targets } = data.test;
  if (method === 'test') {
    const scores = bootstrapTest(targets, predictions, resamples, createRng(seeds.bootstrap, 'bootstrap'));
    return { bootstrap: summariesOf(data, scores), parts: {} };
  }
  const refits = createResamples();
  const decomposition = createDecomposition(targets, data.noiseFree ?? null);
  for (let number = 1; number <= resamples; number++) {
    const rng = createRng(seeds.bootstrap, 'bootstrap', number);
    const rows = Int32Array.from({ length: data.train.rows }, () => rng.below(data.train.rows));
    const resampled = { ...data, train: takeRows(data.train, rows) };
    const refit = await solverEntry(model.solver).fit(resampled, model, seeds, {});
    if (refit.predictions === null) return { bootstrap: null, parts: {} };
    refits.add(targets, refit.predictions);
    decomposition.add(refit.predictions);
  }
  const parts = method === 'bias-variance' ? partsOf(data, decomposition.result()) : {};
  return { bootstrap: summariesOf(data, refits.summaries()), parts };
}

/** The parts in the square of the targets' own unit. */
function partsOf(data: Prepared, { expectedError, biasSquared, variance, noise }: Decomposed) {
  const convert = inOwnUnit(data, 'mse');
  return {
    expected_error: convert(expectedError),
    bias_squared: convert(biasSquared),
    variance: convert(variance),
    noise_variance: noise === null ? null : convert(noise),
  };
}

/** The summaries in the targets' own unit. */
function summariesOf(data: Prepared, summaries: Bootstrapped): Bootstrapped {
  const converted = Object.entries(summaries).map(([name, summary]) => {
    const convert = inOwnUnit(data, name as MetricName);
    const parts = Object.entries(summary ?? {}).map(([part, value]) => [part, value && convert(value)]);
    return [name, summary === null ? null : Object.fromEntries(parts)];
  });
  return Object.fromEntries(converted);
}

/** Dense rows of a regression by index. */
function takeRows({ rows, inputs, targets }: Samples, indices: Int32Array): Samples {
  const dense = inputs as Float64Array;
  const columns = dense.length / rows;
  const taken = new Float64Array(indices.length * columns);
  indices.forEach((row, n) => {
    taken.set(dense.subarray(row * columns, (row + 1) * columns), n * columns);
  });
  return { rows: indices.length, inputs: taken, targets: Float64Array.from(indices, (row) => targets[row]) };
}
