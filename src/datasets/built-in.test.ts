import { expect, test } from '@jest/globals';
import { builtIns } from './built-in.ts';
import { chooseData } from './data-choice.ts';
import { datasetEntry, describeData } from './index.ts';
import { labelOf } from './label.ts';

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

test('every name has a dataset and a description of one line', () => {
  for (const { dataset, description } of Object.values(builtIns)) {
    expect(() => datasetEntry(dataset).title).not.toThrow();
    expect(description).toMatch(/^[A-Za-z0-9][^\n]{10,80}$/);
  }
});
