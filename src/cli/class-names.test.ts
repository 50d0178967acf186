import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { noise, writeImages } from '../datasets/image-files.testing.ts';
import { callProgram } from './called.testing.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-class-names-'));
  await writeImages(join(directory, 'animals'), { label: (row) => [1, 4, 7][row % 3] });
  await writeFile(join(directory, 'names.txt'), 'cat\nbig, "grey" wolf\n猫 (いえねこ)\n');
});
afterAll(() => rm(directory, { recursive: true }));

const small = ['logistic', '--data-dir', 'animals', '--epochs', '2', '--batch-size', '10', '--lambda', '0'];
const run = (...args: string[]) => callProgram(args, directory);
const read = (path: string) => readFile(join(directory, path), 'utf8');

test('names of classes are in tables, figures, the manifest and on the terminal, and plot has them from the folder', async () => {
  const { status, stdout, stderr } = await run(
    ...[...small, '--classes', 'occurring', '--label-names', 'names.txt', '--out', 'named'],
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('wrote') });
  expect(stdout.replaceAll('\n', ' ')).toMatch(
    /lowest F1 \S+ \(class (cat|big, "grey" wolf|猫 \(いえねこ\))\)/,
  );
  const { data } = JSON.parse(await read('named/manifest.json'));
  expect(data[0]).toMatchObject({
    classes: 3,
    labels: 'occurring',
    classNames: ['cat', 'big, "grey" wolf', '猫 (いえねこ)'],
  });
  expect(await read('named/classes.csv')).toContain(',1,"big, ""grey"" wolf",');
  const confusion = (await read('named/confusion.csv')).split('\n');
  expect(confusion[0]).toMatch(/,true_class,predicted_class,true_name,predicted_name,count,share$/);
  expect(confusion[1]).toMatch(/,0,0,cat,cat,/);
  expect(await read('named/roc.csv')).toContain(',2,猫 (いえねこ),1,');
  expect(await read('named/confusion.vl.json')).toContain('猫 (いえねこ)');
  const plotted = await run('plot', 'named', '--out', 'plotted');
  expect(plotted).toMatchObject({ status: 0 });
  for (const name of ['confusion', 'roc', 'gains', 'calibration'])
    expect(await read(`plotted/${name}.svg`)).toBe(await read(`named/${name}.svg`));
});

test('labels that are not 0, 1, 2, ... name their classes, and names change no trial', async () => {
  expect(await run(...small, '--classes', 'occurring', '--no-figures', '--out', 'numbers')).toMatchObject({
    status: 0,
  });
  expect(JSON.parse(await read('numbers/manifest.json')).data[0].classNames).toEqual(['1', '4', '7']);
  expect(await read('numbers/trials.csv')).toBe(await read('named/trials.csv'));
});

test('both choices of classes in one run: each trial has the names of its own', async () => {
  const { status } = await run(
    ...small,
    '--classes',
    'occurring,at-least-10',
    '--out',
    'both',
    '--label-names',
    'a,b,c',
  );
  expect(status).toBe(0);
  const rows = (await read('both/classes.csv')).split('\n');
  const named = (choice: string) =>
    rows.flatMap((row) => row.match(new RegExp(`,${choice},(\\d,[^,]*),`))?.[1] ?? []);
  expect(named('occurring')).toEqual(['0,a', '1,b', '2,c']);
  expect(named('at-least-10').slice(0, 5)).toEqual(['0,0', '1,a', '2,2', '3,3', '4,b']);
});

test.each<[string[], RegExp]>([
  [
    ['--label-names', 'a,b'],
    /--label-names has too few names\n.*3 names, one for each label that occurs, from 1 to 7/,
  ],
  [['--label-names', 'a,b,a'], /name 3 of --label-names is the same as name 1/],
  [['--label-names', 'nowhere.txt'], /the file of --label-names cannot be read: there is no such file/],
  [['--loss', 'binary_cross_entropy', '--classes', 'occurring'], /for 2 classes/],
])('%j is refused and nothing is written', async (args, message) => {
  const before = await readdir(directory);
  const { status, stdout, stderr } = await callProgram([...small, ...args], directory);
  expect(stderr).toMatch(message);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(await readdir(directory)).toEqual(before);
});

