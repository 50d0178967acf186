import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRng } from '../math/rng.ts';
import { bestCellWord, compareBestCell, type Grid } from './best-cell.ts';
import { readClaims } from './claims.ts';
import { judgeRuns } from './judge-runs.ts';
import { openRuns } from './runs-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-best-cell-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Errors of cells that share the luck of a seed: exp(mean + 0.3 (luck + own)). */
function errorsOf(means: readonly number[], seeds: number, stream: number, own = 1): number[][] {
  const rng = createRng(stream, 'data');
  const luck = Array.from({ length: seeds }, () => rng.normal());
  return means.map((mean) => luck.map((common) => Math.exp(mean + 0.3 * (common + own * rng.normal()))));
}

function gridOf(values: readonly number[][], claimed: number): Grid {
  return {
    cells: values.map((_, cell) => ({ degree: cell })),
    values,
    claimed,
    better: 'lower',
    scale: 'log',
  };
}

function wordOf(values: readonly number[][], claimed: number) {
  const seeds = values[0].length;
  const wins = values[0].filter((_, seed) =>
    values.every((own) => values[claimed][seed] <= own[seed]),
  ).length;
  return bestCellWord(compareBestCell(gridOf(values, claimed), 0.95), { wins, seeds, level: 0.95 });
}

describe('a cell that is said to be the best', () => {
  test('of equal cells is contradicted in at most 5 % of grids', () => {
    const grids = 200;
    const contradicted = Array.from({ length: grids }, (_, i) =>
      wordOf(errorsOf(Array(5).fill(0), 11, i), i % 5),
    ).filter((word) => word === 'contradicted').length;
    expect(contradicted / grids).toBeLessThan(0.05);
  });

  test.each([
    ['tied with five others', [0, 0, 0, 0, 0, 0], 'depends on the seed'],
    ['far worse than another', [0, -1, 0], 'contradicted'],
    ['far better than all', [0, 2, 2.5], 'holds'],
  ])('%s', (_name, means, word) => {
    expect(wordOf(errorsOf(means, 20, 1), 0)).toBe(word);
  });

  test('is not contradicted by losing every time by a hundredth of the spread', () => {
    const values = errorsOf([0, -0.003], 20, 2, 0);
    expect(compareBestCell(gridOf(values, 0), 0.95)).toMatchObject({
      best: { degree: 1 },
      p: expect.closeTo(0, 2),
    });
    expect(wordOf(values, 0)).toBe('depends on the seed');
  });

  test('is undecided with the runs of five seeds', () => {
    expect(wordOf(errorsOf([0, 0, 0], 5, 3), 0)).toBe('undecided');
  });

  test('is not contradicted because one of its runs diverges', () => {
    const values = errorsOf([0, 0.1], 20, 4);
    values[0][3] = Number.POSITIVE_INFINITY;
    expect(compareBestCell(gridOf(values, 0), 0.95).behind).toBeNull();
    expect(wordOf(values, 0)).not.toBe('contradicted');
    expect(wordOf([Array(20).fill(Number.POSITIVE_INFINITY), values[1]], 0)).toBe('contradicted');
  });
});

test('of the runs of another program: the same words, and the cell that is the best on average', async () => {
  const rates = [0.001, 0.01, 0.1];
  const values = errorsOf([1, 0, 1], 20, 5);
  const rows = rates.flatMap((rate, cell) =>
    values[cell].map((error, seed) => [seed + 1, rate, error, cell + seed]),
  );
  const runs = join(folder, 'runs.csv');
  await writeFile(runs, ['seed,rate,error,minutes', ...rows.map((row) => row.join(','))].join('\n'));
  const claims = join(folder, 'claims.yaml');
  const claim = (id: string, rate: number) =>
    `  - { id: ${id}, kind: best cell, where: w, says: s, statistic: error, better: lower, best: { rate: ${rate} } }\n`;
  await writeFile(claims, `report: { title: t }\nclaims:\n${claim('right', 0.01)}${claim('wrong', 0.1)}`);
  const subject = await readClaims(claims, 'given');
  const { verification } = await judgeRuns(subject, await openRuns(runs), 0.95, 'fys-nn verify');
  expect(verification.conclusions.map(({ verdict }) => verdict)).toEqual(['holds', 'contradicted']);
  expect(verification.conclusions[1].evidence[0]).toMatchObject({
    bestCell: { best: { rate: '0.01' }, cells: 3, tied: 1 },
    effect: { inSpreads: expect.any(Number) },
  });
});
