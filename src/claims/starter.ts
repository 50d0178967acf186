import { dirname, join, relative, resolve, sep } from 'node:path';
import { packageFolder } from '../files/package-folder.ts';
import { claimKinds } from './kinds/index.ts';

/** A claims file with comments and an example of each kind, in YAML, for a report of one's own. */
export function starterClaims(path: string): string {
  const schema = relative(dirname(resolve(path)), join(packageFolder, 'data/claims.schema.json'));
  const examples = Object.values(claimKinds).map(({ example }) => example);
  return `# yaml-language-server: $schema=${schema.split(sep).join('/')}
#
# What your report says, as claims that a program can check. Judge it with
#
#   fys-nn verify --claims ${path} --quick      5 seeds, in seconds
#   fys-nn verify --claims ${path}              as many seeds as the claims need
#   fys-nn verify --claims ${path} --runs runs.csv      by runs of your own program; then leave out experiment and with
#
# Replace the examples below by the claims of your report. An id is unique: lower-case letters, digits, - . and _.
# docs/judging.md leads through it, data/README.md describes every field.

report:
  title: My project # as on its first page
  author: My name

# Runs have the settings that you give and, for the rest, those of the program of the bundled report. Without this line they
# are also judged under the wording of that report.
variant: code

claims:
${examples.join('\n')}`;
}
