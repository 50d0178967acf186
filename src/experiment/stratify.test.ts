import { describe, expect, test } from '@jest/globals';
import ffnn from '../../experiments/ffnn.ts';
import mnist from '../../experiments/mnist.ts';
import { loadData } from '../datasets/index.ts';
import { splitRows } from '../datasets/split.ts';
import { runTrial } from '../trial/run-trial.ts';
import { checkTrialConfig } from '../trial/schema.ts';
import { optionsOf } from './define.ts';
import type { SettingLists } from './options.ts';
import { planExperiment } from './plan.ts';
import { trainExperiment } from './train.ts';

const choices = (given: SettingLists) => ({ variant: 'code', quick: false, given }) as const;
async function planned(data: string, given: SettingLists) {
  const { experiment, sources } = await trainExperiment({ data }, given);
  return { ...(await planExperiment(experiment, choices(given), sources)), sources };
}
const small = { epochs: [2], hidden: ['3'] };

describe('stratify', () => {
  test('no is what was before: the ids are the same', async () => {
    const idsOf = async (given: SettingLists) =>
      (await planned('iris', given)).cells.map(({ trial }) => trial.id);
    const plain = await idsOf(small);
    expect(await idsOf({ ...small, stratify: ['no'] })).toEqual(plain);
    expect(await idsOf({ ...small, stratify: ['yes'] })).not.toEqual(plain);
    expect(await idsOf({ ...small, stratify: ['no', 'yes'] })).toHaveLength(2);
  });

  test('yes keeps the shares of the classes, with validation rows and folds', async () => {
    const { cells, sources } = await planned('iris', { ...small, stratify: ['yes'], validationSize: [0.25] });
    const { config } = cells[0].trial;
    const dataset = await loadData(config.data, config.seed, sources);
    const { train, validation, test: held } = splitRows(dataset, config.split, config.seed);
    const counts = [train, validation, held].map((rows) =>
      [0, 1, 2].map((label) => rows.filter((row) => dataset.targets[row] === label).length),
    );
    expect(counts).toEqual([
      [30, 30, 30],
      [10, 10, 10],
      [10, 10, 10],
    ]);
    const folded = await planned('iris', { ...small, stratify: ['yes'], folds: [4] });
    const record = await runTrial(folded.cells[0].trial, sources);
    const plain = await planned('iris', { ...small, folds: [4] });
    const other = await runTrial(plain.cells[0].trial, sources);
    expect(record.metrics.validation_cross_entropy).toBeGreaterThan(0);
    expect(record.metrics.validation_cross_entropy).not.toBe(other.metrics.validation_cross_entropy);
  });

  test('is an option of classifications alone', async () => {
    expect(optionsOf(mnist)).toContain('stratify');
    expect(optionsOf(ffnn)).not.toContain('stratify');
    const { cells } = await planExperiment(ffnn, choices({}), { dataDir: null });
    const { config } = cells[0].trial;
    const stratified = { ...config, split: { ...config.split, stratified: true } };
    expect(() => checkTrialConfig(stratified)).toThrow(/split\.stratified/);
  });
});
