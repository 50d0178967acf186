/** Every verdict, from good to bad, and what it says. */
export const verdictMeanings = {
  typical: 'a number within the central part of the runs, at the chosen level (95 % by default)',
  unusual:
    'a number outside the central part of the runs, but not by enough to be sure among so many numbers',
  holds: 'a conclusion that is true in more than 80 % of all seeds',
  'holds, but negligible': 'it holds, by less than a tenth of the spread between seeds',
  underspecified: 'typical or holding under one reading of the report, and not under the other',
  'depends on the seed': 'a conclusion that is true in some seeds and not in others',
  undecided: 'the runs are too few, or their tail is too long, to tell',
  contradicted:
    'a number that one more run would not have given, or a conclusion true in fewer than 20 % of all seeds',
  'not run': 'a record is missing',
} as const;

export type Verdict = keyof typeof verdictMeanings;
export const verdicts = Object.keys(verdictMeanings) as [Verdict, ...Verdict[]];

/** The verdicts in the order in which claims are listed: what is contradicted first, what stands last. */
export const listOrder: readonly Verdict[] = [
  'contradicted',
  'depends on the seed',
  'underspecified',
  'unusual',
  'undecided',
  'not run',
  'holds, but negligible',
  'holds',
  'typical',
];

/** Verdicts with which a claim stands. */
const standing: readonly Verdict[] = ['typical', 'holds', 'holds, but negligible'];

export function stands(verdict: Verdict): boolean {
  return standing.includes(verdict);
}

/**
 * The verdict on a claim from those under each reading of the report, its program first. A missing record makes it
 * `not run`. The program made the numbers: what it leaves undecided is undecided. Another reading that decides nothing has
 * no say. If one contradicts and another does not, or a conclusion holds under one only, the report leaves open what it
 * depends on: `underspecified`. Otherwise the program's word counts.
 */
export function combinedVerdict(byReading: readonly Verdict[]): Verdict {
  if (byReading.length === 0 || byReading.includes('not run')) return 'not run';
  if (byReading[0] === 'undecided') return 'undecided';
  const decided = byReading.filter((verdict) => verdict !== 'undecided');
  if (new Set(decided).size === 1) return decided[0];
  const against = decided.some((verdict) => verdict === 'contradicted' || verdict === 'depends on the seed');
  if (!against) return decided[0];
  return decided.every((verdict) => !stands(verdict) && verdict !== 'unusual')
    ? 'depends on the seed'
    : 'underspecified';
}
