import { expect, test } from '@jest/globals';
import { type BuiltIn, builtInPath, builtIns } from './built-in.ts';
import { chooseData } from './data-choice.ts';
import { datasetEntry, describeData } from './index.ts';
import { labelOf } from './label.ts';
import { wholeFile } from './whole-file.ts';

const tables = [
  {
    data: 'breast-cancer',
    rows: 569,
    columns: 30,
    classNames: ['benign', 'malignant'],
    title: 'Breast Cancer Wisconsin (Diagnostic), target diagnosis',
  },
  {
    data: 'digits',
    rows: 1797,
    columns: 64,
    classNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    title: 'Optical Recognition of Handwritten Digits, target digit',
  },
  {
    data: 'iris',
    rows: 150,
    columns: 4,
    classNames: ['setosa', 'versicolor', 'virginica'],
    title: 'Iris, target species',
  },
];

test.each(tables)('$data is a classification with names and credit', async ({ data, title, ...facts }) => {
  const { dataset, sources, settings, name } = await chooseData({ data });
  const entry = datasetEntry(dataset);
  const found = await entry.resolve({ ...settings, seed: 1, samples: 'all' }, sources);
  expect(found.facts).toMatchObject(facts);
  expect(name).toBe(data);
  expect(found.config).toMatchObject({ sha256: builtIns[data as 'iris'].sha256 });
  const described = describeData(found.config, found.facts, labelOf(sources));
  expect(described).toMatchObject({ title, license: expect.stringContaining('CC BY 4.0') });
  const { targets, task } = await entry.load(found.config, 1, sources);
  expect(task).toBe('classification');
  expect(new Set(targets).size).toBe(facts.classNames.length);
});

const builtInEntries: readonly (readonly [string, BuiltIn])[] = Object.entries(builtIns);

test.each(builtInEntries)(
  '%s is described in one line, and its dataset has its settings',
  async (name, entry) => {
    expect(entry.description).toMatch(/^[A-Za-z0-9][^\n]{10,80}$/);
    const { dataset, settings } = await chooseData({ data: name });
    expect(dataset).toBe(entry.dataset);
    expect(settings).toMatchObject(entry.settings ?? {});
    const known = Object.keys(datasetEntry(dataset).options);
    expect(known).toEqual(expect.arrayContaining(Object.keys(entry.settings ?? {})));
  },
);

test.each(builtInEntries.filter(([, { file }]) => file !== undefined))(
  'the file of %s has the digest that names it',
  async (_, { file, sha256 }) => {
    const { bytes, sha256: found } = await wholeFile(builtInPath(file!));
    expect(bytes.length).toBeGreaterThan(1000);
    expect(found).toBe(sha256);
  },
);
