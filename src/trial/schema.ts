import { z } from 'zod';
import { datasets, taskOf } from '../datasets/index.ts';
import { centerings, scalings, targetScalings } from '../datasets/scale.ts';
import { fittedRows, splitMethods } from '../datasets/split.ts';
import { UserError } from '../errors.ts';
import { givenInit } from '../nn/initializers.ts';
import { losses } from '../nn/losses.ts';
import { plainIssue } from '../parsing/plain-issue.ts';
import { bases } from '../regression/polynomial.ts';
import { bootstrapMethods, ignoresCentering, numerics, seededPurposes, streamChoices } from './config.ts';
import { solverEntry, solvers } from './solvers/index.ts';
import type { TrialConfig } from './trial.ts';

const count = z.int().min(1);

const dataConfigs = Object.entries(datasets).map(([name, { schema }]) =>
  z.strictObject({ dataset: z.literal(name), ...schema(z) }),
);
const models = Object.entries(solvers).map(([name, { schema }]) =>
  z.strictObject({ solver: z.literal(name), ...schema(z) }),
);

const trialConfig = z
  .strictObject({
    numerics: z.literal(numerics),
    seed: z.int().min(0),
    streams: z.enum(streamChoices).optional(),
    coefficients: z.boolean().optional(),
    seeds: z.partialRecord(z.enum(Object.values(seededPurposes)), z.int().min(0)).optional(),
    data: z.discriminatedUnion('dataset', dataConfigs as [(typeof dataConfigs)[number]]),
    split: z.strictObject({
      method: z.enum(splitMethods),
      trainRows: count,
      testRows: count,
      validationRows: z.int().min(0).optional(),
      folds: z
        .int()
        .refine((folds) => folds === 0 || folds >= 2, '0, or at least 2')
        .optional(),
      stratified: z.boolean().optional(),
    }),
    features: z.strictObject({
      scale: z.enum(scalings),
      basis: z.enum(['none', ...bases]),
      degree: z.int().min(0).max(40).nullable(),
      center: z.enum(centerings),
      centerTargets: z.boolean(),
      scaleTargets: z.enum(targetScalings).optional(),
    }),
    model: z.discriminatedUnion('solver', models as [(typeof models)[number]]),
    bootstrap: z.strictObject({ resamples: z.int().min(2), method: z.enum(bootstrapMethods) }).nullable(),
  })
  .superRefine((parsed, context) => {
    const { model, split, features, bootstrap, data } = parsed as unknown as TrialConfig;
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: path.split('.'), message });
    if ((features.basis === 'none') !== (features.degree === null)) {
      refuse('features.degree', 'a degree with a polynomial basis, or null with none');
    }
    if (parsed.coefficients === true && 'layers' in model && model.layers.length > 1)
      refuse('coefficients', 'false for a network with hidden layers');
    const { scaleTargets = 'none' } = features;
    if (features.center !== 'none' && ignoresCentering(features))
      refuse('features.center', `none: ${features.scale} inputs are the same with and without it`);
    if (features.centerTargets && scaleTargets !== 'none')
      refuse('features.centerTargets', `false: ${scaleTargets} targets are the same with and without it`);
    const task = taskOf(data);
    const loss = solverEntry(model.solver).loss(model);
    if (losses[loss].task !== task) {
      refuse('loss' in model ? 'model.loss' : 'model.solver', `one for ${task}`);
    }
    if (task === 'regression' && split.stratified === true)
      refuse('split.stratified', 'false for regression, which has no classes');
    if (task === 'classification') {
      if (bootstrap !== null) refuse('bootstrap', 'null for classification, which has no resampled scores');
      if (features.centerTargets)
        refuse('features.centerTargets', 'false for classification: labels have no mean');
      if (scaleTargets !== 'none')
        refuse('features.scaleTargets', 'none for classification: labels have no scale');
    }
    if ('layers' in model) {
      const isGiven = 'initialWeights' in model && model.initialWeights !== undefined;
      model.layers.forEach(({ kernelInit, biasInit }, index) => {
        if ((kernelInit === givenInit) !== isGiven)
          refuse(`model.layers.${index}.kernelInit`, isGiven ? givenInit : 'an initialiser');
        if (biasInit !== null && (biasInit === givenInit) !== isGiven)
          refuse(
            `model.layers.${index}.biasInit`,
            isGiven ? `${givenInit} or null` : 'an initialiser or null',
          );
      });
      const { output, anyOutput } = losses[loss];
      const last = model.layers.length - 1;
      if (model.layers[last].dropout !== undefined)
        refuse(`model.layers.${last}.dropout`, 'none in the output layer');
      model.layers.forEach(({ activation, units }, index) => {
        if (index < last && activation === 'softmax')
          refuse(
            `model.layers.${index}.activation`,
            'an activation of hidden layers: softmax is for the output',
          );
        if (index < last) return;
        if (activation !== output && (!anyOutput || activation === 'softmax'))
          refuse(`model.layers.${index}.activation`, `${output}, the output of ${loss}`);
        if (task === 'regression' && units !== losses[loss].units(1))
          refuse(`model.layers.${index}.units`, 'one output for a regression');
      });
    }
    if ('delta' in model && losses[loss].withDelta === null)
      refuse('model.delta', `none: ${loss} has no width`);
    if ('batchSize' in model && model.batchSize > fittedRows(split))
      refuse('model.batchSize', `at most ${fittedRows(split)} training rows`);
  });

/** Validates a config from outside, key by key. Unknown keys are errors. Errors: UserError that names the key. */
export function checkTrialConfig(config: unknown): TrialConfig {
  const parsed = trialConfig.safeParse(config);
  // The members of the union come from the tables. TypeScript cannot follow their types through zod.
  if (parsed.success) return parsed.data as unknown as TrialConfig;
  const [{ path, message }] = parsed.error.issues;
  const received = path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown>)?.[key],
    config,
  );
  throw new UserError({
    what: `the trial's config is wrong at ${path.length === 0 ? 'the top' : path.join('.')}`,
    expected: plainIssue(message),
    received,
    remedy: 'see TrialConfig in src/trial/trial.ts',
  });
}
