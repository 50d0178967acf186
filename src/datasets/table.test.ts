import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { valueOrRefusal } from '../hostile.testing.ts';
import type { Sources } from './dataset.ts';
import { type ResolvedTable, resolveTable } from './resolve-table.ts';
import { table } from './table.ts';
import { defaultTableChoices, type TableChoices } from './table-choices.ts';

let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-table-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function sourcesOf(text: string, choices: Partial<TableChoices>): Promise<Sources> {
  const dataDir = join(folder, `${files++}.csv`);
  await writeFile(dataDir, text);
  return { dataDir, table: { ...defaultTableChoices, ...choices } };
}

async function resolved(text: string, choices: Partial<TableChoices>): Promise<ResolvedTable> {
  return resolveTable(await sourcesOf(text, choices));
}

/** A table whose column y has these values, next to a number. */
const withTarget = (values: readonly (string | number)[]) =>
  `x,y\n${values.map((value, n) => `${n / 2},${value}`).join('\n')}\n`;
const repeated = (values: readonly (string | number)[], times: number) => Array(times).fill(values).flat();

describe('the task follows from the target', () => {
  test.each<[string, readonly (string | number)[], string, string[] | undefined]>([
    ['text', ['b', 'a', 'b', 'a'], 'classification', ['a', 'b']],
    ['two whole numbers', [1, 0, 0], 'classification', ['0', '1']],
    ['two other whole numbers', [-1, 10, -1], 'classification', ['-1', '10']],
    ['a few whole numbers of many rows', repeated([10, 2, 1], 5), 'classification', ['1', '2', '10']],
    ['a few whole numbers of few rows', [1, 2, 3, 4, 5, 5], 'regression', undefined],
    ['eleven whole numbers', repeated([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 9), 'regression', undefined],
    ['fractions', repeated([0.5, 1], 9), 'regression', undefined],
  ])('%s', async (_name, values, task, classNames) => {
    const { dataset, config } = await resolved(withTarget(values), { target: 'y' });
    expect(config.task).toBe(task);
    expect(dataset.classNames).toEqual(classNames);
    expect(dataset.classes).toBe(classNames?.length ?? 1);
    const labels = values.map((value) =>
      classNames === undefined ? value : classNames.indexOf(String(value)),
    );
    expect(Array.from(dataset.targets)).toEqual(labels);
  });

  test('unless the user says it', async () => {
    const text = withTarget(repeated([1, 2, 3], 5));
    expect((await resolved(text, { target: 'y', task: 'regression' })).config.task).toBe('regression');
    const few = withTarget([1, 2, 3, 1]);
    expect((await resolved(few, { target: 'y', task: 'classification' })).dataset.classes).toBe(3);
    expect((await resolved(few, { target: 'y', categorical: ['y'] })).dataset.classes).toBe(3);
  });
});

const houses = `id,rooms,town,garden,price
7,3,Oslo,yes,1.5
9,2,Bergen,no,2.5
4,5,Tromsø,no,3.25
2,4,Oslo,yes,4
`;

describe('inputs', () => {
  test('numbers as they are, two categories as 0 and 1, more as one input each', async () => {
    const { dataset, config, notes } = await resolved(houses, { target: 'price' });
    expect(dataset.featureNames).toEqual(['rooms', 'town=Bergen', 'town=Oslo', 'town=Tromsø', 'garden=yes']);
    expect(Array.from(dataset.inputs)).toEqual(
      [
        [3, 0, 1, 0, 1],
        [2, 1, 0, 0, 0],
        [5, 0, 0, 1, 0],
        [4, 0, 1, 0, 1],
      ].flat(),
    );
    expect(dataset).toMatchObject({
      rows: 4,
      columns: 5,
      largest: 5,
      targetName: 'price',
      hasMissing: false,
    });
    // A column that identifies rows is left out, so that the config names the others.
    expect(config).toMatchObject({
      features: ['rooms', 'town', 'garden'],
      target: 'price',
      task: 'regression',
    });
    expect(config).not.toHaveProperty('categorical');
    expect(notes).toContain(
      'id is left out: it has another number in each row, as an identifier has; {drop} id says the same',
    );
  });

  test('numbers that are categories', async () => {
    const { dataset, config } = await resolved(houses, {
      target: 'price',
      features: ['rooms'],
      categorical: ['rooms'],
    });
    expect(dataset.featureNames).toEqual(['rooms=2', 'rooms=3', 'rooms=4', 'rooms=5']);
    expect(config).toMatchObject({ features: ['rooms'], categorical: ['rooms'] });
  });

  test('every way to leave out a column gives the same config', async () => {
    const choices: Partial<TableChoices>[] = [
      { features: ['garden', 'rooms'] },
      { drop: ['id', 'town'] },
      { id: 'id', drop: ['town'] },
      { drop: ['town'] },
    ];
    for (const choice of choices) {
      const { config } = await resolved(houses, { target: 'price', ...choice });
      expect(config.features).toEqual(['rooms', 'garden']);
    }
    const all = await resolved('x,y\n1,2.5\n2,3.5\n3,4\n', { target: 'y' });
    expect(all.config).not.toHaveProperty('features');
  });

  test('names with commas, which lists take apart', async () => {
    const text = '"price, NOK","a,b",c\n1.5,1,2\n2.5,3,5\n3.5,6,6\n';
    const { config } = await resolved(text, { target: 'price, NOK', drop: ['a', 'b'] });
    expect(config).toMatchObject({ target: 'price, NOK', features: ['c'] });
  });

  test('texts that are almost all different, empty columns and numbers of rows are left out, and said', async () => {
    const rows = Array.from({ length: 30 }, (_, n) => `${n},name ${n},,${n % 3},${n / 4}`);
    const { config, columns } = await resolved(`,name,empty,k,y\n${rows.join('\n')}\n`, { target: 'y' });
    expect(config.features).toEqual(['k']);
    expect(columns.leftOut.map(({ why }) => why)).toEqual([
      'it numbers the rows',
      'it has another text in each of 30 rows, as a name or an identifier has',
      'all its values are missing',
    ]);
  });
});

const gaps = 'x,k,y\n1,a,1.5\n,b,2.5\n3,,3.5\n5,b,\n7,a,4.5\n';

describe('missing values', () => {
  test('are an error that says where and how many', async () => {
    expect(await valueOrRefusal(() => resolved(gaps, { target: 'y' }))).toMatchObject({
      refusal: {
        message: expect.stringMatching(
          /the first is in line 3, column "x"[\s\S]*3 missing values in x \(1\), k \(1\), y \(1\)/,
        ),
      },
    });
    // Not those in columns that are not used.
    const { dataset } = await resolved('x,z,y\n1,,1.5\n2,3,2.5\n4,5,3.5\n', { target: 'y', drop: ['z'] });
    expect(dataset.rows).toBe(3);
  });

  test('in one column, their number is given once', async () => {
    const { refusal } = (await valueOrRefusal(() => resolved('x,y\n1,1.5\n,2\n', { target: 'y' }))) as {
      refusal: Error;
    };
    expect(refusal.message).toContain('1 missing value in x');
    expect(refusal.message).not.toContain('(1)');
  });

  test('drop leaves out their rows', async () => {
    const { dataset, notes } = await resolved(gaps, { target: 'y', missing: 'drop' });
    // The only category that is left is constant.
    expect(Array.from(dataset.inputs)).toEqual([1, 1, 7, 1]);
    expect(Array.from(dataset.targets)).toEqual([1.5, 4.5]);
    expect(notes).toContain('3 of 5 rows, with missing values, are left out');
  });

  test('mean keeps them for the training rows to fill, all inputs of a category at once', async () => {
    const { dataset, notes } = await resolved(`${gaps}2,c,5\n`, { target: 'y', missing: 'mean' });
    const missing = Number.NaN;
    expect(dataset.hasMissing).toBe(true);
    expect(Array.from(dataset.inputs)).toEqual(
      [
        [1, 1, 0, 0],
        [missing, 0, 1, 0],
        [3, missing, missing, missing],
        [7, 1, 0, 0],
        [2, 0, 0, 1],
      ].flat(),
    );
    expect(notes).toContain('1 of 6 rows, without a target, is left out');
    expect(notes).toContain(
      '2 missing values in 2 columns: the mean of the training rows is put in their place',
    );
  });
});

test('few different amounts remain categories, and any column that is said to hold them', async () => {
  const few = Array.from({ length: 30 }, (_, n) => `${5 * (n % 3)}%,${n / 2}`).join('\n');
  const { dataset, notes } = await resolved(`rate,y\n${few}\n`, { target: 'y' });
  expect(dataset.featureNames).toEqual(['rate=0%', 'rate=10%', 'rate=5%']);
  expect(notes).toContain(
    'rate would be numbers without a per cent sign: there is "0%", which is read as text',
  );
  const amounts = 'r,y\n"3,386",1.5\n"1,144",2\n';
  const said = await resolved(amounts, { target: 'y', categorical: ['r'] });
  expect(said.dataset.featureNames).toEqual(['r=3,386']);
});

describe('refused', () => {
  const good = 'x,y\n1,2.5\n2,3.5\n3,4.5\n';
  test.each<[string, string, Partial<TableChoices>, RegExp]>([
    ['no target', good, {}, /which column of .* is to be predicted is not known[\s\S]*x, y/],
    [
      'a target that is no column',
      'price,x\n1,2\n',
      { target: 'prise' },
      /\{target\} names a column[\s\S]*did you mean price\?/,
    ],
    ['a feature that is no column', good, { target: 'y', features: ['z'] }, /\{features\} names a column/],
    ['a target that is a feature', good, { target: 'y', features: ['x', 'y'] }, /predicted from itself/],
    ['a target that is left out', good, { target: 'y', drop: ['y'] }, /the target cannot be left out/],
    ['nothing left', good, { target: 'y', drop: ['x'] }, /no column to predict "y" from/],
    [
      'a category that is not used',
      'x,z,y\n1,2,2.5\n3,4,3.5\n',
      { target: 'y', drop: ['z'], categorical: ['z'] },
      /\{categorical\} has no effect/,
    ],
    [
      'a column left out of features',
      'x,z,y\n1,2,2.5\n3,4,3.5\n',
      { target: 'y', drop: ['z'], features: ['x'] },
      /have no effect/,
    ],
    ['one class', 'x,y\n1,a\n2,a\n', { target: 'y' }, /has the same value in all rows/],
    ['one number', 'x,y\n1,3\n2,3\n', { target: 'y' }, /has the same value in all rows/],
    ['a target without values', 'x,y\n1,\n2,NA\n', { target: 'y' }, /has no values/],
    [
      'a regression of text',
      'x,y\n1,a\n2,b\n',
      { target: 'y', task: 'regression' },
      /is text, and a regression predicts numbers/,
    ],
    [
      'too many classes',
      withTarget(Array.from({ length: 40 }, (_, n) => `c${n}`)),
      { target: 'y' },
      /too many for classes/,
    ],
    [
      'text among numbers',
      'x,y\n1,2.5\ntwo,3.5\n3,4.5\n',
      { target: 'y' },
      /column "x", line 3 .*there is text among numbers[\s\S]*"two"/,
    ],
    [
      'infinity',
      'x,y\n1,2.5\n-inf,3.5\n3,4.5\n',
      { target: 'y' },
      /line 3 .*an infinite value among numbers/,
    ],
    [
      'separators of thousands or decimal commas',
      'r,z,y\n"650",0.5,1.5\n"3,386",1.5,2.5\n"1,144",2.5,3\n',
      { target: 'y' },
      /column "r" of .*may be a decimal mark or a separator of thousands: the first is in line 3[\s\S]*"3,386"[\s\S]*as 3386/,
    ],
    [
      'decimal points where commas are said to be',
      'r;z;y\n650;0.5;1\n3,386;1.5;2\n1,144;2.5;4\n',
      { target: 'y', decimalComma: true },
      /column "z" of .*a decimal point: the first is in line 2/,
    ],
    [
      'certain separators of thousands, with decimal commas too',
      `r;y\n${Array.from({ length: 20 }, (_, n) => `1.${100 + n},5;${n}`).join('\n')}\n`,
      { target: 'y', decimalComma: true },
      /column "r" of .*separators of thousands: the first is in line 2/,
    ],
    ...['$5{n}', '5{n} kr', '-€ 1,0{n}.50', '5{n}%', '1,045,2{n}', '2 1{n}'].map(
      (cell): [string, string, Partial<TableChoices>, RegExp] => [
        `${cell}, also as one of the features`,
        `r,y\n${Array.from({ length: 30 }, (_, n) => `"${cell.replace('{n}', String(10 + n))}",${n}`).join('\n')}\n`,
        { target: 'y', features: ['r'] },
        /column "r" of .*looks like numbers with (?:a currency sign|a per cent sign|separators of thousands): the first is in line 2/,
      ],
    ),
    ['text among numbers of the target', 'x,y\n1,2.5\n2,3.5\n3,n/k\n', { target: 'y' }, /column "y", line 4/],
    [
      'decimal commas',
      'x;y\n1;2,5\n2;3\n',
      { target: 'y' },
      /column "y" of .*decimal comma: the first is in line 2[\s\S]*\{decimalComma\}/,
    ],
    ['thousands', 'x,y\n"1,234,567",1\n1,2.5\n2,3\n', { target: 'y' }, /without separators of thousands/],
    [
      'a name as a feature',
      `n,y\n${Array.from({ length: 30 }, (_, n) => `n${n},${n / 2}`).join('\n')}\n`,
      { target: 'y', features: ['n'] },
      /cannot be one of the \{features\}/,
    ],
    [
      'missing values everywhere',
      'x,z,y\n1,,2\n,3,4.5\n',
      { target: 'y', missing: 'drop' },
      /drop leaves none/,
    ],
    [
      'one class after dropping',
      'x,y\n1,a\n2,a\n,b\n',
      { target: 'y', missing: 'drop' },
      /have one class only/,
    ],
  ])('%s', async (_name, text, choices, message) => {
    expect(await valueOrRefusal(() => resolved(text, choices))).toMatchObject({
      refusal: { message: expect.stringMatching(message) },
    });
  });

  test('mixed columns that the user calls categories are not', async () => {
    const text = 'x,y\n1,2.5\n3+,3.5\n3,4.5\n1,1\n';
    const { dataset } = await resolved(text, { target: 'y', categorical: ['x'] });
    expect(dataset.featureNames).toEqual(['x=1', 'x=3', 'x=3+']);
  });
});

describe('the dataset', () => {
  test('loads the same rows wherever the file is, and no others', async () => {
    const sources = await sourcesOf(houses, { target: 'price' });
    const { config, facts } = await table.resolve({}, sources);
    const dataset = await table.load(config, 0, sources);
    expect(facts).toMatchObject({ rows: 4, columns: 5, classes: 1, targetName: 'price' });
    expect(table.columns(config)).toBe(5);
    // A config names contents, which another process may have read.
    const other = { ...config, features: ['rooms'] };
    const changed = await sourcesOf(houses.replace('Oslo', 'Moss'), {});
    expect(await valueOrRefusal(() => table.load(other, 0, changed))).toMatchObject({
      refusal: { message: expect.stringContaining('is not the table that the trial was planned with') },
    });
    const copy = await sourcesOf(houses, {});
    expect((await table.load(other, 0, copy)).featureNames).toEqual(['rooms']);
    expect(await table.load(config, 0, changed)).toBe(dataset);
  });

  test('rows are shared between threads', async () => {
    const { dataset } = await resolved(houses, { target: 'price' });
    for (const { buffer } of [dataset.inputs, dataset.targets])
      expect(buffer).toBeInstanceOf(SharedArrayBuffer);
    const kept = structuredClone(dataset);
    table.keep(kept);
    expect(await table.load(dataset.config, 0, { dataDir: null })).toBe(kept);
  });

  test('is called by its file and its target', async () => {
    const { config } = await resolved(houses, { target: 'price' });
    expect(table.describe(config, 'houses.csv').title).toBe('"houses.csv", target price');
    expect(table.describe(config, null).title).toBe(
      `table (sha256:${config.sha256.slice(0, 12)}), target price`,
    );
  });

  test('of breast cancer is known', async () => {
    const dataDir = 'data/tables/breast-cancer.csv';
    const { dataset, config } = await resolveTable({
      dataDir,
      table: { ...defaultTableChoices, target: 'diagnosis' },
    });
    expect(dataset).toMatchObject({ rows: 569, columns: 30, classNames: ['benign', 'malignant'] });
    expect(dataset.targets.filter((label: number) => label === 1)).toHaveLength(212);
    expect(table.describe(config, 'x.csv').title).toBe(
      'Breast Cancer Wisconsin (Diagnostic), target diagnosis',
    );
  });
});
