import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { createRng } from '../math/rng.ts';
import { type ClassifierSummary, summarizeClassifier } from './classifier-summary.ts';
import { averageNames } from './confusion.ts';
import { areaUnder, rankRows, thinned } from './ranking.ts';

// Every number next to scikit-learn's, or NumPy's from the definition: scikit-learn.py in the folder.

interface Case {
  readonly name: string;
  readonly labels: number[];
  readonly probabilities: number[];
  readonly confusion: number[][];
  readonly by_class: readonly {
    readonly rows: number;
    readonly predicted: number;
    readonly precision: number;
    readonly recall: number;
    readonly f1: number;
    readonly roc: { readonly x: number[]; readonly y: number[]; readonly auc: number } | null;
    readonly gains_ratio: number | null;
    readonly calibration: { readonly probability: number[]; readonly share: number[] };
    readonly calibration_error: number;
    readonly brier: number;
  }[];
  readonly averages: Record<'macro' | 'weighted' | 'micro', number[]>;
  readonly auc_ovr: number[] | null;
  readonly predicted_calibration_error: number;
  readonly brier: number;
}

const { cases } = JSON.parse(
  readFileSync(new URL('../../data/fixtures/classifiers/scikit-learn.json', import.meta.url), 'utf8'),
) as { cases: Case[] };

const rowsOf = ({ labels, probabilities }: Pick<Case, 'labels' | 'probabilities'>) => ({
  labels: Uint32Array.from(labels),
  probabilities: Float64Array.from(probabilities),
});

const expectClose = (own: number | null, theirs: number | null) => {
  if (theirs === null) expect(own).toBeNull();
  else expect(Math.abs(own! - theirs)).toBeLessThan(1e-12);
};

describe.each(cases.map((one) => [one.name, one] as const))('%s', (_name, one) => {
  const summary: ClassifierSummary = summarizeClassifier(rowsOf(one));

  test('has the counts and scores of scikit-learn', () => {
    expect(summary.confusion).toEqual(one.confusion);
    one.by_class.forEach((theirs, c) => {
      const own = summary.byClass[c];
      expect([own.rows, own.predicted]).toEqual([theirs.rows, theirs.predicted]);
      // What is 0 / 0 has no value here; scikit-learn writes 0.
      expect([own.precision === null, own.recall === null]).toEqual([own.predicted === 0, own.rows === 0]);
      expectClose(own.precision ?? 0, theirs.precision);
      expectClose(own.recall ?? 0, theirs.recall);
      expectClose(own.f1 ?? 0, theirs.f1);
      expectClose(own.brier, theirs.brier);
      expectClose(own.calibrationError, theirs.calibration_error);
    });
    for (const name of averageNames) {
      const { precision, recall, f1 } = summary.averages[name];
      [precision, recall, f1].forEach((own, i) => {
        expectClose(own, one.averages[name][i]);
      });
    }
    expectClose(summary.averages.micro.brier, one.brier);
    expectClose(summary.averages.micro.calibrationError, one.predicted_calibration_error);
  });

  test('has its areas and curves', () => {
    one.by_class.forEach(({ roc, gains_ratio }, c) => {
      expectClose(summary.byClass[c].auc, roc?.auc ?? null);
      expectClose(summary.byClass[c].gainsRatio, gains_ratio);
      const ranking = summary.rankings.get(c);
      if (ranking === undefined || roc === null) return;
      // The curves are short, so that no corner is left out.
      expectClose(areaUnder(ranking.roc), roc.auc);
      for (const { x, y } of ranking.roc)
        expect(roc.x.some((theirs, i) => Math.abs(theirs - x) + Math.abs(roc.y[i] - y) < 1e-12)).toBe(true);
      expectClose(ranking.gainsRatio, 2 * ranking.auc - 1);
    });
    if (one.auc_ovr !== null) {
      expectClose(summary.averages.macro.auc, one.auc_ovr[0]);
      expectClose(summary.averages.weighted.auc, one.auc_ovr[1]);
    }
  });

  test('has its calibration curve', () => {
    for (const [c, bins] of summary.calibration) {
      const filled = bins.filter(({ rows }) => rows > 0);
      const theirs = one.by_class[c].calibration;
      expect(filled).toHaveLength(theirs.share.length);
      filled.forEach(({ probability, share }, i) => {
        expectClose(probability, theirs.probability[i]);
        expectClose(share, theirs.share[i]);
      });
      expect(bins).toHaveLength(10);
    }
  });
});

test('a class that all rows have, or none, cannot be ranked', () => {
  expect(rankRows(Float64Array.of(0.1, 0.9), () => true)).toBeNull();
  expect(rankRows(Float64Array.of(0.1, 0.9), () => false)).toBeNull();
});

describe('a long curve is thinned', () => {
  const rng = createRng(1, 'data');
  const scores = Float64Array.from({ length: 5000 }, () => rng.uniform());
  const isOfClass = scores.map((score) => (rng.uniform() < score ** 2 ? 1 : 0));
  const ranking = rankRows(scores, (n) => isOfClass[n] === 1)!;

  test('to few points of it, with nearly its area', () => {
    const points = thinned(ranking.roc, 100);
    expect(points).toHaveLength(100);
    expect(points[0]).toEqual({ x: 0, y: 0 });
    expect(points.at(-1)).toEqual({ x: 1, y: 1 });
    expect(points.every((point) => ranking.roc.includes(point))).toBe(true);
    expect(Math.abs(areaUnder(points) - ranking.auc)).toBeLessThan(1e-3);
    expect(Math.abs(areaUnder(ranking.roc) - ranking.auc)).toBeLessThan(1e-12);
  });

  test('and of a curve with few corners only these are left', () => {
    const points = [0, 0.2, 0.4, 0.6, 0.8, 1].map((x) => ({ x, y: Math.min(1, 2 * x) }));
    expect(thinned([...points.slice(0, 3), { x: 0.5, y: 1 }, ...points.slice(3)], 100)).toEqual([
      { x: 0, y: 0 },
      { x: 0.5, y: 1 },
      { x: 1, y: 1 },
    ]);
    expect(
      thinned(
        [
          { x: 0, y: 0 },
          { x: 1, y: 1 },
        ],
        100,
      ),
    ).toHaveLength(2);
  });
});
