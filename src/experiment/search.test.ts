import { expect, test } from '@jest/globals';
import { allExperiments } from '../../experiments/index.ts';
import { parseOption, type SettingLists } from './options.ts';
import { planExperiment } from './plan.ts';
import { type SearchChoice, searchOf } from './search.ts';

const named = (name: string) => allExperiments.find((one) => one.name === name)!;

function planned(given: SettingLists, search: SearchChoice | null, name = 'ffnn') {
  return planExperiment(named(name), { variant: 'code', quick: false, given, search }, { dataDir: null });
}

const space: SettingLists = {
  learningRate: parseOption('learningRate', 'loguniform(1e-4, 1)'),
  hidden: parseOption('hidden', 'int(8,64)-int(4,32)'),
  activation: ['relu', 'sigmoid', 'tanh'],
};

test.each(['random', 'sobol'] as const)(
  '%s: the first settings of a longer search are those of a shorter one',
  async (method) => {
    const short = await planned(space, { method, trials: 20 });
    const long = await planned(space, { method, trials: 50 });
    expect(short.cells.map(({ trial }) => trial.id)).toEqual(
      long.cells.slice(0, 20).map(({ trial }) => trial.id),
    );
    expect(long.cells).toHaveLength(50);
    for (const { settings } of long.cells) {
      expect(settings.learningRate).toBeGreaterThanOrEqual(1e-4);
      expect(settings.learningRate).toBeLessThanOrEqual(1);
      const [first, second] = String(settings.hidden).split('-').map(Number);
      expect(first).toBeGreaterThanOrEqual(8);
      expect(first).toBeLessThanOrEqual(64);
      expect(second).toBeGreaterThanOrEqual(4);
      expect(second).toBeLessThanOrEqual(32);
    }
  },
);

test('The settings are the same on every machine', async () => {
  const of = async (method: SearchChoice['method']) =>
    (await planned(space, { method, trials: 3 })).cells.map(({ settings }) => [
      settings.learningRate,
      settings.hidden,
      settings.activation,
    ]);
  expect(await of('sobol')).toMatchInlineSnapshot(`
[
  [
    0.02183,
    "52-16",
    "sigmoid",
  ],
  [
    0.004517,
    "13-29",
    "sigmoid",
  ],
  [
    0.000124,
    "49-4",
    "tanh",
  ],
]
`);
  expect(await of('random')).toMatchInlineSnapshot(`
[
  [
    0.1167,
    "13-19",
    "tanh",
  ],
  [
    0.09511,
    "22-23",
    "tanh",
  ],
  [
    0.2227,
    "59-30",
    "tanh",
  ],
]
`);
});

test('Every setting has every seed, and the first seed draws the settings', async () => {
  const search = { method: 'sobol', trials: 4 } as const;
  const one = await planned({ ...space, seed: [7] }, search);
  const three = await planned({ ...space, seed: [7, 8, 9] }, search);
  expect(three.cells.map(({ settings }) => settings.seed)).toEqual(Array(4).fill([7, 8, 9]).flat());
  const rates = ({ cells }: typeof one) => [...new Set(cells.map(({ settings }) => settings.learningRate))];
  expect(rates(three)).toEqual(rates(one));
  expect(rates(await planned({ ...space, seed: [8] }, search))).not.toEqual(rates(one));
});

test('Settings that are the same once rounded are tried once, and counted', async () => {
  const plan = await planned({ epochs: parseOption('epochs', 'int(1,4)') }, { method: 'random', trials: 30 });
  expect(plan.cells.map(({ settings }) => settings.epochs).sort()).toEqual([1, 2, 3, 4]);
  expect(plan.search).toMatchObject({ trials: 30, distinct: 4 });
  expect(plan.notes).toContain(
    '{search} random drew 26 settings that are the same as an earlier one: 4 of 30 are left',
  );
});

test('A trial of a search is one of any grid with its settings: nothing of the search is in its config', async () => {
  const { cells } = await planned(space, { method: 'sobol', trials: 1 });
  const { learningRate, hidden, activation, validationSize } = cells[0].settings;
  const grid = await planned(
    {
      ...{ learningRate: [learningRate!], hidden: [hidden!], activation: [activation!] },
      validationSize: [validationSize!],
    },
    null,
  );
  expect(grid.cells.map(({ trial }) => trial.id)).toEqual(cells.map(({ trial }) => trial.id));
});

