import { join } from 'node:path';
import { UserError } from '../errors.ts';
import type { OptionName } from '../experiment/options.ts';
import { readJsonFile } from '../files/regular-file.ts';
import { type Choice, choices } from './choices.ts';
import type { NumberClaim } from './claims.ts';
import { divergedValue } from './quantity.ts';
import type { Reading } from './readings.ts';
import type { Verification } from './verdicts.ts';
import type { VerificationFile } from './verification-schema.ts';

/** The file that `fys-nn verify` leaves for programs. */
export const verificationName = 'verify.json';

const maxBytes = 256 * 2 ** 20;

/** A verification as read from its file. */
export interface ReadVerification extends Verification {
  /** Whether it is from few seeds. */
  readonly quick: boolean;
}

/**
 * Reads the verification that `fys-nn verify` left in a folder.
 *
 * Errors: UserError if there is none, or one of another version.
 */
export async function readVerification(folder: string): Promise<ReadVerification> {
  const path = join(folder, verificationName);
  const json = await readJsonFile(path, maxBytes).catch(() => {
    throw missing(path, 'there are no verdicts');
  });
  const { verificationFile } = await import('./verification-schema.ts');
  const found = verificationFile.safeParse(json);
  if (!found.success) throw missing(path, 'these verdicts cannot be read');
  return restored(found.data);
}

/** Names become readings and claims again, and what diverged is infinite. */
function restored(file: VerificationFile): ReadVerification {
  const readings = new Map(file.readings.map((one) => [one.name, restoredReading(one)]));
  const readingOf = (name: string) => readings.get(name) ?? restoredReading({ ...file.readings[0], name });
  return {
    ...file,
    readings: [...readings.values()],
    numbers: file.numbers.map(({ subject, evidence, ...one }) => ({
      ...one,
      subject: subject as unknown as NumberClaim,
      evidence: evidence.map(({ reading, values, ...own }) => ({
        ...own,
        claim: subject,
        reading: readingOf(reading),
        values: values.map((value) => (value === 'diverged' ? divergedOf(subject) : value)),
      })),
    })),
    figures: file.figures.map((one) => ({
      ...one,
      evidence: one.evidence.map((own) => ({ ...own, figure: one.subject, reading: readingOf(own.reading) })),
    })),
    conclusions: file.conclusions.map((one) => ({
      ...one,
      evidence: one.evidence.map((own) => ({
        ...own,
        claim: one.subject,
        reading: readingOf(own.reading),
      })),
    })),
  } as unknown as ReadVerification;
}

/** A reading by the choices of this version; one of another version has a choice that affects nothing here. */
function restoredReading({ name, variant, changed }: VerificationFile['readings'][number]): Reading {
  const own = Object.entries(changed).map(([option, [other]]): Choice => {
    const known = choices.find((choice) => choice.name === `${option} ${other}`);
    return known ?? { name, option: option as OptionName, program: '', other, experiments: [] };
  });
  return { name, variant, changed: own };
}

function divergedOf({ statistic, curve }: { statistic: string; curve?: unknown }): number {
  return divergedValue(statistic, curve as NumberClaim['curve']);
}

function missing(path: string, what: string): UserError {
  return new UserError({
    what,
    expected: `${path}, written by this version of fys-nn verify`,
    remedy: 'run fys-nn verify first, or name the folder with --from',
  });
}
