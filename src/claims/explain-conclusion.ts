import { counted } from '../errors.ts';
import { requiredShare } from '../stats/share.ts';
import { wilsonInterval } from '../stats/wilson.ts';
import type { BestCell } from './best-cell.ts';
import type { ConclusionEvidence } from './judge-conclusions.ts';
import { effectText, percent, pValueText, zText } from './verdict-text.ts';
import type { Verdict } from './words.ts';

/** "it is true in 3 of 50 seeds , with a median margin of 0.0049 …, and in 12 % of all combinations …" */
export function conclusionDistance({ holds, share, unpaired, effect }: ConclusionEvidence): string {
  if (share === null) return 'a record is missing, so nothing is known';
  const count = holds.filter((held) => held === true).length;
  const margin = effect === null ? '' : `, with a median margin of ${effectText(effect)}`;
  const independent =
    unpaired === null ? '' : `, and in ${percent(unpaired, 2)} of all combinations of independent runs`;
  return `it is true in ${count} of ${counted(holds.length, 'seed')}${margin}${independent}`;
}

/** Why the verdict is what it is. */
export function conclusionSureness(
  { holds, interval, verdict, moreSeeds, bestCell }: ConclusionEvidence,
  level: number,
): string {
  if (interval === null) return 'run fys-nn verify again';
  if (bestCell) return bestCellText(bestCell, verdict, moreSeeds);
  const range = `of all seeds it would be true in ${percent(interval.low, 2)} to ${percent(interval.high, 2)}`;
  // The words are decided by one-sided bounds.
  const bound = wilsonInterval(holds.filter((held) => held === true).length, holds.length, 2 * level - 1);
  const atLeast = `of all seeds it would be true in at least ${percent(bound.low, 2)}, and ${percent(requiredShare)} are enough`;
  switch (verdict) {
    case 'contradicted':
      return `of all seeds it would be true in at most ${percent(bound.high, 2)}`;
    case 'depends on the seed':
      return `${range}, neither nearly all nor nearly none`;
    case 'undecided':
      return `${range}, and ${moreSeedsText(moreSeeds)}`;
    case 'holds, but negligible':
      return `${atLeast}, but the difference is less than a tenth of the spread between seeds`;
    default:
      return atLeast;
  }
}

/** How the cell that is said to be the best compares with the one that is the best on average. */
function bestCellText(
  { best, behind, p, tied, cells }: BestCell,
  verdict: Verdict,
  moreSeeds: number | null,
): string {
  const name = Object.entries(best).map(([option, value]) => `${option} ${value}`);
  const size = behind === null ? '' : ` by ${zText(behind)} standard deviations between seeds`;
  const first =
    behind === 0
      ? 'it is also the best on average'
      : `the best on average is ${name.join(', ')}${size}, and equal cells would differ as much with probability ${pValueText(p)}`;
  const more = verdict === 'undecided' ? `; ${moreSeedsText(moreSeeds)}` : '';
  return `${first}; ${tied} of ${cells} cells cannot be told from the best${more}`;
}

function moreSeedsText(more: number | null): string {
  return `${more ?? 'more than 1000'} more ${more === 1 ? 'seed' : 'seeds'} would settle it if this share stayed the same`;
}
