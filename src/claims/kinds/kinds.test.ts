import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { experiments } from '../../../experiments/index.ts';
import { type Claim, printedInterval, readClaims } from '../claims.ts';
import { codeReading, planReadings } from '../readings.ts';
import { claimKinds } from './index.ts';

let file: string;
beforeAll(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'fys-nn-kinds-')), 'claims.yaml');
});
afterAll(() => rm(join(file, '..'), { recursive: true }));

async function read(claims: string): Promise<readonly Claim[]> {
  await writeFile(file, `report: { title: a report }\nvariant: code\nclaims:\n${claims}`);
  return (await readClaims(file)).claims;
}

const shared = 'where: Table 1, says: a claim, experiment: grid-search ols, statistic: test_mse';
const one = async (claim: string) => await read(`  - { id: a, ${shared}, ${claim} }`);

describe('the examples of all kinds', () => {
  const all = Object.values(claimKinds)
    .map(({ example }) => example)
    .join('\n');

  test('are one file, whose claims can be planned', async () => {
    const claims = await read(all);
    expect(new Set(claims.map(({ variant }) => variant))).toEqual(new Set(['code']));
    const { plans } = await planReadings(claims, [codeReading], experiments, () => [1], { dataDir: null });
    expect(plans.flatMap(({ cells }) => cells).length).toBeGreaterThan(5);
  });

  test.each(Object.entries(claimKinds))('%s has one', (name, { example }) => {
    expect(example).toContain(`kind: ${name}\n`);
  });
});

describe('a table', () => {
  const table = (more: string) => one(`kind: table, rows: { batchSize: [10, all] }, ${more}`);

  test('is one number for each printed cell, in one figure', async () => {
    const claims = await table(
      'columns: { learningRate: [0.1, 1.0e-3] }, values: [[0.10, 0.2], [null, 3]], significantDigits: 2',
    );
    expect(claims).toMatchObject([
      { id: 'a-10-0.1', figure: 'Table 1', value: 0.1, select: { batchSize: 10, learningRate: 0.1 } },
      { id: 'a-10-0.001', says: 'a claim, batch size 10, learning rate 0.001' },
      { id: 'a-all-0.001', value: 3, significantDigits: 2 },
    ]);
  });

  test('may have one column, and say where the values stand in ids and sentences', async () => {
    const claims = await read(
      `  - { ${shared.replace('a claim', '"with {batchSize} rows"')}, kind: table, id: "b{batchSize}-mse", rows: { batchSize: [10, 50] }, values: [[1], [2]], readingError: 0.5 }`,
    );
    expect(claims.map(({ id, says }) => [id, says])).toEqual([
      ['b10-mse', 'with 10 rows'],
      ['b50-mse', 'with 50 rows'],
    ]);
  });

  test.each([
    ['too few rows', 'values: [[1]]', /4:\d+, claim a: values\n.*2 lists, one for each value of rows/],
    ['a ragged row', 'values: [[1], [2, 3]]', /claim a: values\.1\n.*1 numbers/],
    ['no number', 'values: [[null], [null]]', /at least one number/],
    ['text', 'values: [[1], [x]]', /claim a: values\.1\.0\n.*number.*\n.*"x"/],
    ['the same option twice', 'values: [[1], [2]], columns: { batchSize: [1] }', /another option/],
    ['an id that is none', 'values: [[1], [2]], columns: { schedule: ["å"] }', /lower-case|schedule/],
  ])('with %s is refused, with its place', async (_name, more, message) => {
    await expect(table(`${more}, significantDigits: 1`)).rejects.toThrow(message);
  });
});

describe('the precision of a number', () => {
  test.each([
    ['value: 0.10, decimals: 2', 0.095, 0.105],
    ['value: 12.5, decimals: 1', 12.45, 12.55],
    ['value: 0, decimals: 3', -0.0005, 0.0005],
    ['value: 97, decimals: 0', 96.5, 97.5],
    ['value: -0.003, decimals: 3', -0.0035, -0.0025],
    ['value: 0.5, readingError: 0.1', 0.4, 0.6],
  ])('%s', async (precision, low, high) => {
    const [claim] = await one(`kind: number, ${precision}`);
    const found = printedInterval(claim as Extract<Claim, { kind: 'number' }>);
    expect([found.low, found.high]).toEqual([expect.closeTo(low, 10), expect.closeTo(high, 10)]);
  });

  test.each(['value: 0.123, decimals: 2', 'value: 1', 'value: 1, decimals: 0, significantDigits: 1'])(
    '%s is refused',
    async (precision) => {
      await expect(one(`kind: number, ${precision}`)).rejects.toThrow(/decimals/);
    },
  );
});

