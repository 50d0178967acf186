import { expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import type { SettingLists } from '../experiment/options.ts';
import { planExperiment } from '../experiment/plan.ts';
import { compareWithPublished, isComparable } from './comparison.ts';
import { comparisonMarkdown, nothingComparable } from './markdown.ts';

async function planOf(name: string, given: SettingLists = {}, quick = false) {
  const experiment = experiments.find((one) => one.name === name)!;
  return planExperiment(experiment, { variant: 'code', quick, given }, { dataDir: null });
}

/** The statuses of an experiment's published numbers, each once. */
async function statuses(plan: Awaited<ReturnType<typeof planOf>>): Promise<string[]> {
  const comparisons = await compareWithPublished([plan], new Map());
  const own = comparisons.filter(({ experiment }) => experiment === plan.experiment.name);
  return [...new Set(own.map(({ status }) => status))];
}

test("numbers of the report's own settings are compared, whatever the seeds", async () => {
  expect(await statuses(await planOf('grid-search ols'))).toEqual(['not run']);
  expect(await statuses(await planOf('ffnn', { seed: [1, 2] }))).toEqual(['not run']);
});

test('other settings are not compared with the report', async () => {
  expect(await statuses(await planOf('ffnn', { epochs: [7] }))).toEqual(['other settings']);
  expect(await statuses(await planOf('grid-search ffnn', {}, true))).toEqual(['other settings']);
  expect(await statuses(await planOf('grid-search ffnn', { hidden: ['20-20'] }))).toEqual(['other settings']);
  expect(await statuses(await planOf('ffnn', { formula: ['x*y'] }))).toEqual(['other data']);
});

test("a grid with more cells than the report's is compared where both have cells", async () => {
  const plan = await planOf('grid-search ffnn', { lambda: [1e-4, 0.5] });
  expect(new Set(await statuses(plan))).toEqual(new Set(['not run', 'other settings']));
});

test('other data are not compared with the report, whatever the experiment', async () => {
  const plan = await planOf('mnist');
  expect(await statuses(plan)).toEqual(['not run']);
  const others = { ...plan, data: plan.data.map((data) => ({ ...data, isReports: false })) };
  expect(await statuses(others)).toEqual(['other data']);
  const comparisons = (await compareWithPublished([others], new Map())).filter(
    ({ experiment }) => experiment === 'mnist',
  );
  expect(comparisons.filter(isComparable)).toEqual([]);
  expect(comparisonMarkdown(comparisons)).toContain(nothingComparable);
});
