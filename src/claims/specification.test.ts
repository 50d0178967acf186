import { describe, expect, test } from '@jest/globals';
import { choices } from './choices.ts';
import { type ConclusionClaim, type NumberClaim, ownClaims, readClaims } from './claims.ts';
import { curveGroups, curveOf, standsBy } from './specification.ts';
import { choicesTable, specificationTable } from './specification-table.ts';
import { curveCells, recovering, sourcesText, specificationMarkdown } from './specification-text.ts';

const number: NumberClaim = {
  id: 'best',
  kind: 'number',
  where: 'Figure 5',
  says: 'test MSE',
  experiment: 'ffnn',
  statistic: 'test_mse',
  value: 2,
  significantDigits: 2,
};
const conclusion: ConclusionClaim = {
  id: 'lower',
  kind: 'conclusion',
  where: 'text',
  says: 'training error lower',
  holds: 'train < test',
  quantities: {
    train: { experiment: 'ffnn', statistic: 'train_mse' },
    test: { experiment: 'ffnn', statistic: 'test_mse' },
  },
};
const noise = [0.97, 1.04, 0.99, 1.01, 0.98];
/** Values that `factor` doubles, over five seeds. */
const doubledBy = (factor: number, { switched }: ReturnType<typeof curveGroups>[number]) =>
  switched.map((run, index) => noise.map((_, seed) => noise[(seed + index) % 5] * (run[factor] ? 2 : 1)));

test('claims are grouped by the choices that can affect them; those of many experiments first', async () => {
  const { claims } = await readClaims(ownClaims);
  const groups = curveGroups(claims);
  const groupOf = (id: string) => groups.find((group) => group.claims.some((claim) => claim.id === id));
  expect(groupOf('mnist-accuracy')!.choices.map(({ name }) => name)).toEqual([
    'batches permutation',
    'split canonical',
  ]);
  expect(groupOf('ols-best-mse')).toBe(groupOf('decay-worse-at-best'));
  expect(groupOf('ols-best-mse')!.choices).toHaveLength(7);
  expect(groupOf('ols-best-mse')!.resolution).toBe('IV');
  expect(groupOf('ridge-best-mse')!.choices).toEqual(groupOf('ols-best-mse')!.choices.slice(0, 6));
  expect(groupOf('ffnn-r2-above-least-squares')!.resolution).toBe('III');
  expect(groupOf('sgd-regressor-mse')).toBeUndefined();
  for (const { readings, switched } of groups) {
    expect(readings[0].name).toBe('code');
    expect(switched.length).toBeLessThanOrEqual(16);
  }
});

test('an option that a claim sets itself is no choice of that claim', () => {
  const names = (claim: NumberClaim) => curveGroups([claim])[0].choices.map(({ option }) => option);
  expect(names(number)).toContain('center');
  expect(names({ ...number, with: { center: ['none'] } })).not.toContain('center');
});

describe('a curve of a number', () => {
  const [group] = curveGroups([number]);
  const curve = curveOf(number, group, doubledBy(1, group), 0.95);

  test('gives the variance to the choice that makes it', () => {
    expect(curve.scale).toBe('log');
    const shares = curve.shares!.factors.map(({ share }) => share);
    expect(shares[1]).toBeGreaterThan(0.95);
    expect(curve.shares!.factors[1].effect).toBeCloseTo(Math.log(2), 10);
    expect(sourcesText(curve)).toContain(curve.choices[1].name);
  });

  test('says under which choices the number is typical, and which recover it', () => {
    for (const { changed, verdict } of curve.specifications) {
      expect(verdict).toBe(changed.includes(curve.choices[1]) ? 'typical' : 'unusual');
    }
    expect(standsBy(curve, curve.choices[1])).toEqual({ program: 0, other: curve.specifications.length / 2 });
    expect(recovering(curve)).toEqual([curve.choices[1]]);
  });

  test('with runs that diverge the order of the values is compared', () => {
    const values = doubledBy(0, group).map((row, run) =>
      row.map((value) => (group.switched[run][0] ? Number.POSITIVE_INFINITY : value)),
    );
    const diverged = curveOf(number, group, values, 0.95);
    expect(diverged.scale).toBe('ranks');
    expect(diverged.shares!.factors[0].share).toBeGreaterThan(0.7);
    expect(diverged.specifications[0].verdict).toBe('undecided');
    expect(curveCells(diverged)[2]).toContain('diverged');
  });

  test('with a record missing there are no shares, and with two seeds no verdicts', () => {
    const missing = doubledBy(0, group).map((row, run) => (run === 3 ? [null, ...row.slice(1)] : row));
    const partial = curveOf(number, group, missing, 0.95);
    expect(partial.shares).toBeNull();
    expect(partial.specifications.map(({ verdict }) => verdict)).toContain('not run');
    const few = curveOf(
      number,
      group,
      doubledBy(0, group).map((row) => row.slice(0, 2)),
      0.95,
    );
    expect(new Set(few.specifications.map(({ verdict }) => verdict))).toEqual(new Set(['undecided']));
  });
});

test('a conclusion is true, false or mixed over the seeds', () => {
  const [group] = curveGroups([conclusion]);
  const values = group.switched.map((run) => [1, 1, run[2] ? 0 : 1]);
  const curve = curveOf(conclusion, group, values, 0.95);
  for (const { changed, verdict, value } of curve.specifications) {
    const isMixed = changed.includes(curve.choices[2]);
    expect(verdict).toBe(isMixed ? 'mixed' : 'true');
    expect(value).toBeCloseTo(isMixed ? 2 / 3 : 1, 12);
  }
});

test('tables and text have every claim, and cells for every column', () => {
  const claims = [number, conclusion];
  const curves = claims.map((claim) => {
    const [group] = curveGroups([claim]);
    return curveOf(
      claim,
      group,
      claim === number ? doubledBy(1, group) : group.switched.map(() => [1, 1, 1]),
      0.95,
    );
  });
  for (const table of [specificationTable(curves, 0.95), choicesTable(curves)]) {
    const rows = [...table.rows];
    const key = table.primaryKey.map((name) => table.columns.findIndex((column) => column.name === name));
    expect(new Set(rows.map((row) => key.map((place) => row[place]).join())).size).toBe(rows.length);
    for (const row of rows) expect(row).toHaveLength(table.columns.length);
  }
  const ranks = [...specificationTable(curves, 0.95).rows]
    .filter(([id]) => id === 'best')
    .map((row) => row[4 + choices.length + 1]);
  expect([...ranks].sort((a, b) => Number(a) - Number(b))).toEqual(ranks.map((_, index) => index + 1));
  const text = specificationMarkdown(curves, claims, 'Seeds: 5 of ffnn.', [], 0.95);
  expect(text).toMatch(
    /### Headline numbers[\s\S]*best[\s\S]*### Conclusions[\s\S]*lower[\s\S]*### Choices that recover a claim/,
  );
});
