import { counted } from '../errors.ts';
import type { Method } from '../stats/one-more-run.ts';
import type { NumberClaim } from './claims.ts';
import type { NumberEvidence } from './judge-numbers.ts';
import { moreSeedsFor } from './more-runs.ts';
import {
  deviationsText,
  divergedRuns,
  percent,
  pValueText,
  rangeText,
  valueText,
  zText,
} from './verdict-text.ts';

/** "the median of the runs is 0.0521, and the published value lies 0.4 standard deviations of one run above their mean, …" */
export function numberDistance({ claim, found, values }: NumberEvidence): string {
  if (found === null) return 'a record is missing, so nothing is known';
  const diverged = divergedRuns(values);
  if (diverged === values.length) return `all ${values.length} runs diverge`;
  const some = diverged === 0 ? '' : `${diverged} of the runs diverge, `;
  if (found.method === 'equal') return `${some}all runs give ${valueText(found.median)}`;
  const { median, z, percentile, p } = found;
  const side = z < 0 ? 'below' : 'above';
  const allowed = p === 1 && Math.abs(z) > 0.5 ? ', within its rounding or reading error' : '';
  return `${some}the median of the runs is ${valueText(median)}; ${valueText(claim.value)} lies ${zText(Math.abs(z))} ${deviationsText(claim)} ${side} their mean${allowed}, and ${valueText(percentile)} % of the runs are lower`;
}

/** Why the verdict is what it is: what would have been another one. */
export function numberSureness(evidence: NumberEvidence, level: number): string {
  const { claim, found, verdict, values } = evidence;
  if (found === null) return 'run fys-nn verify again';
  const { interval, undetected, resolutionZ, p, adjusted } = found;
  // What its metric cannot have needs no saying.
  const isOpen = found.method === 'equal' && !Number.isFinite(resolutionZ);
  const limits = isOpen
    ? 'no value would be contradicted'
    : `only a value outside of ${rangeText(undetected)} would be contradicted`;
  switch (verdict) {
    case 'contradicted':
      if (divergedRuns(values) === values.length) return 'what diverges gives no number';
      return `the probability that ${oneMore(claim)} is so far out is ${pValueText(p)}, and ${pValueText(adjusted)} allowing for all other numbers`;
    case 'unusual':
      return `it lies outside of the central ${percent(level)} of ${(claim.runs ?? 1) === 1 ? 'such runs' : 'such means'}, ${rangeText(interval)}, but so do some of so many numbers (p = ${pValueText(adjusted)} allowing for all of them), and ${limits}`;
    case 'undecided':
      return `${undecidedReasons[found.method]} ${limits}${moreText(evidence)}`;
    default: {
      const shift = Number.isFinite(resolutionZ) ? ` (${zText(resolutionZ)} standard deviations)` : '';
      const within =
        found.method === 'equal' ? 'is likely to be equal too' : `would be within ${rangeText(interval)}`;
      return `${oneMore(claim)} ${within}, and ${limits}${shift}`;
    }
  }
}

/** Why a number is undecided. More seeds need not help where the tail is long. */
const undecidedReasons: Readonly<Record<Method, string>> = {
  few: 'with so few runs,',
  normal: 'with so few runs,',
  equal: 'with so few runs, which are all equal,',
  ranks: 'only the ranks of these runs tell anything, so that',
  tail: 'its runs have so long a tail that',
};

function moreText(evidence: NumberEvidence): string {
  const { length } = evidence.values;
  if (evidence.found?.method === 'few')
    return `; at least ${counted(3 - length, 'more seed')} would be needed`;
  const more = moreSeedsFor(evidence);
  return more === null ? '' : `; about ${counted(more, 'more seed')} would settle it if they vary as much`;
}

/** What a published number is compared with. */
function oneMore({ runs = 1 }: NumberClaim): string {
  return runs === 1 ? 'one more run' : `the mean of ${runs} more runs`;
}
