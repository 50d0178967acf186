import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeImages } from '../datasets/image-files.testing.ts';
import { runProgram } from '../program.testing.ts';
import { callProgram } from './called.testing.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-class-names-'));
  await writeImages(join(directory, 'animals'), { label: (row) => [1, 4, 7][row % 3] });
  await writeFile(join(directory, 'names.txt'), 'cat\nbig, "grey" wolf\n猫 (いえねこ)\n');
});
afterAll(() => rm(directory, { recursive: true }));

const small = ['logistic', '--data-dir', 'animals', '--epochs', '2', '--batch-size', '10', '--lambda', '0'];
const run = (...args: string[]) => runProgram(args, { cwd: directory });
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
