import { join } from 'node:path';
import { quote, UserError } from '../errors.ts';
import { reasonOf } from '../files/errno.ts';
import { packageFolder } from '../files/package-folder.ts';
import { readJsonFile } from '../files/regular-file.ts';
import { type Quantity, quantitiesOf } from './claims.ts';
import { codeReading, textReading } from './readings.ts';
import { type Judged, type Verdict, type Verification, verdicts } from './verdicts.ts';

/** One verdict for all readings of the report or, if the readings differ, one per reading: {"code": "holds", …}. */
export type Expected = Verdict | Readonly<Record<string, Verdict>>;

/** Expected verdicts by claim id or figure. */
export type Expectation = ReadonlyMap<string, Expected>;

/** The bundled file of expected verdicts: those of a full verification with this version. */
export const ownExpectation = join(packageFolder, 'data/expected-verdicts.json');

const wholeReadings = [codeReading.name, textReading.name];

/** The largest file of expected verdicts accepted, in bytes. */
const maxBytes = 16 * 2 ** 20;

/** The verdict of every claim, then of every figure, by id. */
export function verdictsById(verification: Verification): Map<string, Verdict> {
  return new Map(judgedById(verification).map(([id, { verdict }]) => [id, verdict]));
}

/** Turns the verdicts of this verification into the expected verdicts of later ones. */
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

/** Writes expected verdicts in the format that `readExpectation` reads. */
export function expectationText(expectation: Expectation): string {
  return `${JSON.stringify(Object.fromEntries(expectation), null, 2)}\n`;
}

/** Reads expected verdicts. Errors: UserError naming the file. */
export async function readExpectation(path: string): Promise<Expectation> {
  let json: unknown;
  try {
    json = await readJsonFile(path, maxBytes);
  } catch (error) {
    throw expectationError(path, undefined, reasonOf(error));
  }
  const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
  const entries = isObject ? Object.entries(json as object) : [];
  const wrong = entries.find(([, expected]) => !isExpected(expected));
  if (wrong !== undefined) throw expectationError(path, `${wrong[0]}: ${quote(wrong[1])}`);
  if (entries.length === 0) throw expectationError(path, 'no verdicts');
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
 * Returns the claims and figures that are contradicted but were not expected to be, under at least one of the readings
 * judged. Without an expectation, returns all that are contradicted.
 */
export function newlyContradicted(verification: Verification, expected: Expectation | null): string[] {
  return judgedById(verification).flatMap(([id, { verdict, byReading }]) => {
    if (verdict !== 'contradicted') return [];
    const known = expected?.get(id);
    // A reading that is undecided here says nothing against the expectation.
    const against = Object.keys(byReading).filter((reading) => byReading[reading] === 'contradicted');
    const wasExpected =
      typeof known === 'object'
        ? against.every((reading) => known[reading] === 'contradicted')
        : known === 'contradicted';
    return wasExpected ? [] : id;
  });
}

/**
 * Returns the claims that were not run, without those that the expectation knows and that need a library which is not
 * installed: such libraries are optional.
 */
export function notRunUnexpectedly(
  { numbers, conclusions }: Verification,
  expected: Expectation | null,
  absent: ReadonlySet<string>,
): string[] {
  const isOptional = (quantities: readonly Quantity[]) =>
    quantities.some(({ select, with: given }) =>
      [...[select?.reference ?? []].flat(), ...(given?.reference ?? [])].some((name) =>
        absent.has(String(name)),
      ),
    );
  return [...numbers, ...conclusions].flatMap(({ subject, verdict }) => {
    if (verdict !== 'not run') return [];
    const accepted = expected?.has(subject.id) === true && isOptional(quantitiesOf(subject));
    return accepted ? [] : subject.id;
  });
}

function expectationError(path: string, received: string | undefined, reason?: string): UserError {
  return new UserError({
    what: `--expect ${path} cannot be used${reason === undefined ? '' : `: ${reason}`}`,
    expected: `a JSON object that gives each claim a verdict (${verdicts.join(', ')}) or one per reading (${wholeReadings.join(', ')})`,
    received,
    remedy: 'give the verdicts.json of an earlier fys-nn verify',
  });
}
