import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { callProgram } from './called.testing.ts';

let directory: string;
const call = (...args: string[]) => callProgram(args, directory);
const write = (name: string, text: string) => writeFile(join(directory, name), text);
const manifestOf = async (folder: string) =>
  JSON.parse(await readFile(join(directory, folder, 'manifest.json'), 'utf8'));

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-run-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function plannedIds(...args: string[]): Promise<string[]> {
  const { status, stdout, stderr } = await call(...args, '--plan', '--json', '--quiet');
  expect([status, stderr]).toEqual([0, '']);
  return (JSON.parse(stdout).trials as { trial: string }[]).map(({ trial }) => trial);
}

const files: [string, string, string[]][] = [
  [
    'extends: grid-search ols\nsettings: { learningRate: "geomspace(1e-3,1,4)", seed: 1..2, momentum: 0.9 }',
    'grid-search ols --learning-rate geomspace(1e-3,1,4) --seed 1..2 --momentum 0.9',
    ['--epochs', '3', '--lambda', '0.1'],
  ],
  [
    'extends: ffnn\nsettings: { hidden: [20-20, none], activation: sigmoid, optimizer: [sgd, adam] }\nvariant: text',
    'ffnn --hidden 20-20,none --activation sigmoid --optimizer sgd,adam --variant text',
    ['--hidden', '8', '--quick'],
  ],
  [
    'extends: mnist\nsettings: { samples: 2000, testSize: 0.25, hidden: [16, 8-8], epochs: 2 }',
    'mnist --samples 2000 --test-size 0.25 --hidden 16,8-8 --epochs 2',
    ['--quick', '--dtype', 'float64'],
  ],
  [
    'data: franke\nsettings: { hidden: 20-20, learningRate: [0.1, 0.01], samples: 200 }',
    'train --data franke --hidden 20-20 --learning-rate 0.1,0.01 --samples 200',
    ['--quick', '--samples', '50', '--seed', '1..3'],
  ],
  [
    'data: mnist\nsettings:\n  solver: lbfgs\n  hidden: none\n  samples: 500\n',
    'train --data mnist --solver lbfgs --hidden none --samples 500',
    ['--lambda', '0,0.1', '--seed', '7'],
  ],
  [
    'settings: { formula: "sin(5*x)*y", noise: 0.1, degree: 0..3, basis: total, solver: closed-form, hidden: none, samples: 50 }',
    'train --formula sin(5*x)*y --noise 0.1 --degree 0..3 --basis total --solver closed-form --hidden none --samples 50',
    ['--samples', '60'],
  ],
  [
    'data: iris\nfeatures: [petal_length, petal_width]\nsettings: { hidden: [4, none], epochs: 3 }',
    'train --data iris --features petal_length,petal_width --hidden 4,none --epochs 3',
    ['--drop', 'petal_width', '--quick'],
  ],
  [
    'data: franke\nsettings: { net: 1..3, epochs: 4 }',
    'train --data franke --net 1..3 --epochs 4',
    ['--quick', '--max-nodes', '5'],
  ],
];

test.each(files)('%j is %s', async (text, command, overrides) => {
  await write('same.yaml', text);
  expect(await plannedIds('run', 'same.yaml')).toEqual(await plannedIds(...command.split(' ')));
  const overridden = await plannedIds(...command.split(' '), ...overrides);
  expect(await plannedIds('run', 'same.yaml', ...overrides)).toEqual(overridden);
});

