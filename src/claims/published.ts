import type { OptionName, Settings } from '../experiment/options.ts';
import { isMetric, metricColumn } from '../trial/metrics.ts';
import { type NumberClaim, ownClaims, readClaims } from './claims.ts';

/** One number that the report prints, and where a run has its counterpart. */
export interface PublishedNumber {
  /** Its id in data/claims.json. */
  readonly claim: string;
  readonly experiment: string;
  readonly figure: string;
  /** The cell: what its settings are. Several cells fit where the number is the best of them. */
  readonly settings: Settings;
  /** Take the best of the cells that fit. */
  readonly best: boolean;
  /** A column of trials.csv. */
  readonly metric: string;
  readonly published: number;
  /** false where the number was read off a curve. */
  readonly printed: boolean;
}

/** The report's own number for a metric of one cell of the experiment; null where it has none. */
export async function publishedOf(
  experiment: string,
): Promise<(metric: string, settings: Settings) => number | null> {
  const numbers = (await publishedNumbers()).filter(
    (number) => number.experiment === experiment && !number.best,
  );
  return (metric, settings) => {
    if ((settings.reference ?? 'none') !== 'none') return null;
    const found = numbers.find(
      (number) =>
        number.metric === metric &&
        Object.entries(number.settings).every(([name, value]) => settings[name as OptionName] === value),
    );
    return found?.published ?? null;
  };
}

/** The numbers of data/claims.json that the report's own runs have: of one cell, or the best of several. */
export async function publishedNumbers(): Promise<PublishedNumber[]> {
  const { claims } = await readClaims(ownClaims);
  return claims.filter((claim) => claim.kind === 'number').flatMap(publishedNumber);
}

function publishedNumber(claim: NumberClaim): PublishedNumber[] {
  const { id, experiment, where, select = {}, take = 'only', statistic, value, readingError } = claim;
  const { reference = 'none', ...settings } = select as Record<string, unknown>;
  const bestTake = isMetric(statistic) && metricColumn(statistic).better === 'higher' ? 'max' : 'min';
  const ofOwnRun = claim.with === undefined && claim.by === undefined && claim.curve === undefined;
  const single = !Object.values(settings).some(Array.isArray);
  if (!ofOwnRun || !single || reference !== 'none' || !['only', bestTake].includes(take)) return [];
  return [
    {
      claim: id,
      experiment,
      figure: where,
      settings: settings as Settings,
      best: take === bestTake,
      metric: statistic,
      published: value,
      printed: readingError === undefined,
    },
  ];
}
