import { join } from 'node:path';
import { quote, UserError } from '../errors.ts';
import { reasonOf } from '../files/errno.ts';
import { readJsonFile } from '../files/regular-file.ts';
import { packageFolder } from '../output/version.ts';
import { type Verdict, type Verification, verdicts } from './verdicts.ts';

/** What a verification is expected to find: verdict by the claim's id. */
export type Expectation = ReadonlyMap<string, Verdict>;

/** What a full verification of the report found when this version was made. */
export const ownExpectation = join(packageFolder, 'data/expected-verdicts.json');

const largest = 16 * 2 ** 20;

/** Every claim and figure with its verdict, in the order of the claims. */
export function verdictsById({ numbers, figures, conclusions }: Verification): Map<string, Verdict> {
  const byId = [...numbers, ...conclusions].map(({ subject, verdict }): [string, Verdict] => [
    subject.id,
    verdict,
  ]);
  const byFigure = figures.map(({ subject, verdict }): [string, Verdict] => [subject, verdict]);
  return new Map([...byId, ...byFigure]);
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
  const wrong = entries.find(([, verdict]) => !verdicts.includes(verdict));
  if (wrong !== undefined) throw badExpectation(path, `${wrong[0]}: ${quote(wrong[1])}`);
  if (entries.length === 0) throw badExpectation(path, 'nothing');
  return new Map(entries);
}

/** The claims that are contradicted now and were not expected to be; without an expectation all that are. */
export function newlyContradicted(found: Expectation, expected: Expectation | null): string[] {
  return [...found].flatMap(([id, verdict]) =>
    verdict === 'contradicted' && expected?.get(id) !== 'contradicted' ? id : [],
  );
}

function badExpectation(path: string, received: string): UserError {
  return new UserError({
    what: `--expect ${path} cannot be used`,
    expected: `a JSON object of verdicts by claim: ${verdicts.join(', ')}`,
    received,
    remedy: 'give verdicts.json of an earlier fys-nn verify',
  });
}
