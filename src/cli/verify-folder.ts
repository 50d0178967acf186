import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Difference, withDifferences } from '../output/folder-name.ts';

/** What decides the verdicts. */
export interface VerifyChoices {
  readonly quick: boolean;
  readonly variant: string;
  readonly level: number;
  /** Seeds of generated data, and of data from files; null for the usual ones. */
  readonly generated: readonly number[] | null;
  readonly fromFiles: readonly number[] | null;
  /** Minutes after which no further seeds are taken; null: never. */
  readonly maxTime: number | null;
  /** The text of the user's claims, and the digest of the user's data; null for the report's. */
  readonly claimsText: string | null;
  readonly dataDigest: string | null;
}

export const usualLevel = 0.95;

/** Where `verify` writes the usual verdicts on the report. */
export const usualFolder = 'results/verify';

/** results/verify for the usual verdicts on the report, otherwise a folder of its own that says what differs. */
export function verifyFolder(choices: VerifyChoices): string {
  return folderOf('verify', choices);
}

/** results/calibration, or a folder of its own that says what differs. */
export function calibrationFolder(choices: VerifyChoices): string {
  return folderOf('calibration', choices);
}

function folderOf(name: string, choices: VerifyChoices): string {
  const { quick, variant, level, generated, fromFiles, maxTime, claimsText, dataDigest } = choices;
  const exact = (text: string): Difference => ({ text, isExact: true, value: text });
  const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);
  return join(
    'results',
    withDifferences(name, [
      ...(quick ? [exact('quick')] : []),
      ...(variant === 'report' ? [] : [exact(variant)]),
      ...(claimsText === null ? [] : [exact(`claims-${digest(claimsText)}`)]),
      ...(dataDigest === null ? [] : [exact(`data-${dataDigest.slice(0, 12)}`)]),
      ...(generated === null ? [] : [exact(`seeds-${seedsText(generated)}`)]),
      ...(fromFiles === null ? [] : [exact(`mnist-seeds-${seedsText(fromFiles)}`)]),
      ...(maxTime === null ? [] : [exact(`max-time-${maxTime}`)]),
      ...(level === usualLevel ? [] : [exact(`level-${level}`)]),
    ]),
  );
}

/** results/specification for the report's own claims with the usual seeds, otherwise a folder that says what differs. */
export function specificationFolder({
  ids,
  claimsText,
  level,
  generated,
  fromFiles,
}: Pick<VerifyChoices, 'level' | 'generated' | 'fromFiles' | 'claimsText'> & {
  /** The claims that are asked for; empty: all. */
  readonly ids: readonly string[];
}): string {
  const part = (text: string, value: unknown): Difference => ({ text, isExact: false, value });
  return join(
    'results',
    withDifferences('specification', [
      ...(claimsText === null ? [] : [part('claims', claimsText)]),
      ...(ids.length === 0 ? [] : [part(ids.slice(0, 2).join('+'), ids)]),
      ...(generated === null ? [] : [part(`seeds-${seedsText(generated)}`, generated)]),
      ...(fromFiles === null ? [] : [part(`mnist-seeds-${seedsText(fromFiles)}`, fromFiles)]),
      ...(level === usualLevel ? [] : [part(`level-${level}`, level)]),
    ]),
  );
}

/** "1to5" or "1+3". */
function seedsText(seeds: readonly number[]): string {
  const isRange = seeds.length > 2 && seeds.every((seed, index) => seed === seeds[0] + index);
  return isRange ? `${seeds[0]}to${seeds.at(-1)}` : seeds.join('+');
}
