import type { OptionName, Settings } from '../experiment/options.ts';
import { isMetric, metricColumn } from '../trial/metrics.ts';
import { type NumberClaim, ownClaims, readClaims } from './claims.ts';

/** A number that the report prints, and where a run has its counterpart. */
export interface PublishedNumber {
  /** Id in data/claims.json. */
  readonly claim: string;
  readonly experiment: string;
  readonly figure: string;
  /** Settings of its cell. If the number is the best of several cells, all of them have these settings. */
  readonly settings: Settings;
  /** The number is the best of all cells with these settings. */
  readonly best: boolean;
  /** A column of trials.csv. */
  readonly metric: string;
  readonly published: number;
  /** false if the number was read off a curve. */
  readonly printed: boolean;
}

/** Returns a function that looks up the report's number for a metric of one cell; null if the report has none. */
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

/** The numbers in data/claims.json that come from the report's own runs: one cell's, or the best of several cells. */
export async function publishedNumbers(): Promise<PublishedNumber[]> {
  const { claims } = await readClaims(ownClaims);
  return claims.filter((claim) => claim.kind === 'number').flatMap(publishedNumber);
}

function publishedNumber(claim: NumberClaim): PublishedNumber[] {
  const { id, experiment, where, select = {}, take = 'only', statistic, value, readingError } = claim;
  const { reference = 'none', ...settings } = select as Record<string, unknown>;
  const bestTake = isMetric(statistic) && metricColumn(statistic).better === 'higher' ? 'max' : 'min';
  const ofOwnRun = [claim.with, claim.except, claim.by, claim.curve, claim.runs].every(
    (one) => one === undefined,
  );
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
