import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { knownTables } from './known-tables.ts';

// What the authors say of their data, in the descriptions that scikit-learn ships and at UCI.

/** Least and greatest value of each column, in the order of the files. */
const cancerRanges = `6.981 28.11  9.71 39.28  43.79 188.5  143.5 2501.0  0.053 0.163  0.019 0.345  0.0 0.427  0.0 0.201
  0.106 0.304  0.05 0.097  0.112 2.873  0.36 4.885  0.757 21.98  6.802 542.2  0.002 0.031  0.002 0.135  0.0 0.396
  0.0 0.053  0.008 0.079  0.001 0.03  7.93 36.04  12.02 49.54  50.41 251.2  185.2 4254.0  0.071 0.223  0.027 1.058
  0.0 1.252  0.0 0.291  0.156 0.664  0.055 0.208`;
const irisRanges = '4.3 7.9  2.0 4.4  1.0 6.9  0.1 2.5';
const irisMeans = [5.84, 3.05, 3.76, 1.2];
const irisDeviations = [0.83, 0.43, 1.76, 0.76];

const tables = [
  {
    file: 'breast-cancer.csv',
    title: 'Breast Cancer Wisconsin (Diagnostic)',
    target: 'diagnosis',
    counts: { benign: 357, malignant: 212 },
    ranges: numbersOf(cancerRanges),
  },
  {
    file: 'digits.csv.gz',
    title: 'Optical Recognition of Handwritten Digits',
    target: 'digit',
    counts: { 0: 178, 1: 182, 2: 177, 3: 183, 4: 181, 5: 182, 6: 181, 7: 179, 8: 174, 9: 180 },
    ranges: null,
  },
  {
    file: 'iris.csv',
    title: 'Iris',
    target: 'species',
    counts: { setosa: 50, versicolor: 50, virginica: 50 },
    ranges: numbersOf(irisRanges),
  },
];

describe.each(tables)('$file', ({ file, title, target, counts, ranges }) => {
  test('has the classes that its authors say, in the last column', async () => {
    const { rows } = await read(file);
    const found: Record<string, number> = {};
    for (const row of rows) found[row[target]] = (found[row[target]] ?? 0) + 1;
    expect(found).toEqual(counts);
    expect(Object.keys(rows[0]).at(-1)).toBe(target);
  });

  test('has the ranges that its authors say', async () => {
    const columns = await featuresOf(file);
    columns.forEach((column, d) => {
      const [low, high] = ranges === null ? [0, 16] : ranges.slice(2 * d, 2 * d + 2);
      if (ranges === null) {
        expect(column.every((value) => Number.isInteger(value) && value >= low && value <= high)).toBe(true);
      } else {
        expect(Math.abs(Math.min(...column) - low)).toBeLessThanOrEqual(0.0005 + 1e-12);
        expect(Math.abs(Math.max(...column) - high)).toBeLessThanOrEqual(0.0005 + 1e-12);
      }
    });
    if (ranges !== null) expect(columns).toHaveLength(ranges.length / 2);
  });

  test('is recognised by its contents', async () => {
    expect(knownTables[(await read(file)).sha256]).toMatchObject({ title });
  });
});

test('iris has the means and standard deviations that its authors say', async () => {
  (await featuresOf('iris.csv')).forEach((column, d) => {
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
    const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (column.length - 1);
    expect(Math.abs(mean - irisMeans[d])).toBeLessThan(0.0101);
    expect(Math.abs(Math.sqrt(variance) - irisDeviations[d])).toBeLessThan(0.0101);
  });
});

test('digits has images of 64 pixels', async () => {
  expect(await featuresOf('digits.csv.gz')).toHaveLength(64);
});

async function featuresOf(file: string): Promise<number[][]> {
  const { rows } = await read(file);
  const names = Object.keys(rows[0]).slice(0, -1);
  return names.map((name) => rows.map((row) => Number(row[name])));
}

async function read(file: string): Promise<{ rows: Record<string, string>[]; sha256: string }> {
  const bytes = await readFile(`data/tables/${file}`);
  const plain = file.endsWith('.gz') ? gunzipSync(bytes) : bytes;
  return {
    rows: parse(plain, { columns: true }),
    sha256: createHash('sha256').update(plain).digest('hex'),
  };
}

function numbersOf(text: string): number[] {
  return text.split(/\s+/).map(Number);
}
