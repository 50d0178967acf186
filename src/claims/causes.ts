import { join } from 'node:path';
import { packageFolder } from '../files/package-folder.ts';
import { readJsonFile } from '../files/regular-file.ts';
import type { Cause, Claim } from './claim-parts.ts';

/** The bundled file of causes: why claims of the report do not hold, found by running the alternative. */
export const ownCauses = join(packageFolder, 'data/causes.json');

const maxBytes = 2 ** 20;

/** A cause, and the ids of claims or names of figures that it explains. */
export interface NamedCause extends Cause {
  readonly claims: readonly string[];
}

/** Reads the bundled causes. Errors: ZodError for another form. */
export async function readCauses(): Promise<NamedCause[]> {
  const { causesFile } = await import('./claims-schema.ts');
  return causesFile.parse(await readJsonFile(ownCauses, maxBytes)).causes;
}

/** The claims with their causes: a claim's own, or else that of its figure. */
export function withCauses(claims: readonly Claim[], causes: readonly NamedCause[]): Claim[] {
  const byName = new Map(causes.flatMap(({ claims: names, ...cause }) => names.map((name) => [name, cause])));
  return claims.map((claim) => {
    const figure = claim.kind === 'number' ? claim.figure : undefined;
    const cause = byName.get(claim.id) ?? (figure === undefined ? undefined : byName.get(figure));
    return cause === undefined ? claim : { ...claim, cause };
  });
}
