import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { UserError } from '../errors.ts';
import { type NumberClaim, ownClaims, printedInterval, readClaims } from './claims.ts';
import { claimsJsonSchema } from './claims-schema.ts';
import { ownExpectation, readExpectation } from './expectation.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-claims-'));
});
afterAll(() => rm(folder, { recursive: true }));

const number = {
  id: 'a',
  kind: 'number',
  where: 'Figure 1',
  says: 'something',
  experiment: 'ffnn',
  statistic: 'test_mse',
  value: 0.1,
  significantDigits: 2,
};

async function messageOf(text: string): Promise<string> {
  const path = join(folder, 'claims.json');
  await writeFile(path, text);
  const error = await readClaims(path).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as Error).message;
}

const withClaims = (...claims: object[]) => JSON.stringify({ report: { title: 'a report' }, claims });

test('an option may have the name that it had before, in claims about runs of this program', async () => {
  const quantity = { experiment: 'ffnn', statistic: 'test_mse', except: { target: 'x+y' } };
  const conclusion = {
    ...{ id: 'b', kind: 'conclusion', where: 'Figure 1', says: 'something', holds: 'q > 0' },
    for: { target: ['x*y', 'x'] },
    quantities: { q: quantity },
  };
  const path = join(folder, 'older.json');
  await writeFile(path, withClaims({ ...number, with: { target: ['x*y'] } }, conclusion));
  expect((await readClaims(path)).claims).toMatchObject([
    { with: { formula: ['x*y'] } },
    { for: { formula: ['x*y', 'x'] }, quantities: { q: { except: { formula: 'x+y' } } } },
  ]);
  await writeFile(path, withClaims({ ...number, select: { target: 'x*y' } }));
  expect((await readClaims(path, 'given')).claims).toMatchObject([{ select: { target: 'x*y' } }]);
});

describe("the report's own claims", () => {
  test('can be read, and are every number of its heat maps and more', async () => {
    const { claims } = await readClaims(ownClaims);
    const inFigure = (figure: string) =>
      claims.filter((claim) => claim.kind === 'number' && claim.where.startsWith(figure)).length;
    expect([3, 4, 6].map((figure) => inFigure(`Figure ${figure}`))).toEqual([64, 32, 32]);
    expect(claims.filter(({ kind }) => kind === 'conclusion').length).toBeGreaterThan(40);
  });

  test('have each an expected verdict, figures too; where the variants differ one for each', async () => {
    const { claims } = await readClaims(ownClaims);
    const figures = claims.flatMap((claim) => (claim.kind === 'number' ? (claim.figure ?? []) : []));
    const expected = await readExpectation(ownExpectation);
    expect(new Set(expected.keys())).toEqual(new Set([...claims.map(({ id }) => id), ...figures]));
    expect([...expected.values()]).not.toContain('underspecified');
  });

  test('stand in a file with the schema that checks them: npm run schema', async () => {
    const committed = await readFile(join(ownClaims, '../claims.schema.json'), 'utf8');
    expect(JSON.parse(committed)).toEqual(JSON.parse(JSON.stringify(claimsJsonSchema())));
  });
});

describe('a printed number', () => {
  test.each([
    [0.1, 2, 0.095, 0.105],
    [0.053, 2, 0.0525, 0.0535],
    [-2.4, 2, -2.45, -2.35],
    [-1, 2, -1.05, -0.95],
    [0.9269, 4, 0.92685, 0.92695],
    [7, 1, 6.5, 7.5],
    [0, 1, -0.5, 0.5],
  ])('%d with %d digits lay between %d and %d', (value, significantDigits, low, high) => {
    const found = printedInterval({ value, significantDigits } as NumberClaim);
    expect(found.low).toBeCloseTo(low, 12);
    expect(found.high).toBeCloseTo(high, 12);
  });

  test('that was read off a curve lay within its reading error', () => {
    const found = printedInterval({ value: 0.06, readingError: 0.002 } as NumberClaim);
    expect(found.low).toBeCloseTo(0.058, 12);
    expect(found.high).toBeCloseTo(0.062, 12);
  });
});

test('a file that begins with a byte order mark is read', async () => {
  const path = join(folder, 'marked.json');
  await writeFile(path, `\ufeff${withClaims(number)}`);
  expect((await readClaims(path)).claims).toHaveLength(1);
});

