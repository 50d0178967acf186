import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allExperiments } from '../../experiments/index.ts';
import { fixedSeed, hostileJson, mutated, valueOrRefusal } from '../hostile.testing.ts';
import { defineOwn, type Experiment, type ExperimentDefinition } from './define.ts';
import { experimentFrom, keptOf } from './definition.ts';
import { describePlan } from './describe.ts';
import { planExperiment } from './plan.ts';

/** An experiment of the user's with the settings and layout of one of the program's. */
function asOwn({ settings, layout, ...experiment }: Experiment): Experiment {
  const { rows, columns, chosen, curves, metrics } = layout;
  const shown = { rows, columns, chosen, curves, metrics: metrics.map(({ name }) => name) };
  const definition = { ...experiment, name: 'mine', figure: null, settings, layout: shown };
  return defineOwn(definition as unknown as ExperimentDefinition, 'run mine.yaml');
}

/** As it is after a manifest was written and read. */
const written = (experiment: Experiment): Record<string, object> =>
  JSON.parse(JSON.stringify(keptOf(experiment)));

test.each(allExperiments.map((experiment) => [experiment.name, experiment] as const))(
  'what a manifest keeps of %s, were it the user’s, makes it again',
  (_name, experiment) => {
    const own = asOwn(experiment);
    const again = experimentFrom(written(own), own.command)!;
    expect(written(again)).toEqual(written(own));
    expect(again).toMatchObject({ command: 'run mine.yaml', task: own.task, layout: own.layout });
    expect(Object.keys(again.settings)).toEqual(Object.keys(own.settings));
  },
);

test('the metrics that validation adds are not part of what is kept', async () => {
  const [ols] = allExperiments;
  const choices = { variant: 'code', quick: false, given: { validationSize: [0.2], epochs: [1] } } as const;
  const plan = await planExperiment(asOwn(ols), choices, { dataDir: null });
  expect(plan.experiment.layout.metrics).not.toEqual(ols.layout.metrics);
  expect(keptOf(plan.experiment)).toEqual(keptOf(asOwn(ols)));
});

test("an experiment of the user's is no figure of the report, whatever its settings", async () => {
  const [ols] = allExperiments;
  const choices = { variant: 'code', quick: false, given: {} } as const;
  const planned = (experiment: Experiment) => planExperiment(experiment, choices, { dataDir: null });
  expect(describePlan(await planned(ols)).figure).toBe('Figure 3');
  expect(describePlan(await planned(asOwn(ols))).figure).toBeNull();
});

test("the program's own experiments are not kept: manifests name them", () => {
  for (const experiment of allExperiments) expect(keptOf(experiment)).toBeNull();
});

describe('what is no definition is refused', () => {
  const good = written(asOwn(allExperiments[0]));
  test.each<[string, unknown]>([
    ['nothing', null],
    ['an unknown dataset', { ...good, dataset: 'nosuch' }],
    ['a task that is none', { ...good, task: 'clustering' }],
    ['an unknown setting', { ...good, settings: { ...good.settings, nosuch: [1] } }],
    ['an unknown metric', { ...good, layout: { ...good.layout, metrics: ['nosuch'] } }],
    ['a metric of the other task', { ...good, layout: { ...good.layout, metrics: ['test_accuracy'] } }],
    ['an axis that is no setting of it', { ...good, layout: { ...good.layout, rows: 'hidden' } }],
    ['a setting without values', { ...good, settings: { ...good.settings, seed: [] } }],
  ])('%s', (_name, kept) => {
    expect(experimentFrom(kept, 'x')).toBeNull();
  });

  test('whatever it is, nothing is thrown', async () => {
    const property = fc.asyncProperty(fc.oneof(mutated(good), hostileJson), async (kept) => {
      await valueOrRefusal(() => experimentFrom(kept, 'x'));
    });
    await fc.assert(property, { seed: fixedSeed, numRuns: 500 });
  });
});
