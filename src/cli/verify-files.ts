import type { Command } from 'commander';
import type { Sources } from '../datasets/dataset.ts';
import { UserError } from '../errors.ts';
import type { Experiment } from '../experiment/define.ts';
import { fromFile } from '../experiment/file.ts';
import { experimentOf } from '../experiment/from-file.ts';
import { locatedSources } from '../experiment/located.ts';
import { planExperiment } from '../experiment/plan.ts';
import { checkName, readFile, runCommand, variantOf } from './run-file.ts';
import { unknownCommand } from './usage-error.ts';
import type { VerifyRequest } from './verify-flags.ts';

/** Experiments of the user's files, and what the files say of how they are verified. */
export interface VerifyFiles {
  readonly experiments: readonly Experiment[];
  readonly request: VerifyRequest;
}

/**
 * Reads the files of experiments that claims are about. One of them may name the file of the claims; the files' reading is
 * the usual one.
 *
 * Errors: UserError for files that cannot be used, that have the same name, or of which none names claims.
 */
export async function withFiles(
  paths: readonly string[],
  request: VerifyRequest,
  command: Command,
): Promise<VerifyFiles> {
  const named = new Map<string, string>();
  const found = [];
  for (const path of paths) {
    if (!/\.(ya?ml|json)$/i.test(path)) throw unknownCommand(command, path);
    const file = await readFile(path);
    const { experiment, sources } = await experimentOf(file, {}, {}, runCommand(path));
    checkName(named, experiment.name, path, 'by which claims are about one of them');
    const variant = variantOf(file);
    const plan = await planExperiment(experiment, { variant, quick: false, given: {} }, sources);
    found.push({ file, variant, plan, sources, experiment: { ...experiment, sources } });
  }
  const variants = new Set(found.map(({ variant }) => variant));
  const [variant] = request.variant === 'report' && variants.size === 1 ? variants : [request.variant];
  const claims = request.claims ?? claimsOf(found.map(({ file }) => file));
  const sources: Sources = locatedSources(found);
  return {
    experiments: found.map(({ experiment }) => experiment),
    request: { ...request, claims, variant, running: { ...request.running, sources } },
  };
}

/** The file of claims that the files name. Errors: none, or several. */
function claimsOf(files: readonly Awaited<ReturnType<typeof readFile>>[]): string {
  const named = files.flatMap(({ path, written: { claims } }) =>
    claims === undefined ? [] : fromFile(path, claims),
  );
  const [first, ...others] = new Set(named);
  if (first !== undefined && others.length === 0) return first;
  throw new UserError({
    what:
      first === undefined
        ? 'nothing says what is claimed about these experiments'
        : 'the files name several files of claims',
    expected: 'one file of claims, by --claims or by claims: in an experiment file',
    ...(first === undefined ? {} : { received: [first, ...others].join(', ') }),
    remedy: 'write --claims claims.yaml; fys-nn verify --init writes such a file',
  });
}
