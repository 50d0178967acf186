import { type Command, Option } from 'commander';
import { parseChoice } from '../parsing/value-list.ts';
import { addExamples } from './examples.ts';
import { fold } from './fold.ts';
import { screenOf } from './screen.ts';
import { writeStdoutRaw } from './terminal.ts';
import { usualFolder } from './verify-folder.ts';

/** `fys-nn verify explain`: the verdict on one claim in sentences, from the files of an earlier verification. */
export function addExplainCommand(verify: Command): void {
  const command = verify
    .command('explain')
    .argument('<claim>', 'id of a claim, as in claims.csv')
    .description(
      'Say in a few sentences what was claimed, what was run, how far apart they are and how sure that is',
    )
    .addOption(new Option('--from <dir>', 'folder of the verdicts (default: results/verify)'))
    .action(async (claim: string, { from = usualFolder }: { from?: string }) => {
      const { readVerification } = await import('../claims/read-verification.ts');
      const { explain } = await import('../claims/explain.ts');
      const verification = await readVerification(from);
      const sentences = explain(verification, claim);
      if (sentences === null) {
        const ids = [...verification.numbers, ...verification.conclusions].map(({ subject }) => subject.id);
        parseChoice(claim, ids, 'verify explain'); // names the nearest id
      } else {
        const { width } = screenOf(process.stdout);
        for (const sentence of sentences) writeStdoutRaw(`${fold(sentence, width).join('\n')}\n`);
      }
    });
  addExamples(command, [
    ['verify explain ols-best-at-rate-0.01', 'why a conclusion of the report is contradicted'],
    ['verify explain least-squares-mse --from results/verify-quick', 'a verdict of verify --quick'],
  ]);
}
