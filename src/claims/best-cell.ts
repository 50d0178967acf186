import type { Setting, Settings } from '../experiment/options.ts';
import { notBest } from '../stats/best-cells.ts';
import { mean, typicalSpread } from '../stats/describe.ts';
import type { ScaleName } from '../stats/scales.ts';
import { scaleFor } from '../stats/scales.ts';
import { requiredShare, type ShareWord, shareWord } from '../stats/share.ts';
import { wilsonInterval } from '../stats/wilson.ts';
import { negligibleShare } from './effect.ts';

/** The cells of a grid over the seeds, and the one that is said to be the best. */
export interface Grid {
  /** What distinguishes the cells. */
  readonly cells: readonly Settings[];
  /** [cells][seeds]; infinite where a run diverged. */
  readonly values: readonly (readonly number[])[];
  readonly claimed: number;
  readonly better: 'lower' | 'higher';
  readonly scale: ScaleName;
}

/** How a cell that is said to be the best of a grid compares with the cell that is the best on average. */
export interface BestCell {
  /** Settings of the cell with the best mean over the seeds, on the scale. */
  readonly best: Readonly<Record<string, Setting | null>>;
  /** How much worse the claimed cell is on average, in units of the spread between seeds; null: some of its runs diverge. */
  readonly behind: number | null;
  /** Runs of the claimed cell that diverged. */
  readonly diverged: number;
  /** Probability that equal cells would differ as much, among all of the grid. */
  readonly p: number;
  /** Cells that cannot be told from the best on average, the best included. */
  readonly tied: number;
  /** Cells of the grid. */
  readonly cells: number;
}

/**
 * Compares the claimed cell with all others by the simultaneous inference of `notBestPValues`. Cells with diverged runs are
 * not the best, unless all have.
 */
export function compareBestCell({ cells, values, claimed, better, scale }: Grid, level: number): BestCell {
  const sign = better === 'lower' ? 1 : -1;
  const onScale = scaleFor(scale, values.flat().filter(Number.isFinite));
  const losses = values.map((own) =>
    own.map((value) => (Number.isFinite(value) ? sign * onScale.forward(value) : Number.POSITIVE_INFINITY)),
  );
  const p = notBest(losses);
  const means = losses.map(mean);
  const best = means.reduce((least, own, cell) => (own < means[least] ? cell : least), claimed);
  const spread = Math.hypot(typicalSpread(losses[claimed]), typicalSpread(losses[best])) / Math.SQRT2;
  const gap = means[claimed] - means[best];
  return {
    best: cells[best] as BestCell['best'],
    behind: best === claimed ? 0 : Number.isFinite(gap) && spread > 0 ? gap / spread : null,
    diverged: values[claimed].filter((value) => !Number.isFinite(value)).length,
    p: best === claimed ? 1 : p[claimed],
    tied: p.filter((own, cell) => cell === best || own > 1 - level).length,
    cells: cells.length,
  };
}

/**
 * The word for a cell that is said to be the best. It holds if it is the best in nearly every seed. It is contradicted only if
 * another cell is better on average, by more than equal cells would differ and by more than a tenth of the spread between
 * seeds, or if its runs diverge. A cell that is tied with the best seldom wins where there are many: which cell wins then
 * depends on the seed. It is undecided if the seeds are too few for any verdict, or runs for a comparison are missing.
 */
export function bestCellWord(
  found: BestCell | null,
  { wins, seeds, level }: { readonly wins: number; readonly seeds: number; readonly level: number },
): ShareWord {
  const word = shareWord(wins, seeds, level);
  if (word === 'holds' || shareWord(seeds, seeds, level) === 'undecided') return word;
  if (found === null) return 'undecided';
  const { behind, p, diverged } = found;
  const isWorse = behind !== null && behind >= negligibleShare && p <= 1 - level;
  if (isWorse || shareWord(diverged, seeds, level) === 'holds') return 'contradicted';
  return wilsonInterval(wins, seeds, level).high <= requiredShare ? 'depends on the seed' : 'undecided';
}