describe('an order', () => {
  test('of the values of an option is the whole and each step, by which values are better', async () => {
    const claims = await one('kind: order, bestFirst: { learningRate: [0.1, 0.01, 0.001] }');
    expect(claims).toMatchObject([
      { id: 'a', holds: 'q1 < q2 and q2 < q3', quantities: { q3: { select: { learningRate: 0.001 } } } },
      { id: 'a-0.1-0.01', holds: 'q1 < q2' },
      { id: 'a-0.01-0.001', holds: 'q2 < q3' },
    ]);
    const [higher] = await read(
      `  - { id: r, ${shared.replace('test_mse', 'bootstrap_r2')}, kind: order, bestFirst: { learningRate: [0.1, 0.01] } }`,
    );
    expect(higher).toMatchObject({ holds: 'q1 > q2' });
  });

  test.each([
    ['neither form', '', /either bestFirst, or quantities with order/],
    ['an unknown name', 'quantities: { x: {statistic: test_mse} }, order: x < y', /experiment in each/],
    ['one value', 'bestFirst: { learningRate: [0.1] }', /bestFirst/],
    ['two options', 'bestFirst: { learningRate: [1, 2], batchSize: [1, 2] }', /one option with the list/],
  ])('with %s is refused', async (_name, more, message) => {
    await expect(one(`kind: order, ${more}`)).rejects.toThrow(message);
  });

  test('of quantities names them', async () => {
    const text = `  - { id: a, kind: order, where: w, says: s, quantities: { x: {experiment: ffnn, statistic: test_mse} }, order: x < y }`;
    await expect(read(text)).rejects.toThrow(/claim a: order\n.*names of quantities with <.*\n.*x < y/);
  });
});

test('a threshold is a condition; a mean has its runs; the best cell its grid and all others', async () => {
  expect(await one('kind: threshold, take: min, above: 0.1, atMost: 0.5')).toMatchObject([
    { kind: 'conclusion', holds: 'value > 0.1 and value <= 0.5', quantities: { value: { take: 'min' } } },
  ]);
  await expect(one('kind: threshold, above: 2, below: 1')).rejects.toThrow(
    /claim a: above\n.*below 1, or nothing lies between both\n.*2/,
  );
  await expect(one('kind: threshold, atLeast: 1, below: 1')).rejects.toThrow(/claim a: atLeast/);
  expect(await one('kind: threshold, atLeast: 1, atMost: 1')).toHaveLength(1);
  await expect(
    one('kind: best cell, select: { batchSize: [10], epochs: 5 }, best: { batchSize: 10 }'),
  ).rejects.toThrow(/claim a: select\n.*other cells too/);
  await expect(one('kind: threshold')).rejects.toThrow(/one of above, atLeast/);
  expect(await one('kind: central, value: 0.5, decimals: 1, runs: 5')).toMatchObject([
    { kind: 'number', runs: 5, significantDigits: 1 },
  ]);
  await expect(one('kind: central, value: 0.5, decimals: 1, runs: 1')).rejects.toThrow(/runs/);
  expect(await one('kind: best cell, select: { schedule: decay }, best: { batchSize: 10 }')).toMatchObject([
    {
      holds: 'cell <= others',
      quantities: {
        cell: { select: { schedule: 'decay', batchSize: 10 } },
        others: { select: { schedule: 'decay' }, except: { batchSize: 10 }, take: 'min' },
      },
      grid: { take: 'min' },
    },
  ]);
});

test('where there is one experiment, its name is the remedy for another one', async () => {
  const claims = await one('kind: number, value: 1, significantDigits: 1');
  const own = experiments.filter(({ name }) => name === 'ffnn').map((ffnn) => ({ ...ffnn, name: 'mine' }));
  const planned = planReadings(claims, [codeReading], own, { franke: [1] }, { dataDir: null });
  await expect(planned).rejects.toThrow(
    /expected: mine\n.*received: "grid-search ols"\n.*write experiment: mine/s,
  );
});
