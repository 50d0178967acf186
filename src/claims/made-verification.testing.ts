import { createRng } from '../math/rng.ts';
import type { ConclusionClaim, NumberClaim } from './claims.ts';
import { type ConclusionEvidence, judgeConclusion } from './judge-conclusions.ts';
import { judgeValues, type NumberEvidence } from './judge-numbers.ts';
import { codeReading, type Reading, textReading } from './readings.ts';
import type { Verification } from './verdicts.ts';
import { combinedVerdict, stands } from './words.ts';

/** What a made-up verification has, beside claims that stand. */
export interface Made {
  /** Numbers far from their runs, conclusions that are false in every seed, and claims without records. */
  readonly contradicted?: number;
  readonly notRun?: number;
  /** Numbers of which two runs diverged. */
  readonly diverged?: number;
  readonly typical?: number;
  readonly seeds?: number;
  readonly readings?: readonly Reading[];
  /** Whether numbers belong to figures. */
  readonly figures?: boolean;
  readonly says?: string;
}

const level = 0.95;

/** A verification of made-up runs by the real rules, for what shows verdicts. */
export async function madeVerification({
  contradicted = 2,
  notRun = 1,
  diverged = 1,
  typical = 4,
  seeds = 20,
  readings = [codeReading, textReading],
  figures = true,
  says = 'the best test MSE of the network over all learning rates and penalties of the grid is',
}: Made = {}): Promise<Verification> {
  const kinds = [
    ...Array.from({ length: contradicted }, () => 'contradicted'),
    ...Array.from({ length: notRun }, () => 'not run'),
    ...Array.from({ length: diverged }, () => 'diverged'),
    ...Array.from({ length: typical }, () => 'typical'),
  ];
  const rng = createRng(1, 'verdicts');
  const numberClaims = kinds.map(
    (kind, index): NumberClaim => ({
      ...{ id: `number.${index}`, kind: 'number', where: `Figure ${1 + (index % 3)}, results` },
      ...(figures && { figure: `Figure ${1 + (index % 3)}` }),
      ...{ says: `${says} (${index})`, experiment: 'ffnn', statistic: 'test_mse' },
      ...{ value: kind === 'contradicted' ? 0.2 : 0.05, significantDigits: 2 },
      ...(kind === 'contradicted' && { cause: { text: 'the penalty', command: 'npx fys-nn ffnn' } }),
    }),
  );
  const conclusionClaims = kinds.map(
    (_, index): ConclusionClaim => ({
      ...{ id: `conclusion.${index}`, kind: 'conclusion', where: 'results', says: `${says} (${index})` },
      quantities: {
        a: { experiment: 'ffnn', statistic: 'test_mse' },
        b: { experiment: 'ffnn', statistic: 'test_mse' },
      },
      holds: 'a > b',
    }),
  );
  const byReading = async (reading: Reading) => {
    const run = () => 0.05 * Math.exp(0.1 * rng.normal());
    const gathered = kinds.map((kind, index) => ({
      claim: numberClaims[index],
      reading,
      values: Array.from({ length: seeds }, (_, seed) => {
        if (kind === 'not run') return null;
        return kind === 'diverged' && seed < 2 ? Number.POSITIVE_INFINITY : run();
      }),
    }));
    const conclusions: ConclusionEvidence[] = [];
    for (const [index, kind] of kinds.entries()) {
      const claim = conclusionClaims[index];
      const bySeed = Array.from({ length: seeds }, () => {
        const [a, b] = [run(), run()];
        if (kind === 'not run') return null;
        if (kind === 'diverged') return [{ a, b }];
        return [kind === 'contradicted' ? { a, b: a + b } : { a: a + b, b }];
      });
      conclusions.push({ claim, reading, ...(await judgeConclusion(claim, bySeed, level)) });
    }
    return { ...judgeValues(gathered, level), conclusions };
  };
  const all: Awaited<ReturnType<typeof byReading>>[] = [];
  for (const reading of readings) all.push(await byReading(reading));
  return {
    level,
    seeds: { franke: Array.from({ length: seeds }, (_, index) => index + 1), images: [] },
    readings,
    numbers: numberClaims.map((subject, index) =>
      combined(
        subject,
        all.map(({ numbers }): NumberEvidence => numbers[index]),
      ),
    ),
    figures: (all[0].figures ?? []).map(({ figure }, index) =>
      combined(
        figure,
        all.map((one) => one.figures[index]),
      ),
    ),
    conclusions: conclusionClaims.map((subject, index) =>
      combined(
        subject,
        all.map(({ conclusions }) => conclusions[index]),
      ),
    ),
  };
}

function combined<Subject, Evidence extends Pick<NumberEvidence, 'reading' | 'verdict'>>(
  subject: Subject,
  evidence: readonly Evidence[],
) {
  return {
    subject,
    evidence,
    verdict: combinedVerdict(evidence.map(({ verdict }) => verdict)),
    byReading: Object.fromEntries(evidence.map(({ reading, verdict }) => [reading.name, verdict])),
    holdsUnder: evidence.filter(({ verdict }) => stands(verdict)).map(({ reading }) => reading.name),
  };
}
