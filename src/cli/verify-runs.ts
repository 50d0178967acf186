import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Command } from 'commander';
import { readClaims } from '../claims/claims.ts';
import { readExpectation } from '../claims/expectation.ts';
import { checkConditions } from '../claims/judge-conclusions.ts';
import { judgeRuns } from '../claims/judge-runs.ts';
import { openRuns } from '../claims/runs-file.ts';
import { verificationNames } from '../claims/verification-files.ts';
import { UserError } from '../errors.ts';
import { withDifferences } from '../output/folder-name.ts';
import { checkOutFolder } from './out-folder.ts';
import { writeStderr } from './terminal.ts';
import type { VerifyRequest } from './verify-flags.ts';
import { usualLevel } from './verify-folder.ts';
import { conclude } from './verify-judge.ts';
import type { VerifyRun } from './verify-run.ts';

/** Judges claims by the runs of another program, writes and prints the verdicts, and returns the exit status. */
export async function judgeRunsInto(path: string, request: VerifyRequest, command: Command): Promise<number> {
  const { level, running } = request;
  refuseOthers(command);
  if (request.claims === null) throw claimsNeeded();
  const subject = await readClaims(request.claims, 'given');
  await checkConditions(subject.claims.filter((claim) => claim.kind === 'conclusion'));
  const expected = request.expect === null ? null : await readExpectation(request.expect);
  const file = await openRuns(path);
  const out = request.out ?? folderFor(file.sha256, JSON.stringify(subject), level);
  await checkOutFolder(out, verificationNames);
  const { verification, notes } = await judgeRuns(subject, file, level, request.repeat);
  if (!running.quiet) for (const note of notes) writeStderr(`note: ${note}`);
  const run: VerifyRun = {
    ...{ verification, winners: [], failures: 0, diverged: null, absent: new Set() },
    runs: () => {
      const { command: _, ...runs } = verification.runs!;
      return { kind: 'given', ...runs };
    },
  };
  return await conclude(request, subject.report, run, out, expected, {
    ...{ verify: true, level, runs: { path, sha256: file.sha256 }, claims: request.claims },
  });
}

/** The options of `verify` that have a meaning for given runs; all others are about training. */
const useful = ['runs', 'claims', 'level', 'expect', 'out', 'note', 'tag', 'quiet', 'progress', 'json'];

function refuseOthers(command: Command): void {
  const idle = command.options.find((option) => {
    const name = option.attributeName();
    return !useful.includes(name) && command.getOptionValueSource(name) === 'cli';
  });
  if (idle === undefined) return;
  throw new UserError({
    what: `${idle.long} has no effect with --runs, because nothing is trained`,
    expected: `--runs with ${useful
      .slice(1)
      .map((name) => `--${name}`)
      .join(', ')}`,
    received: idle.long,
    remedy: `leave out ${idle.long}`,
  });
}

function claimsNeeded(): UserError {
  return new UserError({
    what: '--runs needs --claims: the statements that these runs are to judge',
    expected: '--claims with a file of claims about the columns of the runs',
    remedy: 'data/README.md describes claims, and docs/judging.md has an example of both files',
  });
}

/** A folder for these runs, these claims and this level. */
function folderFor(runs: string, claims: string, level: number): string {
  const digest = createHash('sha256').update(runs).update(claims).digest('hex').slice(0, 12);
  const differences = [`runs-${digest}`, ...(level === usualLevel ? [] : [`level-${level}`])];
  return join(
    'results',
    withDifferences(
      'verify',
      differences.map((text) => ({ text, isExact: true, value: text })),
    ),
  );
}
