import { experiments } from '../../experiments/index.ts';
import { type Claim, type ClaimsFile, ownClaims, quantitiesOf, readClaims } from '../claims/claims.ts';
import { checkConditions } from '../claims/judge-conclusions.ts';
import { codeReading, isJudgedByAny, type Reading, textReading } from '../claims/readings.ts';
import type { Sources } from '../datasets/dataset.ts';
import { datasets } from '../datasets/index.ts';
import { UserError } from '../errors.ts';
import type { Experiment } from '../experiment/define.ts';
import { writeStderr } from './terminal.ts';
import type { VerifyRequest, VerifyVariant } from './verify-flags.ts';

/** What is judged: claims, on which data, under which readings of the report. */
export interface VerifySubject {
  readonly report: ClaimsFile['report'];
  readonly claims: readonly Claim[];
  /** The experiments that they can be about: those of the report, and of the user's files. */
  readonly experiments: readonly Experiment[];
  /** The program first, where it is judged. */
  readonly readings: readonly [Reading, ...Reading[]];
  /** The text of the user's claims, and the digest of the user's data; null for the report's. */
  readonly claimsText: string | null;
  readonly dataDigest: string | null;
}

/** Reads and checks the claims. Errors: UserError for a wrong file, for the report's claims about other data, … */
export async function verifySubject(
  { claims: file, variant, running }: VerifyRequest,
  own: readonly Experiment[] = [],
): Promise<VerifySubject> {
  const data = await otherData(running.sources);
  if (file === null && data !== null) throw notReportsData(data.title);
  const readings = readingsOf(variant);
  const { report, claims: all } = await readClaims(file ?? ownClaims);
  const claims = all.filter((claim) => isJudgedByAny(claim, readings));
  if (claims.length === 0 && all.length > 0) throw noMatchingClaims(variant);
  await checkConditions(all.filter((claim) => claim.kind === 'conclusion'));
  const leftOut = all.filter((claim) => !claims.includes(claim));
  if (leftOut.length > 0 && !running.quiet) {
    writeStderr(
      `note: --variant ${variant} leaves out claims about another variant: ${leftOut.map(({ id }) => id).join(', ')}`,
    );
  }
  const claimsText = file === null ? null : JSON.stringify(all);
  const named = new Set(claims.flatMap(quantitiesOf).map(({ experiment }) => experiment));
  // Only what claims of the user's are about is planned.
  const others = own.length === 0 ? experiments : experiments.filter(({ name }) => named.has(name));
  return {
    report,
    claims,
    experiments: [...own, ...others],
    readings,
    claimsText,
    dataDigest: data?.sha256 ?? null,
  };
}

/** The digest and title of images that are not the report's; null for the report's. */
async function otherData(sources: Sources): Promise<{ sha256: string; title: string } | null> {
  if (sources.dataDir === null) return null;
  const { resolveImages } = await import('../datasets/images.ts');
  const { describeData } = await import('../datasets/index.ts');
  const { labelOf } = await import('../datasets/label.ts');
  const { config, facts } = await resolveImages({}, sources);
  const { isReports, title } = describeData(config, facts, labelOf(sources));
  return isReports ? null : { sha256: config.sha256, title };
}

function readingsOf(variant: VerifyVariant): readonly [Reading, ...Reading[]] {
  if (variant === 'code') return [codeReading];
  return variant === 'text' ? [textReading] : [codeReading, textReading];
}

/** The report's claims are about its own data: other images cannot contradict them. */
function notReportsData(title: string): UserError {
  return new UserError({
    what: "these are not the report's data, so its claims cannot be judged on them",
    expected: `${datasets.images.title}, the images of the report`,
    received: title,
    remedy: 'leave out --data-dir, or give claims about these data with --claims',
  });
}

function noMatchingClaims(variant: string): UserError {
  return new UserError({
    what: `no claim is about --variant ${variant}`,
    expected: 'claims without a variant, or with this one',
    remedy: 'leave out --variant',
  });
}
