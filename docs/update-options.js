// Writes the options of experiments into docs/options.md, from the tables of the build: part of npm run readme.
import { readFileSync, writeFileSync } from 'node:fs';
import { experiments } from '../dist/experiments/index.js';
import { optionsOf } from '../dist/src/experiment/define.js';
import { flagOf, options, withChoices } from '../dist/src/experiment/options.js';

const file = new URL('options.md', import.meta.url);
const cell = (text) => text.replaceAll('|', '\\|');
const rows = Object.entries(options).map(([name, { description, choices, placeholder }]) => {
  const commands = experiments.filter((experiment) => optionsOf(experiment).includes(name));
  const where = commands.length === experiments.length ? 'all' : commands.map((one) => one.name).join(', ');
  return `| \`${flagOf(name)} <${cell(placeholder)}>\` | ${cell(withChoices(description, choices))} | ${where} |`;
});
const table = ['| option | what it sets | commands |', '|---|---|---|', ...rows].join('\n');
const text = readFileSync(file, 'utf8');
const marks = /(<!-- options: written by `npm run readme` -->\n)[\s\S]*?(\n<!-- end -->)/;
if (!marks.test(text)) throw new Error('docs/options.md has no place for the options');
writeFileSync(
  file,
  text.replace(marks, (_all, begin, end) => `${begin}\n${table}\n${end}`),
);
