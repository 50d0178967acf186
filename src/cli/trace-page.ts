import { basename, dirname } from 'node:path';
import type { CheckResult } from '../diagnosis/check-result.ts';
import { counted, printable, UserError } from '../errors.ts';
import { shellQuoted } from '../experiment/command-text.ts';
import { checkReplaceable } from './earlier-report.ts';
import { writeStderr } from './terminal.ts';

const command = 'fys-nn trace check';

/** Refuses, before anything is checked, a page of several recordings and a place for it that cannot be written. Errors: UserError. */
export async function checkPage(path: string, files: readonly string[]): Promise<void> {
  if (files.length > 1) {
    throw new UserError({
      what: '--html writes the page of one recording',
      expected: 'one recording',
      received: counted(files.length, 'recording'),
      remedy: `run ${command} once for each, with a page of its own`,
    });
  }
  const { checkOutputDirectory } = await import('../files/write-files.ts');
  await checkOutputDirectory(dirname(path), '--html');
  const starts = [/^<!DOCTYPE html>[\s\S]*<title>fys-nn: /];
  await checkReplaceable({ path, option: '--html', command, starts, usual: 'check.html' });
}

/** Writes the page of a recording. */
export async function writePage(
  path: string,
  { file, result }: { readonly file: string; readonly result: CheckResult },
  tolerance: string,
): Promise<void> {
  const { writeFiles } = await import('../files/write-files.ts');
  const { backpropPage } = await import('../page/backprop.ts');
  const flags = tolerance === '1e-10' ? '' : ` --tolerance ${shellQuoted(tolerance)}`;
  const page = backpropPage(result, {
    file: printable(basename(file)),
    command: printable(`npx ${command} ${shellQuoted(file)}${flags}`),
  });
  await writeFiles(dirname(path), new Map([[basename(path), page]]));
  writeStderr(`wrote ${printable(path)}`);
}
