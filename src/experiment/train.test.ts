import { describe, expect, test } from '@jest/globals';
import { describePlan } from './describe.ts';
import { planExperiment } from './plan.ts';
import { trainExperiment } from './train.ts';

const asIs = { variant: 'code', quick: false } as const;

test('the task, the loss and the scaling follow from the data', async () => {
  const surface = await trainExperiment({ data: 'franke' }, {});
  expect(surface.experiment.task).toBe('regression');
  expect(surface.experiment.settings).toMatchObject({ loss: ['mse'], scale: ['standard'], samples: [1000] });
  expect(surface.note).toContain('regression, 1000 rows, 2 inputs');
  const digits = await trainExperiment({ data: 'mnist' }, {});
  expect(digits.experiment.task).toBe('classification');
  expect(digits.experiment.settings).toMatchObject({
    loss: ['cross_entropy'],
    scale: ['pixels'],
    samples: ['all'],
  });
  expect(digits.experiment.settings.bootstrap).toBeUndefined();
});

describe('the layout follows from the settings with several values', () => {
  const layoutOf = async (given: Parameters<typeof trainExperiment>[1]) =>
    (await trainExperiment({ data: 'franke' }, given)).experiment.layout;

  test('none: curves; a few values: a row for each', async () => {
    expect(await layoutOf({ seed: [1, 2, 3] })).toMatchObject({
      rows: null,
      columns: null,
      curves: ['train', 'test'],
    });
    expect(await layoutOf({ hidden: ['8', '16'] })).toMatchObject({ rows: 'hidden', columns: null });
  });

  test('many numbers: lines over them; two options: heat maps, with the learning rate across', async () => {
    expect(await layoutOf({ degree: [0, 1, 2, 3] })).toMatchObject({
      rows: null,
      columns: 'degree',
      curves: null,
    });
    expect(await layoutOf({ learningRate: [0.1, 0.01], lambda: [0, 1] })).toMatchObject({
      rows: 'lambda',
      columns: 'learningRate',
      curves: null,
    });
  });
});

test('a command that names a default gives the same trials as one that leaves it out', async () => {
  const idsOf = async (given: Parameters<typeof trainExperiment>[1]) => {
    const { experiment, sources } = await trainExperiment({ data: 'franke' }, given);
    const { cells } = await planExperiment(experiment, { ...asIs, given }, sources);
    return cells.map(({ trial }) => trial.id);
  };
  const samples = [40];
  expect(await idsOf({ samples, hidden: ['32'], optimizer: ['adam'] })).toEqual(await idsOf({ samples }));
});

test('the folder of a training is named by its data and by what is said of a table', async () => {
  const nameOf = async (...[choice]: Parameters<typeof trainExperiment>) =>
    (await trainExperiment(choice, {})).experiment.name;
  expect(await nameOf({ data: 'iris' }, {})).toBe('train iris');
  expect(await nameOf({ data: 'iris', table: { target: 'petal_width', missing: 'drop' } }, {})).toBe(
    'train iris-petal_width-missing-drop',
  );
  expect(
    await nameOf({ data: 'data/tables/iris.csv', dataName: '../a b', table: { target: 'species' } }, {}),
  ).toBe('train a-b-species');
  const many = {
    target: 'petal_width',
    features: ['sepal_length', 'petal_length', 'sepal_width', 'species'],
  };
  const long = await nameOf({ data: 'iris', table: many }, {});
  const other = await nameOf({ data: 'iris', table: { ...many, features: many.features.slice(0, 3) } }, {});
  expect(long.length).toBeLessThan(80);
  expect(long).not.toBe(other);
});

test('a title does not repeat what it says already', async () => {
  const given = { hidden: ['none'], solver: ['closed-form'], lambda: [0.1] };
  const { experiment, sources } = await trainExperiment(
    { data: 'iris', table: { target: 'petal_width' } },
    given,
  );
  const { model, context } = describePlan(await planExperiment(experiment, { ...asIs, given }, sources));
  expect(model).toBe('Ridge regression by closed form');
  expect(context).toBe('Iris, target petal_width, lambda 0.1');
});

test('data with few rows are trained on in one batch', async () => {
  const { experiment } = await trainExperiment({ data: 'franke' }, { samples: [40] });
  expect(experiment.settings.batchSize).toEqual(['all']);
});

test('random networks have their own options in place of the layers', async () => {
  const { experiment } = await trainExperiment({ data: 'franke' }, { net: [1, 2] });
  expect(experiment.architecture).toBe('random');
  expect(experiment.settings.hidden).toBeUndefined();
  expect(experiment.layout.metrics[0].name).toBe('test_mse');
});

test.each([
  [{ target: 'price' }, /\{target\} is for tables.*give the function to learn with \{formula\}/s],
  [{ missing: 'drop' as const }, /\{missing\} is for tables.*leave out \{missing\}/s],
])('what is said of a table is refused where there is none: %j', async (table, message) => {
  await expect(trainExperiment({ data: 'franke', table }, {})).rejects.toThrow(message);
});

test.each([
  ['mnits', /did you mean mnist/],
  ['no-such-file.csv', /neither built in, nor a file/],
])('data that do not exist are refused: %s', async (data, message) => {
  await expect(trainExperiment({ data }, {})).rejects.toThrow(message);
});
