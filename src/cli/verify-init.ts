import type { Command } from 'commander';
import { starterClaims } from '../claims/starter.ts';
import { exitCodes, UserError } from '../errors.ts';
import { writeStderr } from './terminal.ts';
import { writeNew } from './write-new.ts';

/** The file that `--init` writes if none is named. */
const usualFile = 'claims.yaml';

/** Writes a claims file with examples of all kinds, and never over another file. Returns the exit status. */
export async function writeStarter(file: string | true, command: Command): Promise<number> {
  const path = file === true ? usualFile : file;
  refuseOthers(command);
  if (!/\.ya?ml$/i.test(path)) {
    throw new UserError({
      what: '--init writes YAML, because JSON has no comments',
      expected: 'a name that ends in .yaml or .yml',
      received: path,
      remedy: `write --init ${path.replace(/(\.\w*)?$/, '.yaml')}`,
    });
  }
  await writeNew(path, starterClaims(path), 'name another file: --init my-claims.yaml');
  writeStderr(
    `wrote ${path}, an example of each kind of claim; judge it: fys-nn verify --claims ${path} --quick`,
  );
  return exitCodes.done;
}

function refuseOthers(command: Command): void {
  const idle = command.options.find((option) => {
    const name = option.attributeName();
    return !['init', 'quiet', 'json'].includes(name) && command.getOptionValueSource(name) === 'cli';
  });
  if (idle === undefined) return;
  throw new UserError({
    what: `${idle.long} has no effect with --init, which only writes a file`,
    expected: '--init alone',
    received: idle.long,
    remedy: `leave out ${idle.long}, and give it when the file is judged`,
  });
}
