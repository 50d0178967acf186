import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { allExperiments } from '../../experiments/index.ts';
import { UserError } from '../errors.ts';
import type { Experiment } from './define.ts';
import { readExperimentFile } from './file.ts';
import { changedBy, experimentOf } from './from-file.ts';
import type { SettingLists } from './options.ts';
import { planExperiment } from './plan.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(text: string, name = 'my.yaml') {
  const path = join(folder, name);
  await writeFile(path, text);
  return readExperimentFile(path, allExperiments);
}

async function refusal(text: string, name = 'my.yaml'): Promise<string> {
  const error = await read(text, name).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  return (error as Error).message.replaceAll(`${folder}/`, '');
}

const named = (name: string) => allExperiments.find((one) => one.name === name)!;
const asIs = { variant: 'code', quick: false, given: {} } as const;

async function idsOf(experiment: Experiment, given: SettingLists = {}, quick = false): Promise<string[]> {
  const plan = await planExperiment(experiment, { ...asIs, given, quick }, { dataDir: null });
  return plan.cells.map(({ trial }) => trial.id);
}

test('settings are read as the command line reads them: numbers, words, lists, ranges', async () => {
  const file = await read(`
extends: ffnn
settings:
  learningRate: geomspace(1e-3,1,4)
  seed: 1..3
  hidden: [64-32, 16, none]
  momentum: [0, 0.9]
  nesterov: true
  batchSize: 10, all
`);
  expect(file.settings).toEqual({
    learningRate: [0.001, 0.01, 0.1, 1],
    seed: [1, 2, 3],
    hidden: ['64-32', '16', 'none'],
    momentum: [0, 0.9],
    nesterov: ['yes'],
    batchSize: [10, 'all'],
  });
  expect(file).toMatchObject({ name: 'my', base: named('ffnn') });
  expect(file.placeOf('hidden')).toMatch(/my\.yaml:6:11$/);
  expect(file.placeOf('epochs')).toBeNull();
});

test.each([
  [
    'grid-search ols',
    'settings: { learningRate: "geomspace(1e-3,1,4)", momentum: 0.9 }',
    { learningRate: [0.001, 0.01, 0.1, 1], momentum: [0.9] },
  ],
  [
    'ffnn',
    'settings: { hidden: [20-20, 8], epochs: 3, activation: [sigmoid, tanh] }',
    { hidden: ['20-20', '8'], epochs: [3], activation: ['sigmoid', 'tanh'] },
  ],
  ['randomnet', 'settings: { net: 11..13, epochs: 2 }', { net: [11, 12, 13], epochs: [2] }],
  [
    'mnist',
    'settings: { samples: 1000, testSize: 0.2, epochs: 1, optimizer: adam }',
    { samples: [1000], testSize: [0.2], epochs: [1], optimizer: ['adam'] },
  ],
] as const)(
  'a file that extends %s has the ids of the equal command line, in its order',
  async (name, text, given) => {
    const own = changedBy(await read(`extends: ${name}\n${text}`), named(name), 'run my.yaml');
    expect(await idsOf(own)).toEqual(await idsOf(named(name), given));
    expect(await idsOf(own, {}, true)).toEqual(await idsOf(named(name), given, true));
  },
);

test('a file without changes has the ids of what it extends', async () => {
  for (const experiment of allExperiments.filter(({ dataset }) => dataset === 'franke')) {
    const own = changedBy(await read(`extends: ${experiment.name}`), experiment, 'run my.yaml');
    expect(await idsOf(own)).toEqual(await idsOf(experiment));
    expect(own.layout).toEqual(experiment.layout);
  }
});

test('a file may extend another one, in a folder of its own', async () => {
  await read('extends: ffnn\nsettings: { epochs: 4, hidden: 8 }', 'base.yaml');
  const file = await read('extends: base.yaml\nsettings: { epochs: 5 }', 'next.yml');
  expect(file.base).toMatchObject({ name: 'base', settings: { epochs: [4], hidden: ['8'] } });
});

test('JSON is read too', async () => {
  const file = await read(
    '{ "$schema": "x.json", "extends": "ffnn", "settings": { "epochs": 3 } }',
    'my.json',
  );
  expect(file.settings).toEqual({ epochs: [3] });
});

test('other axes have the curves that are usual for them', async () => {
  const text = 'extends: ffnn\nlayout: { rows: lambda, columns: learningRate, metrics: [test_mse] }';
  const own = changedBy(await read(text), named('ffnn'), 'run my.yaml');
  expect(own.layout).toMatchObject({ rows: 'lambda', columns: 'learningRate', curves: null });
  const less = changedBy(
    await read('extends: activations\nlayout: { rows: null }'),
    named('activations'),
    'run my.yaml',
  );
  expect(less.layout).toMatchObject({ rows: null, columns: 'kernelInit', curves: ['train', 'test'] });
});

describe('the name of the results', () => {
  test.each([
    ['net 2.yaml', 'net 2'],
    ['o\'brien, "x".yaml', 'o-brien- -x-'],
    ['обучение.yaml', 'обучение'],
    ['...yaml', 'experiment'],
  ])('of %j is %j', async (name, expected) => {
    expect(await read('extends: ffnn', name)).toMatchObject({ name: expected });
  });

  test.each([
    ['mnist.yaml', '', /my-mnist/],
    ['my.yaml', 'name: Grid-Search OLS\n', /my\.yaml:1:7: name cannot be used[\s\S]*my-grid-search-ols/],
    ['my.yaml', 'name: ../x\n', /my\.yaml:1:7.*\n.*letters, digits/],
    ['my.yaml', 'name: CON\n', /letters, digits/],
  ])('%s %j is refused', async (name, text, message) => {
    expect(await refusal(`${text}extends: ffnn`, name)).toMatch(message);
  });
});

