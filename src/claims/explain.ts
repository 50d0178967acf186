import { flagOf, type OptionName } from '../experiment/options.ts';
import type { BestCell } from './best-cell.ts';
import type { ConclusionClaim, NumberClaim, Quantity } from './claims.ts';
import { quantitiesOf } from './claims.ts';
import type { ConclusionEvidence } from './judge-conclusions.ts';
import type { NumberEvidence } from './judge-numbers.ts';
import { effectText, percent, pValueText, rangeText, valueText, zText } from './verdict-text.ts';
import type { Judged, Verification } from './verdicts.ts';
import { stands, type Verdict, verdictMeanings } from './words.ts';

/** A claim's verdict in five sentences: what was claimed, what was run, how far apart, how sure, how to repeat it. */
export function explain(verification: Verification, id: string): string[] | null {
  const number = verification.numbers.find(({ subject }) => subject.id === id);
  if (number !== undefined) return explainNumber(number);
  const conclusion = verification.conclusions.find(({ subject }) => subject.id === id);
  return conclusion === undefined ? null : explainConclusion(conclusion, verification.level);
}

function explainNumber({ subject, evidence, verdict }: Judged<NumberClaim, NumberEvidence>): string[] {
  return [
    `The report (${subject.where}) gives ${valueText(subject.value)} for this number: ${subject.says}.`,
    ranText(evidence, ({ values }) => values.length),
    ...evidence.map(({ reading, found, verdict: own }) => {
      if (found === null) return `Under ${reading.name} a record is missing, so nothing is known.`;
      const { median, z, percentile, interval } = found;
      const side = z < 0 ? 'below' : 'above';
      return `Under ${reading.name} the runs have the median ${valueText(median)} and ${oneMore(subject)} would be within ${rangeText(interval)}; the published number is ${zText(Math.abs(z))} standard deviations of ${(subject.runs ?? 1) === 1 ? 'one run' : 'such a mean'} ${side} their mean, with ${valueText(percentile)} % of the runs below it${found.p === 1 && Math.abs(z) > 0.5 ? ', which its rounding or reading error allows' : ''}: ${own}.`;
    }),
    ...evidence.flatMap(({ reading, found }) =>
      found === null
        ? []
        : `Under ${reading.name} a number outside of ${rangeText(found.undetected)} (from ${zText(found.resolutionZ)} standard deviations on) would have been contradicted; the probability that ${oneMore(subject)} is as far out is ${pValueText(found.p)}, and ${pValueText(found.adjusted)} allowing for all other numbers.`,
    ),
    endText(verdict),
    ...causeText(subject, verdict),
    commandText(subject, evidence),
  ];
}

/** What a published number is compared with. */
function oneMore({ runs = 1 }: NumberClaim): string {
  return runs === 1 ? 'one more run' : `the mean of ${runs} more runs`;
}

function explainConclusion(
  { subject, evidence, verdict }: Judged<ConclusionClaim, ConclusionEvidence>,
  level: number,
): string[] {
  return [
    `The report (${subject.where}) concludes: ${subject.says}; as a condition within one seed, ${subject.holds}.`,
    ranText(evidence, ({ holds }) => holds.length),
    ...evidence.map(({ reading, share, interval, unpaired, effect, verdict: own }) => {
      if (share === null) return `Under ${reading.name} a record is missing, so nothing is known.`;
      const paired = `Under ${reading.name} it is true in ${percent(share, 3)} of the seeds (${percent(level)} interval: ${percent(interval!.low, 2)} to ${percent(interval!.high, 2)})`;
      const independent =
        unpaired === null ? '' : `, and in ${percent(unpaired, 3)} of pairs of independent runs`;
      const size = effect === null ? '' : `; the side that should be larger is so by ${effectText(effect)}`;
      return `${paired}${independent}${size}: ${own}.`;
    }),
    ...evidence.flatMap(({ reading, bestCell }) => bestCellText(reading.name, bestCell)),
    ...evidence.flatMap(({ reading, verdict: own, moreSeeds }) =>
      own !== 'undecided'
        ? []
        : `Under ${reading.name} ${moreSeeds ?? 'more than 1000'} more seeds would settle it if the share stayed the same.`,
    ),
    endText(verdict),
    ...causeText(subject, verdict),
    commandText(subject, evidence),
  ];
}

/** How the cell that is said to be the best compares with the one that is the best on average. */
function bestCellText(reading: string, found: BestCell | null | undefined): string[] {
  if (found === null || found === undefined) return [];
  const { best, behind, p, tied, cells } = found;
  const name = Object.entries(best).map(([option, value]) => `${option} ${value}`);
  const many = `${tied} of ${cells} cells cannot be told from the best`;
  if (behind === 0) return [`Under ${reading} it is also the best on average; ${many}.`];
  const size = behind === null ? '' : `, by ${zText(behind)} standard deviations between seeds`;
  return [
    `Under ${reading} the best on average is ${name.join(', ')}${size}; equal cells would differ as much with probability ${pValueText(p)}, and ${many}.`,
  ];
}

function ranText<Evidence extends { reading: { name: string } }>(
  evidence: readonly Evidence[],
  count: (one: Evidence) => number,
): string {
  const runs = evidence.map((one) => `${one.reading.name} ${count(one)} seeds`);
  return `It was run again under each reading of the report: ${runs.join(', ')}.`;
}

function endText(verdict: Verdict): string {
  return `Verdict: ${verdict} (${verdictMeanings[verdict]}).`;
}

/** Why it does not hold, and the command that shows it. */
function causeText({ cause }: NumberClaim | ConclusionClaim, verdict: Verdict): string[] {
  if (cause === undefined || stands(verdict)) return [];
  return [`Why: ${cause.text}${cause.command === undefined ? '' : ` Shown by: ${cause.command}`}`];
}

/** The commands that show the runs again. */
function commandText(
  claim: NumberClaim | ConclusionClaim,
  evidence: readonly { reading: { name: string } }[],
): string {
  const commands = new Set(quantitiesOf(claim).map(commandOf));
  const text = evidence.some(({ reading }) => reading.name === 'text')
    ? '; add --variant text for the wording'
    : '';
  return `To repeat it: ${[...commands].join('; ')}${text}.`;
}

function commandOf({ experiment, with: given = {}, select = {} }: Quantity): string {
  const lists = {
    ...given,
    ...Object.fromEntries(Object.entries(select).map(([name, value]) => [name, [value].flat()])),
  };
  const options = Object.entries(lists).flatMap(([name, values]) =>
    values === undefined ? [] : [flagOf(name as OptionName), (values as readonly unknown[]).join(',')],
  );
  return ['fys-nn', experiment, ...options, ...('seed' in lists ? [] : ['--seed', '1..50'])].join(' ');
}
