import { createHash } from 'node:crypto';
import { counted } from '../errors.ts';
import type { Plan } from '../experiment/plan.ts';
import type { ProgramAndMachine } from '../output/manifest.ts';
import type { Records } from '../output/trials-table.ts';
import { significant } from '../stats/significant.ts';
import type { ClaimsFile } from './claims.ts';
import { percent, runsText, valueText } from './verdict-text.ts';
import { type Judged, type Verdict, type Verification, verdicts } from './verdicts.ts';

/** What a verification rests on, apart from its verdicts. */
export interface CertificateFacts {
  readonly report: ClaimsFile['report'];
  /** The name and the digest of the file of claims. */
  readonly claims: { readonly file: string; readonly sha256: string };
  readonly runs: CertifiedRuns;
  /** The command that repeats it. */
  readonly command: string;
  readonly program: ProgramAndMachine;
}

/** The runs: of another program, in a file, or this program's own. */
export type CertifiedRuns = GivenRuns | OwnRuns;

interface GivenRuns {
  readonly kind: 'given';
  readonly file: string;
  readonly sha256: string;
  readonly rows: number;
}

interface OwnRuns {
  readonly kind: 'own';
  readonly trials: number;
  /** Of the ids in order, one per line. An id is the digest of a trial's settings and data. */
  readonly ids_sha256: string;
  /** The end of the last trial, in ISO 8601; null if none has a record. */
  readonly ended: string | null;
  readonly data: readonly { readonly title: string; readonly name: string; readonly sha256?: string }[];
}

/** The runs of this program that a verification rests on: a function of their records. */
export function ownRuns(plans: readonly Plan[], records: Records): OwnRuns {
  const ids = [...new Set(plans.flatMap(({ cells }) => cells.map(({ trial }) => trial.id)))].sort();
  const hash = createHash('sha256');
  let ended: string | null = null;
  for (const id of ids) {
    hash.update(`${id}\n`);
    const at = records.get(id)?.at;
    if (at !== undefined && (ended === null || at > ended)) ended = at;
  }
  const data = new Map(
    plans
      .flatMap((plan) => plan.data)
      .map(({ title, name, config }) => [
        name,
        { title, name, ...('sha256' in config ? { sha256: String(config.sha256) } : {}) },
      ]),
  );
  return {
    ...{ kind: 'own', trials: ids.length, ids_sha256: hash.digest('hex'), ended },
    data: [...data.values()],
  };
}

/** A claim that a certificate says not to rely on. */
export interface Contradiction {
  readonly claim: string;
  readonly where: string;
  readonly says: string;
  /** What the report has, and what the runs have, in words. */
  readonly published: string;
  readonly runs: string;
}

/** Everything that a certificate says of the verdicts. */
export interface Certificate {
  readonly summary: string;
  readonly counts: Readonly<Record<'numbers' | 'figures' | 'conclusions', Readonly<Record<string, number>>>>;
  readonly contradicted: readonly Contradiction[];
}

export function certificateOf(verification: Verification, facts: CertificateFacts): Certificate {
  const { numbers, figures, conclusions } = verification;
  const counts = {
    numbers: countsOf(numbers),
    figures: countsOf(figures),
    conclusions: countsOf(conclusions),
  };
  return {
    summary: summaryOf(facts, counts),
    counts,
    contradicted: [...numbers.flatMap(numberContradiction), ...conclusions.flatMap(conclusionContradiction)],
  };
}

function countsOf(judged: readonly { readonly verdict: Verdict }[]): Record<string, number> {
  const counts = verdicts.map((word): [Verdict, number] => [
    word,
    judged.filter(({ verdict }) => verdict === word).length,
  ]);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

function summaryOf({ report, runs, program }: CertificateFacts, counts: Certificate['counts']): string {
  const by =
    runs.kind === 'given' ? `by the runs in ${runs.file}` : `by ${counted(runs.trials, 'trial')} of its own`;
  const kinds = Object.entries(counts)
    .filter(([, words]) => Object.keys(words).length > 0)
    .map(([kind, words]) => `${kind[0].toUpperCase()}${kind.slice(1)}: ${countsText(words)}`);
  return `fys-nn ${program.versions['fys-nn']} judged the claims of "${report.title}" ${by}. ${kinds.join('. ')}.`;
}

/** "3 typical, 1 contradicted". */
export function countsText(words: Readonly<Record<string, number>>): string {
  return Object.entries(words)
    .map(([word, count]) => `${count} ${word}`)
    .join(', ');
}

type One<Kind extends 'numbers' | 'conclusions'> = Verification[Kind][number];

function numberContradiction({ subject, evidence, verdict }: One<'numbers'>): Contradiction[] {
  if (verdict !== 'contradicted') return [];
  const against = evidence.filter((one) => one.verdict === 'contradicted');
  const runs = byReading(against, (one) => `${runsText(one)} (z ${zOf(one.found?.z)})`);
  return [contradiction(subject, valueText(subject.value), runs)];
}

function conclusionContradiction({ subject, evidence, verdict }: One<'conclusions'>): Contradiction[] {
  if (verdict !== 'contradicted') return [];
  const judged = evidence.filter((one) => one.share !== null);
  const runs = byReading(judged, (one) => `true in ${percent(one.share!, 3)} of ${one.holds.length} seeds`);
  return [contradiction(subject, '–', runs)]; // what is published is what it says
}

function contradiction(
  { id, where, says }: Judged<{ id: string; where: string; says: string }, unknown>['subject'],
  published: string,
  runs: string,
): Contradiction {
  return { claim: id, where, says, published, runs };
}

/** What was found under each reading; without its name if there is one only. */
function byReading<Evidence extends { readonly reading: { readonly name: string } }>(
  evidence: readonly Evidence[],
  text: (one: Evidence) => string,
): string {
  if (evidence.length === 1) return text(evidence[0]);
  return evidence.map((one) => `${one.reading.name}: ${text(one)}`).join('; ');
}

function zOf(z: number | undefined): string {
  return z === undefined || !Number.isFinite(z) ? 'not finite' : String(significant(z, 2));
}