test('a run has the folder of its name, which other settings do not replace; it is drawn and compared there', async () => {
  await mkdir(join(directory, 'inner'), { recursive: true });
  await write('inner/base.yaml', 'data: franke\nsettings: { samples: 40, epochs: 2, hidden: 3 }');
  const layout = 'layout: { rows: hidden, columns: learningRate, metrics: [test_mse] }';
  const text = `extends: inner/base.yaml\ntags: [a]\nsettings: { hidden: [2, 3], learningRate: [0.1, 0.2] }\n${layout}`;
  await write('a net.yaml', text);
  const { status, stderr } = await call('run', 'a net.yaml', '--page', '--jobs', '1', '--quiet');
  expect([status, stderr]).toEqual([0, '']);
  const manifest = await manifestOf('results/a-net');
  expect(manifest).toMatchObject({
    experiment: 'a net',
    command: "run 'a net.yaml'",
    tags: ['a'],
    figure: null,
  });
  expect(Object.keys(manifest.files)).toEqual(expect.arrayContaining(['heat-maps.svg', 'report.html']));
  expect((await call('run', 'a net.yaml', '--seed', '1', '--quiet')).status).toBe(0);
  expect((await manifestOf('results/a-net-seed-1')).trials.total).toBe(4);
  expect(await manifestOf('results/a-net')).toEqual(manifest);

  const svg = await readFile(join(directory, 'results/a-net/heat-maps.svg'));
  expect((await call('plot', 'results/a-net', '--format', 'svg', '--out', 'drawn')).status).toBe(0);
  expect(await readFile(join(directory, 'drawn/heat-maps.svg'))).toEqual(svg);
  expect((await call('check', 'results/a-net', '--baseline', 'results/a-net')).status).toBe(0);
  expect((await call('open', 'results/a-net')).stdout).toContain('report.html');
  const table = await call('table', 'run', 'a net.yaml');
  expect([table.status, table.stdout]).toEqual([0, expect.stringContaining('| hidden |')]);
  const page = await readFile(join(directory, 'results/a-net/report.html'), 'utf8');
  expect(page).toContain('npx fys-nn run &#39;a net.yaml&#39;');
});

test('a file and the equal command line write the same bytes', async () => {
  await write('bytes.yaml', 'data: iris\nsettings: { hidden: [2, none], epochs: 2 }');
  const flags = ['--no-figures', '--quiet', '--jobs', '1'];
  await callProgram(['run', 'bytes.yaml', '--store', 'one', '--out', 'file', ...flags], directory);
  const command = ['train', '--data', 'iris', '--hidden', '2,none', '--epochs', '2'];
  await callProgram([...command, '--store', 'two', '--out', 'command', ...flags], directory);
  for (const name of ['trials.csv', 'curves.csv', 'summary.csv', 'predictions.csv', 'roc.csv']) {
    const [one, two] = await Promise.all(
      ['file', 'command'].map((folder) => readFile(join(directory, folder, name), 'utf8').catch(() => '')),
    );
    expect([name, one]).toEqual([name, two]);
  }
  expect((await manifestOf('file')).trials.ids).toEqual((await manifestOf('command')).trials.ids);
});

describe('refused, with nothing written', () => {
  test.each<[string, string, string[], RegExp]>([
    [
      'a setting that the data do not have',
      'data: mnist\nsettings:\n  degree: 3',
      [],
      /^error: bad\.yaml:3:3: settings\.degree/,
    ],
    ['a flag that the data do not have', 'data: mnist', ['--degree', '3'], /--degree does not apply/],
    [
      'a batch that is too large',
      'extends: ffnn\nsettings:\n  batchSize: 2000',
      [],
      /^error: bad\.yaml:3:14: --batch-size is larger/,
    ],
    [
      'two settings, of which the file has the second',
      'data: franke\nsettings:\n  validationSize: 0.2',
      ['--folds', '3'],
      /^error: bad\.yaml:3:19: --folds and --validation-size exclude/,
    ],
    [
      'two settings, both in the file',
      'data: franke\nsettings:\n  folds: 3\n  validationSize: 0.2',
      [],
      /^error: bad\.yaml: --folds and --validation-size exclude/,
    ],
    [
      'the same of the command line',
      'extends: ffnn',
      ['--batch-size', '2000'],
      /^error: --batch-size is larger/,
    ],
    [
      'data of another kind',
      'extends: mnist\ndata: franke',
      [],
      /^error: bad\.yaml:2:7: data cannot be used\n.*on which mnist is trained/,
    ],
    ['data that are not there', 'data: nothing.csv', [], /^error: bad\.yaml:1:7: there are no data/],
    ['no data', 'settings: { epochs: 3 }', [], /^error: bad\.yaml:1:1 cannot be used\n.*data to train on/],
    ['an empty file', '\n', [], /^error: bad\.yaml is empty/],
    [
      'a name of nothing',
      'extends: ffnn\ndataName: mine',
      [],
      /^error: bad\.yaml:2:11|^error: bad\.yaml:2:1/,
    ],
  ])('%s', async (_name, text, flags, message) => {
    await write('bad.yaml', text);
    const { status, stdout, stderr } = await call('run', 'bad.yaml', '--out', 'bad', ...flags);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    await expect(readFile(join(directory, 'bad/manifest.json'))).rejects.toThrow();
  });

  test('an experiment of the program, with what to write', async () => {
    const { status, stderr } = await call('run', 'mnist');
    expect([status, stderr]).toEqual([2, expect.stringContaining('run fys-nn mnist')]);
  });
});
