import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { UserError } from '../errors.ts';
import { didYouMean } from '../math/nearest.ts';
import { addExamples } from './examples.ts';
import { newestFolder } from './newest-folder.ts';
import { writeStderr, writeStdoutRaw } from './terminal.ts';
import { usualFolder } from './verify-folder.ts';

interface ExplainFlags {
  readonly from?: string;
  readonly json?: boolean;
}

/** `fys-nn verify explain`: the verdict on one claim in sentences, from the files of an earlier verification. */
export function addExplainCommand(verify: Command): void {
  const command = verify
    .command('explain')
    .argument('<claim>', 'id of a claim as in claims.csv, or a figure such as "Figure 4"')
    .description(
      'Say in five sentences what was claimed, what was run, how far apart they are, how sure that is, and how to repeat it',
    )
    .addOption(
      new Option(
        '--from <dir>',
        'folder of the verdicts (default: results/verify, or else the newest results/verify-…)',
      ),
    )
    // The flag is also one of verify itself, which then gets it.
    .addOption(new Option('--json', 'print the explanation as JSON, and errors too'))
    .action(async (claim: string, _flags: ExplainFlags, self: Command) => {
      const { from = await latestVerdicts(), json = false } = self.optsWithGlobals<ExplainFlags>();
      const { readVerification } = await import('../claims/read-verification.ts');
      const { explain, explainable } = await import('../claims/explain.ts');
      const { explanationJson, explanationText } = await import('./show-explanation.ts');
      const verification = await readVerification(from);
      const found = explain(verification, claim);
      if (found.length === 0) throw noClaim(claim, explainable(verification), from);
      writeStdoutRaw(
        json ? explanationJson(found, verification) : explanationText(found, verification, process.stdout),
      );
    });
  addExamples(command, [
    ['verify explain ols-best-at-rate-0.01', 'why a conclusion of the report is contradicted'],
    ['verify explain "Figure 4" --from results/verify-quick', 'a figure, by the verdicts of verify --quick'],
  ]);
}

function noClaim(name: string, known: readonly string[], from: string): UserError {
  return new UserError({
    what: `there is no claim or figure of this name in ${from}`,
    expected: 'the id of a claim, or a figure',
    received: name,
    remedy: didYouMean(name, known) ?? `${join(from, 'claims.csv')} lists them`,
  });
}

/** The folder of the usual verdicts; without them, the newest of the verdicts with other choices, which a note names. */
async function latestVerdicts(): Promise<string> {
  const { verificationName } = await import('../claims/read-verification.ts');
  const usual = await stat(join(usualFolder, verificationName)).catch(() => null);
  const newest = usual === null ? await newestFolder('verify-', verificationName) : null;
  if (newest === null) return usualFolder;
  writeStderr(`note: there are no verdicts in ${usualFolder}; these are from ${newest}`);
  return newest;
}
