import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runProgram } from '../program.testing.ts';
import { callProgram } from './called.testing.ts';

const houses = `Id;Areal (m²);Bydel;Heis;Pris
1;50,5;Sagene;ja;4000000
2;;"Alna; øst";nei;3000000
3;70;Sagene;ja;5500000
4;81,5;Alna;nei;6100000
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-describe-'));
  await writeFile(join(folder, 'houses, ø.csv'), houses);
  const names = Array.from({ length: 300 }, (_, d) => `gene ${d}`);
  const rows = Array.from(
    { length: 12 },
    (_, n) => `${names.map((_, d) => (n * d) % 7).join('\t')}\t${n % 2 ? 'a' : 'b'}`,
  );
  await writeFile(join(folder, 'wide.tsv'), `${names.join('\t')}\tgroup\n${rows.join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const call = (...args: string[]) => callProgram(args, folder);

describe('data describe', () => {
  test('says what a table holds, and what it needs', async () => {
    const { stdout, stderr, status } = await call('data', 'describe', 'houses, ø.csv');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('houses, ø.csv: CSV, 4 rows, 5 columns, 160 B in memory');
    expect(stdout).toContain('the separator is a semicolon');
    expect(stdout).toContain('Areal (m²) would be numbers with --decimal-comma: there is "50,5"');
    expect(stdout).toMatch(/^Pris +integer +0 +4 +3000000 +4\.650e6 +6100000$/m);
    expect(stdout).toMatch(/^Areal \(m²\) +text +1 +3$/m);
    expect(stdout).toContain('Bydel: Sagene 2, Alna 1, Alna; øst 1');
    expect(stdout).toContain('add --target and a column, for example --target Pris');
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  test('says what train would do, and train does it', async () => {
    const choices = ['--target', 'Pris', '--decimal-comma', '--missing', 'mean'];
    const { stdout } = await call('data', 'describe', 'houses, ø.csv', ...choices);
    expect(stdout).toContain(
      "fys-nn train --data 'houses, ø.csv' --target Pris --missing mean --decimal-comma\n",
    );
    const said = [
      'Pris is a number: regression',
      'Id is left out: it numbers the rows; --drop Id says the same',
      '1 missing value in "Areal (m²)": the mean of the training rows is put in its place',
      'categories become inputs of 0 and 1: Bydel (3 levels), Heis (2 levels)',
    ];
    for (const note of said) expect(stdout).toContain(note);
    const options = ['--epochs', '3', '--no-figures', '--out', 'out', '--store', 'store'];
    const training = await call('train', '--data', 'houses, ø.csv', ...choices, ...options);
    expect(training.status).toBe(0);
    for (const note of said) expect(training.stderr).toContain(`note: ${note}`);
    expect(training.stdout).toContain('"houses, ø.csv", target Pris');
    const [data] = JSON.parse(await readFile(join(folder, 'out', 'manifest.json'), 'utf8')).data;
    expect(data).toMatchObject({
      featureNames: ['Areal (m²)', 'Bydel=Alna', 'Bydel=Alna; øst', 'Bydel=Sagene', 'Heis=nei'],
      targetName: 'Pris',
    });
  });

  test('this thread and two workers train the same on a table with categories and missing values', async () => {
    const options = [
      '--target',
      'Pris',
      '--decimal-comma',
      '--missing',
      'mean',
      '--seed',
      '1..3',
      '--folds',
      '2',
    ];
    const common = [...options, '--epochs', '3', '--hidden', '4', '--no-figures'];
    const train = ['train', '--data', 'houses, ø.csv', ...common];
    expect(await call(...train, '--out', 'out 1', '--store', 'store 1')).toMatchObject({ status: 0 });
    const two = [...train, '--jobs', '2', '--out', 'out 2', '--store', 'store 2'];
    expect(await runProgram(two, { cwd: folder })).toMatchObject({ status: 0 });
    const [one, other] = await Promise.all(
      ['out 1', 'out 2'].map((out) => readFile(join(folder, out, 'trials.csv'), 'utf8')),
    );
    expect(other).toBe(one);
    expect(one.split('\n').length).toBe(5);
  });

  test('says why train would refuse a table', async () => {
    const { stdout, status } = await call(
      'data',
      'describe',
      'houses, ø.csv',
      '--target',
      'Pris',
      '--decimal-comma',
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /train would refuse it:\n {2}houses, ø.csv has missing values: the first is in line 3/,
    );
    expect(stdout).toContain('use --missing drop to leave out these rows');
    expect((await call('data', 'describe', 'houses, ø.csv', '--target', 'pris')).stdout).toContain(
      'did you mean Pris?',
    );
  });

  test('shows the first of many columns, or all', async () => {
    const { stdout } = await call('data', 'describe', 'wide.tsv', '--target', 'group');
    expect(stdout).toContain('and 261 more columns: --all shows them');
    expect(stdout).toContain(
      'all columns: 300 of numbers, 1 of text, 0 with missing values, 43 with one value only',
    );
    expect(stdout).toContain('binary classification, 12 rows, 300 inputs');
    expect(stdout).toContain('there are more inputs (300) than rows (12)');
    expect(stdout).toContain('rows of the classes of group: a 6, b 6');
    expect(stdout.split('\n').length).toBeLessThan(60);
    const all = await call('data', 'describe', 'wide.tsv', '--all');
    expect(all.stdout).toMatch(/^gene 299 +integer/m);
  });

  test('says what dates, counting numbers, tabs and newlines in cells are', async () => {
    const rows = Array.from({ length: 4 }, (_, n) => `${n + 7}\t2024-01-0${n + 1}\t"a\nb"\t${n / 2}`);
    await writeFile(join(folder, 'notes.tsv'), `visit\twhen\tsaid\ty\n${rows.join('\n')}\n`);
    const { stdout } = await call('data', 'describe', 'notes.tsv', '--target', 'y');
    expect(stdout).toContain('notes.tsv: TSV, 4 rows, 4 columns, 128 B in memory');
    expect(stdout).toContain('when holds dates, such as "2024-01-01", which are text: write them as numbers');
    expect(stdout).toContain('visit has each of 4 whole numbers once: if it only identifies the rows');
    expect(stdout).toContain('with --id visit');
    expect(stdout).toContain('said: a⏎b 4');
    expect(stdout).toMatch(/regression, 4 rows, \d+ inputs, \d+ B for the inputs/);
    const chosen = await call('data', 'describe', 'notes.tsv', '--target', 'y', '--id', 'visit');
    expect(chosen.stdout).not.toContain('whole numbers once');
  });

  test('is JSON for programs', async () => {
    const { stdout } = await call('data', 'describe', 'iris', '--json');
    const description = JSON.parse(stdout);
    expect(description).toMatchObject({
      format: 'CSV',
      rows: 150,
      train: { task: 'classification', classes: [{ name: 'setosa', rows: 50 }, {}, {}] },
    });
    expect(description.columns[0]).toEqual({
      ...{ name: 'sepal_length', type: 'number', missing: 0, distinct: 35 },
      ...{ lowest: 4.3, mean: expect.closeTo(5.8433, 3), highest: 7.9 },
    });
  });

  test('refuses what is no table, and writes nothing', async () => {
    const before = await readdir(folder);
    await writeFile(join(folder, 'ragged.csv'), 'a,b\n1,2\n3\n');
    for (const [file, message] of [
      ['ragged.csv', 'line 3 of ragged.csv has 1 cell'],
      ['mnist', 'mnist is not a table'],
      ['nowhere.csv', 'there are no data "nowhere.csv"'],
    ]) {
      const { status, stdout, stderr } = await call('data', 'describe', file);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toContain(message);
    }
    const { status, stderr } = await call('train', '--data', 'ragged.csv', '--target', 'b');
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringContaining('line 3 of ragged.csv'),
    });
    expect((await readdir(folder)).filter((name) => !before.includes(name))).toEqual(['ragged.csv']);
  });
});