describe('a file that is none', () => {
  test.each([
    ['not JSON', '{', /claims\.json:1:2: Expected.*\n.*JSON/],
    ['no claims', withClaims(), /:1:\d+, claims\n.*expected/],
    [
      'an unknown key',
      withClaims({ ...number, wher: 'red' }),
      /:1:\d+, claim a: wher\n.*one of id, .*\n.*\n.*did you mean where/,
    ],
    ['an unknown option', withClaims({ ...number, select: { colour: 1 } }), /select/],
    [
      'a value that is no number',
      withClaims({ ...number, value: '0.1' }),
      /:1:\d+, claim a: value\n.*number.*\n.*"0.1".*\n.*without quotes/,
    ],
    [
      'neither digits nor error',
      withClaims({ ...number, significantDigits: undefined }),
      /significantDigits, decimals or/,
    ],
    ['both', withClaims({ ...number, readingError: 1 }), /either significantDigits/],
    [
      'a reading error that reaches beyond all numbers',
      withClaims({ ...number, value: 1.7e308, significantDigits: undefined, readingError: 1.7e308 }),
      /claim a.*\n.*largest number.*\n.*1\.7e\+308/,
    ],
    [
      'an id that is a figure too',
      withClaims(number, { ...number, id: 'b', figure: 'a' }),
      /differ from the names of figures/,
    ],
    [
      'a figure of very many numbers',
      withClaims(...Array.from({ length: 501 }, (_, i) => ({ ...number, id: `n${i}`, figure: 'F' }))),
      /claim n0\n.*at most 500 numbers in the figure F/,
    ],
    ['an id twice', withClaims(number, number), /a unique id[\s\S]*the first is at .*:\d+:\d+/],
    [
      'an id that is a path',
      withClaims({ ...number, id: '../a' }),
      /claims\.0\.id\n.*lower-case letters, digits/,
    ],
    ['a prototype', `{"report":{"title":"x"},"claims":[],"__proto__":{"a":1}}`, /claims/],
  ])('%s is said', async (_name, text, pattern) => {
    expect(await messageOf(text)).toMatch(pattern);
  });

  test.each([
    ['no experiment', { ...number, experiment: undefined }, /an experiment, such as[\s\S]*--runs/],
    ['an option that is misspelt', { ...number, select: { batchsize: 10 } }, /did you mean batchSize/],
  ])('of our runs, %s is said', async (_name, claim, pattern) => {
    expect(await messageOf(withClaims(claim))).toMatch(pattern);
  });

  test('a missing file is named', async () => {
    await expect(readClaims(join(folder, 'none.json'))).rejects.toThrow(/none\.json/);
  });
});

describe('claims about runs of another program', () => {
  const { experiment: _, ...given } = { ...number, select: { width: [8, '16'] }, statistic: 'my_error' };

  test('may name any columns, and no experiment', async () => {
    const path = join(folder, 'given.json');
    await writeFile(path, withClaims(given));
    const { claims } = await readClaims(path, 'given');
    expect(claims).toMatchObject([{ experiment: '', statistic: 'my_error', select: { width: [8, '16'] } }]);
  });

  test.each([
    [{ scale: 'log', low: -5 }, /, metrics\.score\.low\n.*at least 0, which the scale log can show\n.*-5/],
    [{ scale: 'log_distance', high: 2 }, /metrics\.score\.high\n.*at most 1/],
    [{ scale: 'logit', high: 100 }, /metrics\.score\.high\n.*from 0 to 1/],
    [{ low: 1, high: 0 }, /:1:\d+, metrics\.score\.high\n.*above the lowest, 1\n.*0/],
    [{ low: 1, high: 1 }, /above the lowest, 1/],
    [{ scale: 'logit', low: 1 }, /metrics\.score\.low\n.*below 1/],
  ])('with the metric %j are refused', async (score, message) => {
    const path = join(folder, 'given.json');
    await writeFile(path, JSON.stringify({ ...JSON.parse(withClaims(given)), metrics: { score } }));
    await expect(readClaims(path, 'given')).rejects.toThrow(message);
  });

  test.each(['with', 'curve'])('have no %s', async (key) => {
    const path = join(folder, 'given.json');
    await writeFile(path, withClaims({ ...given, [key]: key === 'with' ? { epochs: [3] } : 'mean' }));
    await expect(readClaims(path, 'given')).rejects.toThrow(`no ${key}: the runs are given`);
  });
});
