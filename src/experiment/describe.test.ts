import { describe, expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import { describeTrials, isReportCell, type Shown } from './describe.ts';
import type { SettingLists } from './options.ts';
import { planExperiment } from './plan.ts';

const franke = { title: 'Franke function', columns: 2, classes: 1, isReports: true };
const mnist = { title: 'MNIST', columns: 784, classes: 10, isReports: true };

/** What a run of an experiment with the user's settings shows. */
async function shownBy(name: string, given: SettingLists = {}, choices = {}): Promise<Shown> {
  const experiment = experiments.find((one) => one.name === name)!;
  const plan = await planExperiment(
    experiment,
    { variant: 'code', quick: false, given, ...choices },
    { dataDir: null },
  );
  return {
    experiment: plan.experiment,
    variant: plan.variant,
    quick: plan.quick,
    search: plan.search,
    settings: plan.cells.map(({ settings }) => settings),
    data: [experiment.task === 'regression' ? franke : mnist],
  };
}

test('what a search drew is said as the ranges that were given', async () => {
  const given = { learningRate: ['loguniform(0.001,1)'], hidden: ['int(2,8)'], epochs: [1] };
  const shown = await shownBy('ffnn', given, { search: { method: 'random', trials: 6 } });
  expect(shown.settings).toHaveLength(6);
  const { changes } = describeTrials(shown);
  expect(changes).toContain('learning rate loguniform(0.001,1)');
  expect(changes).toContain('hidden int(2,8)');
  expect(changes).toContain('epochs 1');
});

describe("the report's own runs", () => {
  test.each([
    ['grid-search ols', 'OLS by SGD and closed form: batch size x learning rate x schedule', 'Figure 3'],
    ['grid-search ridge', 'Ridge regression by SGD and closed form: lambda x learning rate', 'Figure 4'],
    ['ffnn', 'Network 2-128-1, relu: MSE per epoch', 'Figure 5'],
    ['grid-search ffnn', 'Network 2-128-1, relu: lambda x learning rate', 'Figure 6'],
    ['activations', 'Network 2-128-1: MSE per epoch, by activation and kernel init', 'Figure 7'],
    ['randomnet', 'Random networks: MSE per epoch, by net', "the report's text"],
    ['mnist', 'Network 784-128-10, relu: cross-entropy and accuracy per epoch', 'Figure 8'],
    ['logistic', 'Logistic regression by SGD: cross-entropy and accuracy per epoch, by lambda', 'Figure 9'],
  ])('%s', async (name, title, figure) => {
    expect(describeTrials(await shownBy(name))).toMatchObject({
      title,
      figure,
      changes: '',
      seeds: 'seed 2020',
    });
  });

  test('other seeds and other libraries are still of the report', async () => {
    const shown = await shownBy('ffnn', { seed: [1, 2, 3] });
    expect(describeTrials(shown)).toMatchObject({ figure: 'Figure 5', seeds: 'means over 3 seeds' });
  });

  test('the heading names data, figure and seeds', async () => {
    expect(describeTrials(await shownBy('ffnn')).heading).toBe(
      'Network 2-128-1, relu: MSE per epoch (Franke function, Figure 5, seed 2020)',
    );
  });
});

describe("a user's runs", () => {
  test.each<[string, SettingLists, string]>([
    ['ffnn', { hidden: ['20-20'], activation: ['sigmoid'] }, 'Network 2-20-20-1, sigmoid: MSE per epoch'],
    ['ffnn', { hidden: ['none'] }, 'OLS by SGD: MSE per epoch'],
    [
      'ffnn',
      { hidden: ['none'], lambda: [0, 0.1], basis: ['total'], degree: [2] },
      'OLS and ridge regression by SGD: MSE per epoch, by lambda',
    ],
    [
      'ffnn',
      { hidden: ['none'], l1: [0.01], basis: ['total'], degree: [2] },
      'Lasso regression by SGD: MSE per epoch',
    ],
    [
      'grid-search ridge',
      { lambda: [0, 0.1], l1: [0, 0.01], solver: ['sgd'] },
      'OLS, lasso regression, ridge regression and elastic net by SGD: lambda x learning rate x l1',
    ],
    ['ffnn', { loss: ['mae'] }, 'Network 2-128-1, relu, loss mae: MSE and MAE per epoch'],
    ['ffnn', { loss: ['mse', 'huber'] }, 'Network 2-128-1, relu: MSE and Huber loss per epoch, by loss'],
    [
      'ffnn',
      { hidden: ['none'], loss: ['mae'], basis: ['total'], degree: [2] },
      'Linear model by SGD, loss mae: MSE and MAE per epoch',
    ],
    ['ffnn', { outputActivation: ['sigmoid'] }, 'Network 2-128-1, relu, sigmoid output: MSE per epoch'],
    ['ffnn', { basis: ['total'], degree: [3] }, 'Network 10-128-1, relu: MSE per epoch'],
    ['ffnn', { hidden: ['8', '16'] }, 'Networks, relu: MSE per epoch, by hidden'],
    [
      'grid-search ols',
      { lambda: [0.1], solver: ['closed-form'] },
      'Ridge regression by closed form: test MSE, bootstrap mean and test R2, bootstrap mean',
    ],
    ['grid-search ols', { solver: ['closed-form'], validationSize: [0.2] }, 'OLS by closed form: MSE and R2'],
    [
      'logistic',
      { solver: ['lbfgs'] },
      'Logistic regression by L-BFGS: cross-entropy and accuracy, by lambda',
    ],
    [
      'logistic',
      { solver: ['lbfgs'], validationSize: [0.2] },
      'Logistic regression by L-BFGS: cross-entropy and accuracy, by lambda',
    ],
    [
      'mnist',
      { hidden: ['none'], lambda: [0] },
      'Logistic regression by SGD: cross-entropy and accuracy per epoch',
    ],
    [
      'logistic',
      { solver: ['sgd', 'lbfgs'] },
      'Logistic regression by SGD and L-BFGS: cross-entropy and accuracy per epoch, by lambda',
    ],
  ])('%s %j', async (name, given, title) => {
    const found = describeTrials(await shownBy(name, given));
    expect(found.title).toBe(title);
    expect(found.figure).toBeNull();
  });

  test('what differs from the report is named in place of its figure', async () => {
    const shown = await shownBy('ffnn', { hidden: ['8'], lambda: [0.1], epochs: [1, 2, 3, 4, 5] });
    expect(describeTrials(shown).changes).toBe('epochs 1, 2, 3, 4, ... (5); lambda 0.1; hidden 8');
    expect(describeTrials(shown).heading).toContain('(Franke function, lambda 0.1, seed 2020)');
  });

  test("a part of the report's grid is part of its figure", async () => {
    expect(describeTrials(await shownBy('grid-search ffnn', { lambda: [0.1] })).figure).toBe(
      'part of Figure 6',
    );
  });

  test('a quick run is of no figure, and the wording of the report is named', async () => {
    expect(describeTrials(await shownBy('ffnn', {}, { quick: true }))).toMatchObject({
      figure: null,
      heading: expect.stringContaining('quick run'),
    });
    expect(describeTrials(await shownBy('ffnn', {}, { variant: 'text' })).heading).toContain(
      "Figure 5, the report's wording",
    );
  });

  test('other data are named, and nothing of the report is shown next to them', async () => {
    const letters = { title: 'images in "letters"', columns: 36, classes: 3, isReports: false };
    const shown = { ...(await shownBy('mnist')), data: [letters] };
    expect(describeTrials(shown)).toMatchObject({
      title: 'Network 36-128-3, relu: cross-entropy and accuracy per epoch',
      figure: null,
      data: 'images in "letters"',
    });
    expect(isReportCell(shown, shown.settings[0])).toBe(false);
  });

  test.each<[SettingLists, string]>([
    [{}, 'early stopping 5 on the test rows, seed'],
    [{ validationSize: [0.2] }, 'early stopping 5 on the validation rows, seed'],
    [{ folds: [4] }, 'early stopping 5 on the folds, seed'],
    [{ folds: ['none', 4] }, 'early stopping 5, seed'],
  ])('with %p early stopping says on which rows it chooses', async (given, words) => {
    const { heading } = describeTrials(await shownBy('ffnn', { earlyStopping: [5], ...given }));
    expect(heading).toContain(words);
  });

  test('what the title and the name of the data say is not said again', async () => {
    const given = { hidden: ['64-32'], activation: ['sigmoid'], formula: ['x * y'] };
    const shown = {
      ...(await shownBy('ffnn', given)),
      data: [{ ...franke, title: 'f(x, y) = x * y', isReports: false }],
    };
    expect(describeTrials(shown).heading).toBe(
      'Network 2-64-32-1, sigmoid: MSE per epoch (f(x, y) = x * y, seed 2020)',
    );
  });

  test('a loss with one output for two classes is of a network with one', async () => {
    const shown = await shownBy('mnist');
    const settings = shown.settings.map((cell) => ({ ...cell, loss: 'binary_cross_entropy' }));
    expect(describeTrials({ ...shown, settings }).title).toContain('Network 784-128-1, relu');
  });

  test('unknown numbers of inputs and classes are left out', async () => {
    const shown = { ...(await shownBy('mnist')), data: [{ ...mnist, columns: null }] };
    expect(describeTrials(shown).model).toBe('Network 128, relu');
  });
});