describe('models and predictions have the names of the run, whatever the store has', () => {
  const archive = resolve('data/fixtures/images/images.npz');
  const training = ['--hidden', '3', '--epochs', '1', '--jobs', '1', '--no-figures'];
  const kept = ['--save-model', '--predictions'];
  const targetOf = async (path: string) => JSON.parse(await read(path)).target;
  const probabilities = async (path: string) =>
    (await read(path)).split('\n')[0].match(/(?<=probability )[^,]+/g);
  const table = ['train', '--data', 'flowers.csv', '--target', 'kind', ...training];

  beforeAll(async () => {
    const rows = Array.from({ length: 60 }, (_, n) => `${n % 7},${(n * 5) % 11},${'uvw'[n % 3]}`);
    await writeFile(join(directory, 'flowers.csv'), `a,b,kind\n${rows.join('\n')}\n`);
  });

  test.each<[string, string]>([
    ['one', 'one,two,three'],
    ['eins', 'eins,zwei,drei'],
  ])('images: %s', async (out, names) => {
    const command = ['train', '--data', 'animals', ...training, ...kept, '--store', 'shared', '--out', out];
    expect(await run(...command, '--label-names', names)).toMatchObject({ status: 0 });
    const classNames = names.split(',');
    expect(await targetOf(`${out}/model.json`)).toMatchObject({ classNames, levels: ['1', '4', '7'] });
    expect(await probabilities(`${out}/predictions.csv`)).toEqual(classNames);
    const predicted = await run('predict', `${out}/model.json`, 'animals');
    expect(predicted.stdout.split('\n')[0].match(/(?<=probability )[^,]+/g)).toEqual(classNames);
    // The same images as a table of pixels, with the labels of the files.
    const pixels = Array.from({ length: 80 }, (_, row) => [
      [1, 4, 7][row % 3],
      ...Array.from({ length: 36 }, (_, d) => noise.pixel(row, Math.floor(d / 6), d % 6)),
    ]);
    const header = ['label', ...Array.from({ length: 36 }, (_, d) => `pixel ${d}`)];
    await writeFile(join(directory, 'pixels.csv'), [header, ...pixels].join('\n'));
    const ofTable = await run('predict', `${out}/model.json`, 'pixels.csv');
    expect(ofTable.stdout).toBe(predicted.stdout);
    expect(ofTable.stderr).toContain(/80 rows: accuracy.*/.exec(predicted.stderr)![0]);
  });

  test('a table, and the run again', async () => {
    const classNames = ['U', 'V', 'W'];
    const { status } = await run(...table, ...kept, '--label-names', 'U,V,W', '--out', 'flowers');
    expect(status).toBe(0);
    for (const out of ['flowers', 'again']) {
      expect(await targetOf(`${out}/model.json`)).toMatchObject({ classNames, levels: ['u', 'v', 'w'] });
      expect(await probabilities(`${out}/predictions.csv`)).toEqual(classNames);
      expect(await read(`${out}/confusion.csv`)).toMatch(/,0,0,U,U,/);
      if (out === 'flowers')
        expect(await run('rerun', out, ...kept, '--out', 'again')).toMatchObject({ status: 0 });
    }
    // The table still says u, v, w.
    const { stdout, stderr } = await run('predict', 'flowers/model.json', 'flowers.csv');
    expect(stderr).toMatch(/^60 rows: accuracy/m);
    expect(stdout.split('\n')[1]).toMatch(/,U$/);
    expect(await run(...table, '--save-model', '--out', 'plain')).toMatchObject({ status: 0 });
    const plain = await targetOf('plain/model.json');
    expect(plain).toEqual({ ...plain, classNames: ['u', 'v', 'w'] });
    expect(plain).not.toHaveProperty('levels');
  });

  test('a report of files, whose data are in several places, and the report again', async () => {
    const settings = 'settings:\n  hidden: "3"\n  epochs: 1\n';
    await writeFile(join(directory, 'a.yaml'), `data: animals\nlabelNames: [rot, grün, blau]\n${settings}`);
    await writeFile(
      join(directory, 'b.yaml'),
      `data: flowers.csv\ntarget: kind\nlabelNames: [U, V, W]\n${settings}`,
    );
    const report = await run('report', 'a.yaml', 'b.yaml', ...kept, '--no-figures', '--out', 'rep');
    expect(report).toMatchObject({ status: 0 });
    expect(await run('rerun', 'rep', ...kept, '--out', 'rep2')).toMatchObject({ status: 0 });
    for (const [folder, classNames] of [
      ['a', ['rot', 'grün', 'blau']],
      ['b', ['U', 'V', 'W']],
    ] as const) {
      for (const out of ['rep', 'rep2']) {
        expect(await targetOf(`${out}/${folder}/model.json`)).toMatchObject({ classNames });
        expect(await probabilities(`${out}/${folder}/predictions.csv`)).toEqual(classNames);
      }
    }
  });

  test('predict takes the file with images that train took, and a model of a table refuses it', async () => {
    const names = 'a,b,c,d,e,f,g,h,i,j';
    const command = ['train', '--data', archive, ...training, '--save-model', 'npz.json'];
    expect(await run(...command, '--label-names', names)).toMatchObject({ status: 0 });
    const { status, stderr, stdout } = await run('predict', 'npz.json', archive);
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringMatching(/rows: accuracy/) });
    const header = stdout.split('\n')[0];
    expect(header).toContain('probability a,');
    expect(await run('predict', 'flowers/model.json', archive)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('has images, and the model is not for images'),
    });
  });
});
