import { describe, expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import { choosingMetric, decidingMetric, decidingWords, validationsOf, withValidation } from './deciding.ts';
import { showingBestEpoch } from './define.ts';
import type { SettingLists } from './options.ts';

const byName = new Map(experiments.map((experiment) => [experiment.name, experiment]));
const shown = (name: string, lists: SettingLists) => withValidation(byName.get(name)!, validationsOf(lists));
const words = (name: string, lists: SettingLists) => {
  const experiment = shown(name, lists);
  return decidingWords(experiment.layout, decidingMetric(experiment));
};

test('without validation the experiment is as it was', () => {
  for (const experiment of experiments) {
    const none = validationsOf({ validationSize: [0], folds: ['none'] });
    expect(withValidation(experiment, none)).toBe(experiment);
    expect(withValidation(experiment, validationsOf({}))).toBe(experiment);
  }
  expect(words('grid-search ols', {})).toBe('test R2, bootstrap mean');
});

test.each([
  ['grid-search ols', 'validation R2'],
  ['ffnn', 'validation R2'],
  ['activations', 'best validation MSE'],
  ['randomnet', 'validation MSE'],
  ['mnist', 'validation accuracy'],
])('with validation rows %s decides on the %s', (name, deciding) => {
  expect(words(name, { validationSize: [0.1, 0.2] })).toBe(deciding);
  expect(words(name, { folds: [5] })).toBe(`${deciding}, mean of 5 folds`);
  expect(words(name, { folds: [2, 5] })).toBe(`${deciding}, mean over the folds`);
});

describe('an experiment whose trials have validation', () => {
  test('shows it next to what the test rows say, in its curves too', () => {
    const { layout } = shown('ffnn', { validationSize: [0.2] });
    const own = byName.get('ffnn')!.layout;
    expect(layout.metrics.slice(0, own.metrics.length).map(({ title }) => title)).toEqual([
      'train MSE',
      'test MSE',
      'test MSE at best epoch',
      'test R2, bootstrap mean',
    ]);
    expect(layout.metrics.slice(own.metrics.length).map(({ name }) => name)).toEqual([
      'validation_mse',
      'validation_r2',
    ]);
    expect(layout.curves).toEqual(['train', 'test', 'validation']);
  });

  test.each<[string, SettingLists]>([
    ['activations', { validationSize: [0.2] }],
    ['mnist', { folds: [5] }],
    ['activations', { folds: ['none', 5] }],
  ])('%s %p calls no test value the best that other rows have chosen', (name, lists) => {
    const { layout } = shown(name, lists);
    const titles = [...layout.metrics, layout.validation!.deciding].map(({ title }) => title);
    expect(titles.join()).not.toContain('best test');
  });

  test('has one best cell, whatever metric is shown', () => {
    const { layout } = shown('grid-search ridge', { folds: [5] });
    for (const metric of layout.metrics) {
      expect(choosingMetric(layout, metric)).toMatchObject({ name: 'validation_r2', best: 'max' });
    }
  });

  test('decides on the test rows if some trials have none: values on other rows are no measure of these', () => {
    const experiment = shown('grid-search ols', { folds: ['none', 5] });
    expect(decidingMetric(experiment).name).toBe('bootstrap_r2');
    const [metric] = experiment.layout.metrics;
    expect(choosingMetric(experiment.layout, metric)).toBe(metric);
    expect(experiment.layout.metrics.map(({ name }) => name)).toContain('validation_r2');
  });
});

test.each(experiments.map((one) => [one.name, one] as const))(
  '%s shows the best epoch if early stopping chooses it, and is decided as without',
  (_name, experiment) => {
    expect(showingBestEpoch(experiment, ['none'])).toBe(experiment);
    const stopped = showingBestEpoch(experiment, ['none', 5]);
    expect(stopped.layout.metrics.map(({ title }) => title)).toContain('best epoch');
    expect(decidingMetric(stopped)).toEqual(decidingMetric(experiment));
  },
);
