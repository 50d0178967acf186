import { describe, expect, test } from '@jest/globals';
import ffnn from '../../experiments/ffnn.ts';
import { planExperiment } from '../experiment/plan.ts';
import { canonicalConfig, createTrial, type TrialConfig, type TrialRecord } from '../trial/trial.ts';
import { decodeChecked, decodeLine, encodeLine, resultText } from './journal.ts';

const choices = { variant: 'code', quick: false, given: { samples: [20], epochs: [1] } } as const;
const { cells } = await planExperiment(ffnn, choices, { dataDir: null });
const { id, config } = cells[0].trial;

const recordOf = (own: TrialConfig, trialId: string): TrialRecord => ({
  ...{ id: trialId, config: own, status: 'done', divergedAt: null },
  ...{ metrics: { test_mse: 0.5 }, curves: { test_mse: [0.5] }, bootstrap: null },
  ...{ seconds: 1, at: '2026-01-01T00:00:00.000Z' },
});

const decoded = (record: TrialRecord) => decodeLine(encodeLine(record).trimEnd());

describe('records of versions with other options', () => {
  test('a line has the canonical config, whose id is that of the whole one', () => {
    const { record } = decoded(recordOf(config, id)) as { record: TrialRecord };
    expect(record.config).toEqual(canonicalConfig(config));
    expect(record.config).not.toEqual(config);
    expect(createTrial(record.config).id).toBe(id);
  });

  test('a field that this version does not know is read with its value', () => {
    const { model } = config;
    const later = { ...config, model: { ...model, dropout: 0.5 } } as unknown as TrialConfig;
    const trial = createTrial(later);
    expect(trial.id).not.toBe(id);
    expect(decoded(recordOf(later, trial.id))).toMatchObject({
      record: { config: { model: { dropout: 0.5 } } },
    });
  });

  test('a solver and a dataset that this version does not know are read', () => {
    const { model, data } = config;
    const later = {
      ...config,
      data: { ...data, dataset: 'runge' },
      model: { ...model, solver: 'lasso', optimizer: { name: 'adam', beta1: 0.5 } },
    } as unknown as TrialConfig;
    const trial = createTrial(later);
    expect(decoded(recordOf(later, trial.id))).toMatchObject({ record: { id: trial.id } });
  });

  test('an older record and a new one of the same trial agree, whatever fields were written', () => {
    const older = recordOf(canonicalConfig(config) as TrialConfig, id);
    expect(resultText(older)).toBe(resultText(recordOf(config, id)));
    const other = { ...older, metrics: { test_mse: 0.25 } };
    expect(resultText(other)).not.toBe(resultText(older));
  });

  test('a config that was changed is not the one of the id', () => {
    const changed = recordOf({ ...config, seed: 7 }, id);
    expect(decoded(changed)).toEqual({ fault: 'not what was written' });
  });
});

describe('a line that was checked', () => {
  test.each<[string, TrialConfig]>([
    ['a plain config', config],
    ['one that ends with a word', { ...config, coefficients: true }],
    [
      'words that look like the end of a config',
      { ...config, data: { ...config.data, target: '},"status":"' } } as TrialConfig,
    ],
    ['a field that looks like it', { ...config, later: { a: {}, status: 'x' } } as unknown as TrialConfig],
  ])('is read as it was the first time: %s', (_, own) => {
    const line = encodeLine(recordOf(own, createTrial(own).id)).trimEnd();
    const { record } = decodeChecked(line) as { record: TrialRecord };
    expect({ record: { ...record, config: record.config } }).toEqual(decodeLine(line));
    expect(resultText(record)).toBe(resultText((decodeLine(line) as { record: TrialRecord }).record));
  });

  test('that has been changed since is still none', () => {
    const line = encodeLine(recordOf(config, id)).trimEnd();
    for (const bad of [
      '',
      line.slice(0, 200),
      line.replace('"done"', '"gone"'),
      line.replace('"metrics":{', '"metrics":['),
    ])
      expect(decodeChecked(bad)).toEqual({ fault: 'not a record' });
  });
});
