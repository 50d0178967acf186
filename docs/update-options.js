// Writes the options of experiments into docs/options.md, from the tables of the build: part of npm run readme.
import { readFileSync, writeFileSync } from 'node:fs';
import { allExperiments } from '../dist/experiments/index.js';
import { choicesOf } from '../dist/src/cli/experiment.js';
import { optionsOf } from '../dist/src/experiment/define.js';
import { optionGroups } from '../dist/src/experiment/option-groups.js';
import { flagOf, options, withChoices } from '../dist/src/experiment/options.js';

const file = new URL('options.md', import.meta.url);
const cell = (text) => text.replaceAll('|', '\\|');
const rowsOf = (names) =>
  names.map((name) => {
    const { description, choices, placeholder } = options[name];
    const having = allExperiments.filter((experiment) => optionsOf(experiment).includes(name));
    const choosing = having.filter((experiment) => (choicesOf(experiment, name)?.length ?? 2) > 1);
    const commands = choosing.length > 0 ? choosing : having;
    // Models of one's own data have every option.
    const where =
      commands.length === allExperiments.length
        ? 'all'
        : [...commands.map((one) => one.name), 'train, run'].join(', ');
    return `| \`${flagOf(name)} <${cell(placeholder)}>\` | ${cell(withChoices(description, choices))} | ${where} |`;
  });
const table = Object.entries(optionGroups)
  .map(([group, names]) =>
    [`### ${group}`, '', '| option | what it sets | commands |', '|---|---|---|', ...rowsOf(names)].join(
      '\n',
    ),
  )
  .join('\n\n');
const text = readFileSync(file, 'utf8');
const marks = /(<!-- options: written by `npm run readme` -->\n)[\s\S]*?(\n<!-- end -->)/;
if (!marks.test(text)) throw new Error('docs/options.md has no place for the options');
writeFileSync(
  file,
  text.replace(marks, (_all, begin, end) => `${begin}\n${table}\n${end}`),
);
