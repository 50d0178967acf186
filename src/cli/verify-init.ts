import type { Command } from 'commander';
import { starterClaims } from '../claims/starter.ts';
import { exitCodes } from '../errors.ts';
import { checkInit } from './starter-choices.ts';
import { writeStderr } from './terminal.ts';
import { writeNew } from './write-new.ts';

/** The file that `--init` writes if none is named. */
const usualFile = 'claims.yaml';

/** Writes a claims file with examples of all kinds, and never over another file. Returns the exit status. */
export async function writeStarter(file: string | true, command: Command): Promise<number> {
  const path = file === true ? usualFile : file;
  checkInit(command, { allowed: ['quiet', 'json'], given: [], when: 'when the file is judged', path });
  await writeNew(path, starterClaims(path), 'name another file: --init my-claims.yaml');
  writeStderr(
    `wrote ${path}, an example of each kind of claim; judge it: fys-nn verify --claims ${path} --quick`,
  );
  return exitCodes.done;
}
