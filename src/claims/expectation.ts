import { join } from 'node:path';
import { quote, UserError } from '../errors.ts';
import { reasonOf } from '../files/errno.ts';
import { readJsonFile } from '../files/regular-file.ts';
import { packageFolder } from '../output/version.ts';
import { codeReading, textReading } from './readings.ts';
import { type Judged, type Verdict, type Verification, verdicts } from './verdicts.ts';

/** A verdict under all readings of the report, or where they differ that of each, such as {"code": "holds"}. */
export type Expected = Verdict | Readonly<Record<string, Verdict>>;

/** What a verification is expected to find, by the claim's id. */
export type Expectation = ReadonlyMap<string, Expected>;

/** What a full verification of the report found when this version was made. */
export const ownExpectation = join(packageFolder, 'data/expected-verdicts.json');

const wholeReadings = [codeReading.name, textReading.name];

const largest = 16 * 2 ** 20;

/** Every claim and figure with its verdict, in the order of the claims. */
export function verdictsById(verification: Verification): Map<string, Verdict> {
  return new Map(judgedById(verification).map(([id, { verdict }]) => [id, verdict]));
}

/** What this verification found, as what a later one is expected to find. */
export function expectationOf(verification: Verification): Expectation {
  return new Map(
    judgedById(verification).map(([id, { verdict, byReading }]): [string, Expected] => [
      id,
      new Set(Object.values(byReading)).size > 1 ? byReading : verdict,
    ]),
  );
}

type AnyJudged = Pick<Judged<unknown, unknown>, 'verdict' | 'byReading'>;

function judgedById({ numbers, figures, conclusions }: Verification): [string, AnyJudged][] {
  return [
    ...[...numbers, ...conclusions].map((one): [string, AnyJudged] => [one.subject.id, one]),
    ...figures.map((one): [string, AnyJudged] => [one.subject, one]),
  ];
}

/** The text of a file that `--expect` reads. */
export function expectationText(found: Expectation): string {
  return `${JSON.stringify(Object.fromEntries(found), null, 2)}\n`;
}

/** Reads the file of `--expect`. Errors: UserError naming the file. */
export async function readExpectation(path: string): Promise<Expectation> {
  let json: unknown;
  try {
    json = await readJsonFile(path, largest);
  } catch (error) {
    throw badExpectation(path, reasonOf(error));
  }
  const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
  const entries = isObject ? Object.entries(json as object) : [];
  const wrong = entries.find(([, expected]) => !isExpected(expected));
  if (wrong !== undefined) throw badExpectation(path, `${wrong[0]}: ${quote(wrong[1])}`);
  if (entries.length === 0) throw badExpectation(path, 'nothing');
  return new Map(entries);
}

function isExpected(expected: unknown): expected is Expected {
  const isVerdict = (text: unknown) => verdicts.includes(text as Verdict);
  if (typeof expected !== 'object' || expected === null) return isVerdict(expected);
  const byReading = Object.entries(expected);
  return (
    byReading.length > 0 &&
    byReading.every(([name, verdict]) => wholeReadings.includes(name) && isVerdict(verdict))
  );
}

/**
 * The claims that are contradicted under all readings judged and were not expected to be under each of these; without an
 * expectation all that are contradicted.
 */
export function newlyContradicted(verification: Verification, expected: Expectation | null): string[] {
  return judgedById(verification).flatMap(([id, { verdict, byReading }]) => {
    if (verdict !== 'contradicted') return [];
    const known = expected?.get(id);
    const wasExpected =
      typeof known === 'object'
        ? Object.keys(byReading).every((reading) => known[reading] === 'contradicted')
        : known === 'contradicted';
    return wasExpected ? [] : id;
  });
}

function badExpectation(path: string, received: string): UserError {
  return new UserError({
    what: `--expect ${path} cannot be used`,
    expected: `a JSON object of verdicts by claim, or by claim and reading (${wholeReadings.join(', ')}): ${verdicts.join(', ')}`,
    received,
    remedy: 'give verdicts.json of an earlier fys-nn verify',
  });
}