describe('mistakes are named with their place', () => {
  test.each<[string, string, RegExp]>([
    [
      'an unknown field',
      'extends: ffnn\nsetings: {}',
      /^my\.yaml:2:1: setings cannot be used\n.*one of[\s\S]*did you mean settings\?/,
    ],
    ['a setting at the top', 'extends: ffnn\nhidden: 8', /:2:1: hidden.*[\s\S]*write hidden under settings/],
    [
      'a flag',
      'extends: ffnn\nsettings:\n  learning-rate: 1',
      /:3:3: settings\.learning-rate.*[\s\S]*did you mean learningRate\?/,
    ],
    [
      'a field among the settings',
      'extends: ffnn\nsettings:\n  data: x.csv',
      /:3:3: .*[\s\S]*write data at the top, not under settings/,
    ],
    [
      'a value out of range',
      'extends: ffnn\nsettings:\n  epochs: [1, 0]',
      /^my\.yaml:3:15: epochs is out of range/,
    ],
    [
      'a choice',
      'extends: ffnn\nsettings:\n  activation: rleu',
      /^my\.yaml:3:15: activation[\s\S]*did you mean relu\?/,
    ],
    [
      'a list in a list',
      'extends: ffnn\nsettings: { seed: [[1]] }',
      /:1?\d*:?\d+: settings\.seed.*[\s\S]*a number, or text/,
    ],
    ['null', 'extends: ffnn\nsettings: { seed: }', /settings\.seed cannot be used\n.*a number/],
    ['no list', 'extends: ffnn\nsettings: 3', /^my\.yaml:2:11: settings cannot be used\n.*an object/],
    ['true for a number', 'extends: ffnn\nsettings: { epochs: true }', /:2:21: .*epochs/],
    ['a large whole number', 'extends: ffnn\nsettings: { seed: 9007199254740993 }', /:2:19: seed is/],
    ['infinity', 'extends: ffnn\nsettings: { learningRate: .inf }', /:2:27: .*learningRate/],
    ['what it extends', 'extends: mnits', /^my\.yaml:1:10: extends.*[\s\S]*did you mean mnist\?/],
    ['a folder name in place of a name', 'extends: grid-search-ols', /did you mean grid-search ols\?/],
    ['a file that is not there', 'extends: no.yaml', /^my\.yaml:1:10: no\.yaml: .*no such file/],
    ['itself', 'extends: my.yaml', /^my\.yaml:1:10: extends cannot be used\n.*does not extend this one/],
    [
      'a metric',
      'extends: ffnn\nlayout: { metrics: [test_msee] }',
      /:2:21: layout\.metrics\[0\][\s\S]*did you mean test_mse\?/,
    ],
    ['an axis', 'extends: ffnn\nlayout: { rows: hiden }', /:2:17: layout\.rows[\s\S]*did you mean hidden\?/],
    ['yes for true', 'extends: ffnn\ndecimalComma: yes', /:2:15: decimalComma[\s\S]*write true/],
    ['a list for the file', '- 1', /^my\.yaml:1:1 cannot be used\n.*an object/],
    ['text for the file', 'ffnn', /^my\.yaml:1:1 cannot be used/],
    ['control characters', 'extends: ffnn\ntitle: "a\\e[2Jb"', /:2:8: title.*\n.*text on one line/],
  ])('%s', async (_name, text, message) => {
    expect(await refusal(text)).toMatch(message);
  });

  test.each<[string, string, RegExp]>([
    [
      'a setting that it does not have',
      'extends: mnist\nsettings:\n  degree: 3',
      /^my\.yaml:3:3: settings\.degree cannot/,
    ],
    ['an axis that it does not have', 'extends: mnist\nlayout: { rows: degree }', /:2:17: layout\.rows/],
    [
      'a metric of the other task',
      'extends: mnist\nlayout: { metrics: [test_mse] }',
      /:2:21: layout\.metrics\[0\][\s\S]*of a classification/,
    ],
  ])('%s', async (_name, text, message) => {
    const file = await read(text);
    expect(() => changedBy(file, named('mnist'), 'run my.yaml')).toThrow(UserError);
    try {
      changedBy(file, named('mnist'), 'run my.yaml');
    } catch (error) {
      expect((error as Error).message.replaceAll(`${folder}/`, '')).toMatch(message);
    }
  });
});

test('names of classes are a list, text with commas, or a file next to the experiment', async () => {
  await writeFile(join(folder, 'names.txt'), 'setosa\nversi color\nvirginica\n');
  for (const labelNames of [
    '[setosa, versi color, virginica]',
    '"setosa, versi color, virginica"',
    'names.txt',
    '"@names.txt"',
  ]) {
    const file = await read(`data: iris\nlabelNames: ${labelNames}\n`);
    const { sources } = await experimentOf(file, {}, {}, 'run my.yaml');
    expect(sources.labelNames).toEqual(['setosa', 'versi color', 'virginica']);
  }
  const twice = await read('data: iris\nlabelNames: [a, b, a]\n');
  await expect(experimentOf(twice, {}, {}, 'run my.yaml')).rejects.toThrow(
    /name 3 of \{labelNames\} is the same/,
  );
});
