import { basename } from 'node:path';
import { withCertificate } from '../claims/certificate-files.ts';
import { type ClaimsFile, ownClaims } from '../claims/claims.ts';
import {
  type Expectation,
  newlyContradicted,
  notRunUnexpectedly,
  ownExpectation,
  readExpectation,
  verdictsById,
} from '../claims/expectation.ts';
import { verificationFiles, verificationJson, verificationNames } from '../claims/verification-files.ts';
import { exitCodes } from '../errors.ts';
import { digestOfFile } from '../files/digest.ts';
import { toJson } from '../output/json.ts';
import { programAndMachine } from '../output/manifest.ts';
import { writeRunFolder } from '../output/run-folder.ts';
import { checkOutFolder, noteKept } from './out-folder.ts';
import { idsText, showVerification } from './show-verification.ts';
import { writeEvent, writeStderr, writeStdoutRaw } from './terminal.ts';
import type { VerifySubject } from './verify-claims.ts';
import type { VerifyRequest } from './verify-flags.ts';
import { usualFolder, verifyFolder } from './verify-folder.ts';
import { looksOf } from './verify-looks.ts';
import { runLooks, type VerifyRun } from './verify-run.ts';

/** The most claims that a note names; verdicts.json has all of them. */
const mostNamed = 20;

/** Judges, writes the verdicts into a folder, prints them, and returns the exit status. */
export async function judgeInto(request: VerifyRequest, subject: VerifySubject): Promise<number> {
  const { quick, level, variant, maxTime, running } = request;
  const expectFile = request.expect ?? (request.claims === null ? ownExpectation : null);
  const expected = expectFile === null ? null : await readExpectation(expectFile);
  const out = request.out ?? verifyFolder({ ...request, ...subject });
  await checkOutFolder(out, verificationNames, running.storeDirectory);
  const looks = await looksOf(request, subject.readings, subject.experiments);
  const { experiments } = subject;
  const options = { level, running, maxTime, experiments, changing: variant === 'both' };
  const run = await runLooks(subject.claims, subject.readings, looks, options);
  const { seeds, ended } = run.verification;
  return await conclude(request, subject.report, run, out, expected, {
    ...{ verify: true, quick, variant, level, seeds, claims: request.claims },
    ...(ended === undefined ? {} : { ended }),
  });
}

/** Writes and prints what was found, and returns the exit status. */
export async function conclude(
  { quick, json, repeat, claims, expect, remarks, running: { quiet } }: VerifyRequest,
  report: ClaimsFile['report'],
  run: VerifyRun,
  out: string,
  expected: Expectation | null,
  choices: Readonly<Record<string, unknown>>,
): Promise<number> {
  const { verification, winners } = run;
  const program = await programAndMachine();
  const files = withCertificate(
    await verificationFiles(verification, winners, expected, quick),
    verification,
    {
      ...{ report, program, runs: run.runs(), command: repeat },
      claims: { file: basename(claims ?? ownClaims), sha256: await digestOfFile(claims ?? ownClaims) },
    },
  );
  const manifest = {
    ...choices,
    ...remarks,
    ...{ run: { command: process.argv.slice(2) }, ...program },
  };
  noteKept(out, await writeRunFolder(out, files, (listed) => toJson({ ...manifest, files: listed })));
  writeStdoutRaw(
    json
      ? verificationJson(verification, winners, quick)
      : `${showVerification(verification, out, out === usualFolder, process.stdout)}\n`,
  );
  const note = (text: string) => {
    if (!quiet) writeStderr(text);
  };
  note(`wrote ${out}/`);
  writeEvent('written', { path: out });
  const ids = [...verdictsById(verification).keys()];
  if (expect !== null && expected !== null && !ids.some((id) => expected.has(id))) {
    note(`note: --expect ${expect} has none of these claims: it is of another report`);
  }
  const contradicted = newlyContradicted(verification, expected);
  if (contradicted.length > 0) {
    const unexpected = expected === null ? '' : ' (not expected)';
    writeStderr(`contradicted${unexpected}: ${idsText(contradicted, mostNamed)}`);
  }
  const missing = [...verdictsById(verification)].flatMap(([id, verdict]) =>
    verdict === 'not run' ? id : [],
  );
  if (missing.length > 0) note(`not run: ${idsText(missing, mostNamed)}`);
  if (run.diverged !== null) writeStderr(`error: ${run.diverged}`);
  if (run.failures > 0 || run.diverged !== null) return exitCodes.failed;
  if (contradicted.length > 0) return exitCodes.contradicted;
  const unexpected = notRunUnexpectedly(verification, expected, run.absent);
  return unexpected.length > 0 ? exitCodes.incomplete : exitCodes.done;
}
