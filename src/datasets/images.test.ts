import { describe, expect, test } from '@jest/globals';
import { dataName, describeData } from './index.ts';
import { knownImages, mnistSha256 } from './known-images.ts';

const facts = { columns: 784, classes: 10 };
const configOf = (sha256: string, transpose = false) => ({ dataset: 'images', sha256, transpose }) as const;
const other = configOf('1a2b3c4d5e6f'.padEnd(64, '0'));

describe('images are named by the digest of their content', () => {
  test('known ones by their title, whatever their folder is called', () => {
    for (const [sha256, { title }] of Object.entries(knownImages)) {
      for (const label of [null, 'letters', 'mnist', 'fashion']) {
        expect(describeData(configOf(sha256), facts, label)).toMatchObject({ title, label });
      }
    }
  });

  test('others by their label and digest, without credit, also in a folder called mnist', () => {
    expect(describeData(other, facts, 'mnist')).toEqual({
      dataset: 'images',
      config: other,
      name: 'sha256:1a2b3c4d5e6f',
      label: 'mnist',
      title: 'images "mnist" (sha256:1a2b3c4d5e6f)',
      source: null,
      license: null,
      isReports: false,
      isDigits: false,
      ...facts,
    });
  });

  test('only MNIST itself, unchanged, is the data of the report', () => {
    const isReports = (sha256: string, transpose = false) =>
      describeData(configOf(sha256, transpose), facts, null).isReports;
    expect(Object.keys(knownImages).filter((sha256) => isReports(sha256))).toEqual([mnistSha256]);
    expect(isReports(mnistSha256, true)).toBe(false);
    expect(describeData(configOf(mnistSha256, true), facts, null)).toMatchObject({
      title: 'MNIST (transposed)',
      isDigits: false,
    });
  });

  test('in tables by 12 digits of the digest, and generated data by the name of their dataset', () => {
    expect(dataName(other)).toBe('sha256:1a2b3c4d5e6f');
    expect(dataName({ dataset: 'franke', samples: 10, noise: 1, target: 'x*y' })).toBe('franke');
  });
});

test("Franke's function is the report's surface, another target is not", () => {
  const surface = (target: string | null) =>
    describeData({ dataset: 'franke', samples: 10, noise: 1, target }, { columns: 2, classes: 1 }, null);
  expect(surface(null)).toMatchObject({ title: 'Franke function', isReports: true, label: null });
  expect(surface('sin(5*x)*y')).toMatchObject({
    title: 'f(x, y) = sin(5*x)*y',
    source: null,
    isReports: false,
  });
});
