import { setImmediate } from 'node:timers/promises';
import type { DataFacts, Sources } from '../datasets/dataset.ts';
import { datasetEntry, loadData } from '../datasets/index.ts';
import { fittedRows } from '../datasets/split.ts';
import { UserError } from '../errors.ts';
import { losses } from '../nn/losses.ts';
import { checkSchedule, compileSchedule, type Schedule } from '../nn/schedules.ts';
import { featureCount, sharedSeed } from '../trial/config.ts';
import { checkTargets } from '../trial/prepare.ts';
import { trialMemory, trialWeights } from '../trial/size.ts';
import { solverEntry } from '../trial/solvers/index.ts';
import type { TrialConfig } from '../trial/trial.ts';

const maxGibibytes = 4;
/** More features than any of the solvers can use in a reasonable time. */
const mostTerms = 100_000;

/** Checks of trials before anything is trained. What many trials have in common is checked once. Errors: UserError. */
export function createTrialChecks(sources: Sources) {
  const targets = createTargetCheck(sources);
  const rates = createScheduleCheck();
  return {
    /** What can differ between trials that differ in their seed alone. */
    targets,
    async all(config: TrialConfig, facts: DataFacts): Promise<void> {
      checkFeatures(config, facts);
      checkMemory(config, facts);
      await targets(config);
      await rates(config);
    },
  };
}

/** Polynomials have a bounded number of terms, and divisors need pixels. */
function checkFeatures({ data, features }: TrialConfig, { columns }: DataFacts): void {
  const { basis, degree, scale } = features;
  if ((scale === 'pixels' || scale === 'max') && !datasetEntry(data.dataset).hasPixels) {
    throw new UserError({
      what: `{scale} ${scale} is for images`,
      expected: 'none, standard or minmax for these data',
      received: scale,
      remedy: 'use {scale} standard',
    });
  }
  const terms = featureCount(features, columns);
  if (basis === 'none' || terms <= mostTerms) return;
  throw new UserError({
    what: `a polynomial of degree ${degree} in ${columns} inputs has too many terms with {basis} ${basis}`,
    expected: `at most ${mostTerms} terms`,
    received: Number.isSafeInteger(terms) ? terms : terms.toPrecision(2),
    remedy: `lower {degree}, ${basis === 'product' ? 'use {basis} total' : 'use fewer inputs'}, or {basis} none`,
  });
}

/** Rejects a trial that needs too much memory, before anything is trained. */
function checkMemory(config: TrialConfig, facts: DataFacts): void {
  const gibibytes = trialMemory(config, facts) / 2 ** 30;
  if (gibibytes <= maxGibibytes) return;
  const { trainRows, testRows } = config.split;
  const { columns } = facts;
  throw new UserError({
    what: `a trial would need about ${gibibytes.toFixed(1)} GiB of memory`,
    expected: `at most ${maxGibibytes} GiB`,
    received: `${trainRows + testRows} rows of ${columns} columns, ${trialWeights(config, columns)} weights`,
    remedy: `lower {samples}, {degree}, {hidden}, {maxNodes} or {batchSize}${
      datasetEntry(config.data.dataset).hasPixels ? ', or use smaller images' : ''
    }`,
  });
}

/**
 * Checks the targets of the rows that losses for targets in a range are trained on, once for all trials with the same. Returns null where
 * there is nothing to wait for, which a plan of a million trials need not do.
 */
function createTargetCheck(sources: Sources): (config: TrialConfig) => Promise<void> | null {
  const checked = new Set<string>();
  return (config) => {
    const { model, data, split, features } = config;
    const loss = solverEntry(model.solver).loss(model);
    if (losses[loss].targets === null) return null;
    const { centerTargets, scaleTargets } = features;
    const dataSeed = sharedSeed(config, 'data');
    const seeds = [dataSeed, sharedSeed(config, 'split')];
    const key = JSON.stringify([data, seeds, split, centerTargets, scaleTargets, loss]);
    if (checked.has(key)) return null;
    return loadData(data, dataSeed, sources).then((rows) => {
      checkTargets(rows, config, loss);
      checked.add(key);
    });
  };
}

/** Compiles each schedule once and checks each of its rates once. */
function createScheduleCheck(): (config: TrialConfig) => Promise<void> {
  const compiled = new Map<string, Schedule>();
  const checked = new Set<string>();
  return async ({ model, split }) => {
    if (!('schedule' in model)) return;
    const { schedule: text, learningRate, epochs, batchSize } = model;
    const steps = Math.floor(fittedRows(split) / batchSize);
    const key = JSON.stringify([text, learningRate, epochs, steps]);
    if (checked.has(key)) return;
    let schedule = compiled.get(text);
    if (schedule === undefined) {
      schedule = await compileSchedule(text);
      compiled.set(text, schedule);
    }
    await checkSchedule(text, schedule, learningRate, epochs, steps);
    checked.add(key);
    await setImmediate(); // also yield between many short checks, so that Ctrl-C works
  };
}
