import { describe, expect, test } from '@jest/globals';
import logistic from '../../experiments/logistic.ts';
import { withValidation } from '../experiment/deciding.ts';
import { createRng } from '../math/rng.ts';
import { summarizeClassifier } from '../stats/classifier-summary.ts';
import { classifierCells } from './classifier-cells.ts';
import { classifierFigures } from './classifier-figures.ts';
import { usualLook } from './look.ts';
import { toSvg } from './render.ts';
import type { Results, TrialResult } from './results.ts';
import { textFaults } from './text-boxes.testing.ts';

/** A classifier of 200 rows that is mostly right, with one output for two classes. */
function classifier(classes: number, outputs: number, seed: number, present = classes) {
  const rng = createRng(seed, 'data');
  const labels = Uint32Array.from({ length: 200 }, () => rng.below(present));
  const probabilities = new Float64Array(200 * outputs);
  labels.forEach((label, n) => {
    const weights = Float64Array.from({ length: classes }, (_, c) => rng.uniform() + (c === label ? 1 : 0));
    const sum = weights.reduce((a, b) => a + b, 0);
    for (let p = 0; p < outputs; p++) probabilities[n * outputs + p] = weights[outputs === 1 ? 1 : p] / sum;
  });
  return summarizeClassifier({ labels, probabilities });
}

function trial(own: TrialResult['settings'], accuracy: number, rest: Partial<TrialResult> = {}): TrialResult {
  const settings = { seed: 1, epochs: 4, lambda: 0, ...own };
  return {
    settings,
    status: 'done',
    divergedAt: null,
    metrics: { test_accuracy: accuracy },
    curves: {},
    ...rest,
  };
}

const resultsOf = (trials: readonly TrialResult[]): Results => ({
  experiment: withValidation(
    logistic,
    trials.map(({ settings }) => settings),
  ),
  variant: 'code',
  quick: false,
  data: [],
  trials,
});

const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<(?:text|tspan)[^>]*>([^<]*)/g)].map(([, text]) => text);

describe.each([
  ['two classes, one output', 2, 1, 2],
  ['two classes, two outputs', 2, 2, 2],
  ['three classes', 3, 3, 3],
  ['ten classes of which two occur', 10, 10, 2],
  ['26 classes', 26, 26, 26],
])('of %s', (_name, classes, outputs, present) => {
  const summary = classifier(classes, outputs, 1, present);
  const figures = classifierFigures(resultsOf([trial({}, 0.5, { classifier: summary })]), usualLook);

  test('are four figures, whose captions have the numbers', async () => {
    expect(figures.map(({ name }) => name)).toEqual(['confusion', 'roc', 'gains', 'calibration']);
    const [confusion, roc, gains, calibration] = figures.map(({ caption }) => caption);
    const right = summary.confusion.reduce((sum, row, c) => sum + row[c], 0);
    expect(confusion).toContain(`Of 200 test rows ${right} were given their class.`);
    const auc = (present === 2 && classes === 2 ? summary.byClass[1] : summary.averages.macro).auc!;
    if (classes === 2) expect(roc).toContain(`AUC: ${auc.toFixed(3)}`);
    if (classes === 26) expect(roc).toContain(`mean: ${auc.toFixed(3)}`);
    expect(gains).toContain('Area ratio');
    const error = classes === 2 ? summary.byClass[1] : summary.averages.micro;
    expect(calibration).toContain(`calibration error: ${error.calibrationError!.toFixed(3)}`);
    for (const { spec, caption } of figures) {
      expect(caption).not.toMatch(/NaN|undefined|null/);
      expect(await toSvg(spec)).not.toMatch(/NaN|undefined/);
      expect(await textFaults(spec)).toEqual([]);
    }
  });

  test('the confusion matrix has all counts', async () => {
    const texts = textsOf(await toSvg(figures[0].spec));
    for (const count of summary.confusion.flat().filter((n) => n > 0))
      expect(texts.join(' ')).toContain(String(count));
    const occurring = summary.byClass.filter(({ rows, predicted }) => rows + predicted > 0).length;
    expect(texts.filter((text) => text === 'true class')).toHaveLength(1);
    expect(summary.confusion.flat().filter((n) => n > 0).length).toBeGreaterThanOrEqual(occurring);
  });
});

