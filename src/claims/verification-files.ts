import type { FileContent } from '../files/write-files.ts';
import { toJson } from '../output/json.ts';
import { junit } from '../output/junit.ts';
import { tableFiles, tableNames } from '../output/result-files.ts';
import { claimsTable, figuresTable, winnersTable } from './claims-table.ts';
import { type Expectation, expectationOf, expectationText, newlyContradicted } from './expectation.ts';
import type { NumberEvidence } from './judge-numbers.ts';
import { percent, runsText, valueText } from './verdict-text.ts';
import type { Verification } from './verdicts.ts';
import { verificationMarkdown } from './verification-markdown.ts';
import type { GridWinners } from './winners.ts';

/** The names of the files that `fys-nn verify` writes. */
export const verificationNames: readonly string[] = [
  ...tableNames(['claims', 'figures', 'winners']),
  ...['verdicts.json', 'verify.json', 'verify.md', 'junit.xml', 'certificate.md', 'certificate.yml'],
];

/** The files that `fys-nn verify` writes, by name. */
export async function verificationFiles(
  verification: Verification,
  winners: readonly GridWinners[],
  expected: Expectation | null,
  quick = false,
): Promise<Map<string, FileContent>> {
  const tables = [claimsTable(verification), figuresTable(verification), winnersTable(winners)];
  const files = tableFiles('verify', 'whether each number and conclusion of the report holds', tables);
  files.set('verdicts.json', expectationText(expectationOf(verification)));
  files.set('verify.json', verificationJson(verification, winners, quick));
  files.set('verify.md', `${verificationMarkdown(verification, winners)}\n`);
  files.set(
    'junit.xml',
    await junit(
      'fys-nn verify',
      junitCases(verification, new Set(newlyContradicted(verification, expected))),
    ),
  );
  return files;
}

/** The whole verification as JSON; `quick` if it is from few seeds. What is not finite is null; the value of a diverged run is 'diverged'. */
export function verificationJson(
  verification: Verification,
  winners: readonly GridWinners[],
  quick = false,
): string {
  const { level, seeds, readings, numbers, figures, conclusions, ended, runs } = verification;
  return toJson({
    quick,
    ...(ended === undefined ? {} : { ended }),
    level,
    seeds,
    ...(runs === undefined ? {} : { runs }),
    readings: readings.map(({ name, variant, changed }) => ({
      name,
      variant,
      changed: Object.fromEntries(changed.map(({ option, other }) => [option, [other]])),
    })),
    numbers: numbers.map((one) => ({ ...one, evidence: one.evidence.map(numberEvidence) })),
    figures: figures.map((one) => ({ ...one, evidence: one.evidence.map(named) })),
    conclusions: conclusions.map((one) => ({
      ...one,
      evidence: one.evidence.map((evidence) => finiteOnly(named(evidence))),
    })),
    winners: winners.map(({ cells, ...grid }) => ({
      ...grid,
      cells: cells.map((cell) => ({ ...cell, mean: orDiverged(cell.mean) })),
    })),
  });
}

function numberEvidence({ reading, values, found, verdict }: NumberEvidence): Record<string, unknown> {
  return {
    reading: reading.name,
    values: values.map((value) => (value === null ? null : orDiverged(value))),
    interval: null,
    ...(finiteOnly(found ?? {}) as Record<string, unknown>),
    verdict,
  };
}

/** Evidence with the name of its reading and without its claim, which is the subject. */
function named<T extends { reading: { name: string } }>({ reading, ...evidence }: T) {
  return { reading: reading.name, ...evidence, claim: undefined };
}

/** Replaces infinities and NaN, which JSON cannot represent, by null. */
function finiteOnly(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map(finiteOnly);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, finiteOnly(part)]));
}

function orDiverged(value: number): number | 'diverged' {
  return Number.isFinite(value) ? value : 'diverged';
}

/** One case per claim and figure. It fails only if its id is in `failing`: expected contradictions pass. */
function junitCases({ numbers, figures, conclusions }: Verification, failing: ReadonlySet<string>) {
  const outcome = (id: string, verdict: string): 'passed' | 'failed' | 'skipped' =>
    failing.has(id) ? 'failed' : verdict === 'not run' ? 'skipped' : 'passed';
  return [
    ...numbers.map(({ subject, verdict, evidence }) => ({
      name: subject.id,
      group: subject.where,
      outcome: outcome(subject.id, verdict),
      message: `${verdict}: ${subject.says}: published ${valueText(subject.value)}; ${evidence.map((one) => `${one.reading.name} ${runsText(one)}`).join(', ')}`,
    })),
    ...figures.map(({ subject, verdict }) => ({
      name: subject,
      group: 'figures as a whole',
      outcome: outcome(subject, verdict),
      message: verdict,
    })),
    ...conclusions.map(({ subject, verdict, evidence }) => ({
      name: subject.id,
      group: 'conclusions',
      outcome: outcome(subject.id, verdict),
      message: `${verdict}: ${subject.says}; ${evidence.map(({ reading, share }) => `${reading.name} ${share === null ? 'not run' : percent(share)}`).join(', ')}`,
    })),
  ];
}
