import { join } from 'node:path';
import { UserError } from '../errors.ts';
import type { OptionName, Setting } from '../experiment/options.ts';
import type { Variant } from '../experiment/plan.ts';
import { readJsonFile } from '../files/regular-file.ts';
import { type Choice, choices } from './choices.ts';
import { codeReading, type Reading } from './readings.ts';
import type { Verification } from './verdicts.ts';

const maxBytes = 256 * 2 ** 20;

/**
 * Reads the verification that `fys-nn verify` left in a folder. What is not finite in it is null in the file and NaN here.
 *
 * Errors: UserError if there is none.
 */
export async function readVerification(folder: string): Promise<Verification> {
  const path = join(folder, 'verify.json');
  let json: unknown;
  try {
    json = await readJsonFile(path, maxBytes);
  } catch {
    throw missing(path);
  }
  const found = json as Stored;
  if (!Array.isArray(found?.numbers) || !Array.isArray(found.conclusions)) throw missing(path);
  const readings = (found.readings ?? []).map(readingOf);
  const named: NamedReading = (name) =>
    readings.find((reading) => reading.name === name) ?? { ...codeReading, name };
  const numbers = found.numbers.map((one) => ({
    ...one,
    evidence: one.evidence.map((evidence) => numberEvidence(one.subject, evidence, named)),
  }));
  const figures = (found.figures ?? []).map((one) => ({
    ...one,
    evidence: one.evidence.map((evidence) => ({ ...evidence, reading: named(evidence.reading) })),
  }));
  const conclusions = found.conclusions.map((one) => ({
    ...one,
    evidence: one.evidence.map((evidence) => conclusionEvidence(one.subject, evidence, named)),
  }));
  return { ...found, readings, numbers, figures, conclusions } as unknown as Verification;
}

type StoredEvidence = Record<string, unknown> & { reading: string; values?: unknown[]; p?: number };

type NamedReading = (name: string) => Reading;

interface StoredReading {
  readonly name: string;
  readonly variant: Variant;
  readonly changed: Readonly<Record<string, readonly Setting[]>>;
}

/** A reading by the choices of this version; one of another version has a choice that affects nothing here. */
function readingOf({ name, variant, changed }: StoredReading): Reading {
  const own = Object.entries(changed).map(([option, [other]]): Choice => {
    const known = choices.find((choice) => choice.name === `${option} ${other}`);
    return known ?? { name, option: option as OptionName, program: '', other, experiments: [] };
  });
  return { name, variant, changed: own };
}

interface StoredJudged {
  subject: unknown;
  evidence: StoredEvidence[];
}

interface Stored {
  readings?: StoredReading[];
  numbers: StoredJudged[];
  figures?: StoredJudged[];
  conclusions: StoredJudged[];
}

function numberEvidence(
  claim: unknown,
  { reading, values = [], verdict, ...found }: StoredEvidence,
  named: NamedReading,
) {
  return {
    claim,
    reading: named(reading),
    values: values.map((value) => (value === 'diverged' ? Number.POSITIVE_INFINITY : value)),
    verdict,
    found: found.p === undefined ? null : unbounded(found),
  };
}

function conclusionEvidence(claim: unknown, { reading, ...evidence }: StoredEvidence, named: NamedReading) {
  const effect = evidence.effect as object | null;
  return {
    ...{ claim, reading: named(reading), ...evidence },
    effect: effect === null ? null : unbounded(effect),
  };
}

/** Restores the infinite ends of intervals, and what else was not finite. */
function unbounded(stored: object): object {
  return Object.fromEntries(
    Object.entries(stored).map(([key, value]) => {
      if (value === null && key !== 'inSpreads') {
        return [key, key === 'low' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY];
      }
      return [key, typeof value === 'object' && value !== null ? unbounded(value) : value];
    }),
  );
}

function missing(path: string): UserError {
  return new UserError({
    what: 'there are no verdicts to explain',
    expected: `${path}, written by fys-nn verify`,
    remedy: 'run fys-nn verify first, or name the folder with --from',
  });
}