test("An experiment's own lists are searched; solvers are run with each setting", async () => {
  const { cells, search } = await planned({}, { method: 'sobol', trials: 8 }, 'grid-search ols');
  expect(Object.keys(search!.space)).toEqual(['schedule', 'batchSize', 'learningRate']);
  expect(cells.filter(({ settings }) => settings.solver === 'closed-form')).toHaveLength(1);
  expect(cells.filter(({ settings }) => settings.solver === 'sgd')).toHaveLength(8);
});

test('What cannot be searched is refused', async () => {
  const search = { method: 'sobol', trials: 4 } as const;
  await expect(planned(space, null)).rejects.toThrow('{learningRate} has a range, and nothing says');
  await expect(planned({}, search)).rejects.toThrow('{search} has nothing to search');
  await expect(planned({ ...space, seed: parseOption('seed', 'int(1,9)') }, search)).rejects.toThrow(
    '{seed} has a range',
  );
  const layers = Array(33).fill('int(1,9)').join('-');
  const deep = { hidden: parseOption('hidden', layers) };
  await expect(planned(deep, search)).rejects.toThrow('{search} sobol has too many dimensions');
  await expect(planned(deep, { ...search, method: 'random' })).resolves.toBeDefined();
  await expect(planned({ ...space, seed: [1, 2, 3] }, { ...search, trials: 400_000 })).rejects.toThrow(
    '{trials} times the number of seeds gives too many trials',
  );
});

test.each([
  ['learningRate', 'uniform(-1,1)', 'has a range with values that it does not take'],
  ['learningRate', '0.1,uniform(0.2,1)', 'has a range among other values'],
  ['learningRate', '2*uniform(0.2,1)', 'has a range with something before or after it'],
  ['testSize', 'uniform(0.5,5)', 'has a range with values that it does not take'],
  ['epochs', 'uniform(1,100)', 'takes whole numbers'],
  ['epochs', 'loguniform(1,100)', 'write logint(1,100)'],
  ['epochs', 'int(0,100)', 'has a range with values that it does not take'],
  ['hidden', 'int(8,64)-uniform(1,2)', 'takes whole numbers'],
  ['hidden', 'int(0,64)', 'has a range with values that it does not take'],
  ['dropout', 'uniform(0,1.5)', 'has a range with values that it does not take'],
  ['activation', 'int(1,2)', 'has an unknown value'],
] as const)('%s %s is refused: %s', (name, text, message) => {
  expect(() => parseOption(name, text)).toThrow(message);
});

test('choice(a,b) is a list, and ranges are kept in one way of writing them', () => {
  expect(parseOption('activation', 'choice(relu, tanh)')).toEqual(['relu', 'tanh']);
  expect(parseOption('learningRate', ' loguniform( 1e-4 , 1.0 ) ')).toEqual(['loguniform(0.0001,1)']);
  expect(parseOption('hidden', 'int(8, 64)-16-logint(4,32)')).toEqual(['int(8,64)-16-logint(4,32)']);
  expect(parseOption('dropout', 'uniform(1e-1,0.5)-0')).toEqual(['uniform(0.1,0.5)-0']);
  expect(parseOption('earlyStopping', 'int(5,20)')).toEqual(['int(5,20)']);
});

test('A search needs both its method and its number of settings', () => {
  expect(searchOf({})).toBeNull();
  expect(searchOf({ search: 'grid' })).toBeNull();
  expect(searchOf({ search: 'sobol', trials: 5 })).toEqual({ method: 'sobol', trials: 5 });
  expect(() => searchOf({ trials: '5' })).toThrow('{trials} has no effect on a grid');
  expect(() => searchOf({ search: 'grid', trials: '5' })).toThrow('{trials} has no effect on a grid');
  expect(() => searchOf({ search: 'random' })).toThrow('does not say how many settings');
  expect(() => searchOf({ search: 'soboll', trials: 5 })).toThrow('did you mean sobol');
  for (const trials of ['0', '-1', '1.5', '1e9', 'many', '']) {
    expect(() => searchOf({ search: 'random', trials })).toThrow('{trials}');
  }
});