describe('of several cells', () => {
  const seeds = [1, 2];
  const cell = (lambda: number, accuracy: number) =>
    seeds.map((seed) =>
      trial({ lambda, seed }, accuracy, { classifier: classifier(3, 3, seed + 10 * lambda) }),
    );

  test('are curves next to each other, with the best in the confusion matrix', () => {
    const results = resultsOf([...cell(0, 0.6), ...cell(1, 0.7), ...cell(2, 0.5)]);
    const [confusion, roc, , calibration] = classifierFigures(results, usualLook);
    expect(confusion.caption).toContain('Best cell by test accuracy: lambda 1.');
    expect(confusion.caption).toContain('Of 400 test rows');
    for (const { caption } of [roc, calibration]) {
      expect(caption).toMatch(/0: 0\.\d+ ± 0\.\d+; 1: 0\.\d+ ± 0\.\d+; 2: /);
      expect(caption).toContain('Means over 2 seeds');
    }
  });

  test('a cell in which a seed diverged is not the best, and is compared with its other seeds', () => {
    const [kept, lost] = cell(1, 0.9);
    const { classifier: _, ...diverged } = { ...lost, status: 'diverged' as const, metrics: {} };
    const results = resultsOf([...cell(0, 0.6), kept, diverged]);
    const [confusion, roc] = classifierFigures(results, usualLook);
    expect(confusion.caption).toContain('lambda 0');
    expect(roc.caption).toContain('1 of 4 trials diverged.');
    expect(roc.caption).toMatch(/; 1: 0\.\d+\. /);
  });

  test('another library is compared, but is not the best', () => {
    const own = resultsOf([...cell(0, 0.6), ...cell(1, 0.7)]);
    const theirs = cell(1, 0.9).map((each) => ({
      ...each,
      settings: { ...each.settings, reference: 'torch' },
    }));
    const results = { ...own, trials: [...own.trials, ...theirs] };
    expect(classifierCells(results)!.compared).toHaveLength(3);
    const [confusion] = classifierFigures(results, usualLook);
    expect(confusion.caption).toContain('Best cell by test accuracy: lambda 1.');
    expect(classifierFigures({ ...own, trials: theirs }, usualLook)).toEqual([]);
  });

  test('more than colours can tell apart are not compared', async () => {
    const results = resultsOf(Array.from({ length: 9 }, (_, lambda) => cell(lambda, lambda / 10)).flat());
    expect(classifierCells(results)!.compared).toHaveLength(1);
    const [, roc] = classifierFigures(results, usualLook);
    expect(roc.caption).toContain('Best cell by test accuracy: lambda 8.');
    expect(roc.caption).toContain('Bands: lowest to highest over the seeds.');
    // One area for each class, in each of the two panels at most.
    const areas = (await toSvg(roc.spec)).match(/mark-area /g)!;
    expect(areas.length % 3).toBe(0);
    expect(areas.length).toBeLessThanOrEqual(6);
  });

  test('are chosen by validation accuracy where there is one', () => {
    const validated = (lambda: number, test: number, validation: number) =>
      trial({ lambda, validationSize: 0.2 }, test, {
        metrics: { test_accuracy: test, validation_accuracy: validation },
        classifier: classifier(3, 3, lambda),
      });
    const [confusion] = classifierFigures(
      resultsOf([validated(1, 0.9, 0.5), validated(2, 0.8, 0.6)]),
      usualLook,
    );
    expect(confusion.caption).toContain('Best cell by validation accuracy: lambda 2.');
  });
});

test('there are none without test outputs, when all diverged, and no curves of one class', () => {
  expect(classifierFigures(resultsOf([trial({}, 0.5)]), usualLook)).toEqual([]);
  expect(classifierFigures(resultsOf([trial({}, 0, { status: 'diverged' })]), usualLook)).toEqual([]);
  const one = trial({}, 0.5, { classifier: classifier(3, 3, 1, 1) });
  expect(classifierFigures(resultsOf([one]), usualLook).map(({ name }) => name)).toEqual([
    'confusion',
    'calibration',
  ]);
});

describe('classes with names', () => {
  const names = ['malignant <M>', 'benign', 'neither of the two, by far'];
  const named = (classes: number, ...data: Results['data']) => {
    const summary = classifier(classes, classes, 1, classes);
    return classifierFigures({ ...resultsOf([trial({}, 0.5, { classifier: summary })]), data }, usualLook);
  };
  const data = { title: 'tumours', isReports: false, columns: 3, classes: 3, classNames: names };

  test('have them in every figure, written upwards where the cells are narrower', async () => {
    const [confusion, roc, gains, calibration] = named(3, data);
    for (const { caption } of [roc, gains])
      for (const name of names) expect(caption).toMatch(new RegExp(`${name}: [-01]`));
    expect(JSON.stringify(confusion.spec)).toContain('benign, predicted as benign: ');
    const texts = textsOf(await toSvg(confusion.spec));
    expect(texts).toEqual(
      expect.arrayContaining(['malignant &lt;M&gt;', 'benign', 'neither of the two, by far']),
    );
    expect(JSON.stringify(confusion.spec)).toContain('"labelAngle":270');
    expect(calibration.caption).toContain('the predicted class');
    const [, binary] = named(2, { ...data, classNames: ['no', 'yes'] });
    expect(binary.caption).toContain('Class yes against class no.');
  });

  test('have their labels where data differ in their names', () => {
    const [, roc] = named(3, data, { ...data, classNames: ['a', 'b', 'c'] });
    expect(roc.caption).toMatch(/AUC: 0: [01]\..*; 1: [01]\./);
  });
});
