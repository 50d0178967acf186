// Writes the choices that can be run into docs/differences.md, from the table of the build: part of npm run readme.
import { readFileSync, writeFileSync } from 'node:fs';
import { places } from '../dist/src/claims/choices.js';
import { withFlags } from '../dist/src/cli/flags.js';
import { flagOf } from '../dist/src/experiment/options.js';

const file = new URL('differences.md', import.meta.url);
const run = places.flatMap(({ row, topic, choices }) =>
  choices.map(
    ({ option, program, other, experiments }) =>
      `| ${row} | ${topic} | \`${flagOf(option)} ${program}\` | \`${flagOf(option)} ${other}\` | ${experiments.join(', ')} |`,
  ),
);
const not = places.flatMap(({ row, topic, notRun }) =>
  notRun === null ? [] : [`| ${row} | ${topic} | ${withFlags(notRun)} |`],
);
const table = [
  '| # | choice | the program | changed to | can affect |',
  '|---|---|---|---|---|',
  ...run,
  '',
  'The other rows are not among them:',
  '',
  '| # | place | why not |',
  '|---|---|---|',
  ...not,
].join('\n');
const text = readFileSync(file, 'utf8');
const marks = /(<!-- choices: written by `npm run readme` -->\n)[\s\S]*?(\n<!-- end -->)/;
if (!marks.test(text)) throw new Error('docs/differences.md has no place for the choices');
writeFileSync(
  file,
  text.replace(marks, (_all, begin, end) => `${begin}\n${table}\n${end}`),
);
