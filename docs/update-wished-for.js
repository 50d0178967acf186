// Compares the cells of each study over its seeds, and writes the tables into docs/wished-for.md and bench/results/studies.csv.
//
//   node docs/update-wished-for.js FOLDER     FOLDER holds the output of each `fys-nn study NAME --out FOLDER/NAME`
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

/** What a study compares: rows by some settings, each at its own best value of another one, the first row against the others. */
const studies = {
  optimizers: { by: ['optimizer'], choose: 'learning_rate', metric: 'test_mse' },
  momentum: { by: ['momentum'], choose: 'learning_rate', metric: 'test_mse' },
  decay: { by: ['schedule'], choose: 'learning_rate', metric: 'test_mse' },
  glorot: { by: ['kernel_init', 'lambda'], choose: 'learning_rate', metric: 'test_mse' },
  sigmoid: { by: ['loss', 'output_activation'], choose: 'learning_rate', metric: 'test_mse' },
  penalty: { by: ['lambda', 'penalize'], choose: null, metric: 'test_mse' },
  'penalty-mnist': { by: ['lambda', 'penalize'], choose: null, metric: 'test_accuracy' },
  'randomnet-mnist': { by: [], choose: null, metric: 'test_accuracy' },
  deeper: { by: ['hidden'], choose: 'learning_rate', metric: 'test_accuracy' },
  logistic: { by: ['learning_rate'], choose: null, metric: 'test_accuracy' },
};

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node docs/update-wished-for.js FOLDER');
const all = [];
let text = await readFile('docs/wished-for.md', 'utf8');
for (const [name, study] of Object.entries(studies)) {
  const trials = parse(await readFile(join(folder, name, 'trials.csv')), { columns: true });
  const rows = compared(trials, study);
  all.push(...rows.map((row) => ({ study: name, ...row })));
  text = between(text, name, table(study, rows));
}
await writeFile('docs/wished-for.md', text);
const columns = Object.keys(all[0]);
const lines = all.map((row) => columns.map((column) => quoted(String(row[column]))).join(','));
await writeFile('bench/results/studies.csv', `${[columns.join(','), ...lines].join('\n')}\n`);

/** One row for each combination of the settings `by`, at the value of `choose` with the best mean on validation rows. */
function compared(trials, { by, choose, metric }) {
  const sign = metric.endsWith('accuracy') ? -1 : 1;
  const validation = metric.replace('test_', 'validation_');
  const chosenOn = (trials[0][validation] ?? '') === '' ? metric : validation;
  const rows = [];
  for (const members of groupsOf(trials, by)) {
    const cells = groupsOf(members, choose === null ? [] : [choose]);
    const whole = cells.filter((cell) => cell.every(({ status }) => status === 'done'));
    const [best] = whole.sort((a, b) => sign * (mean(a, chosenOn) - mean(b, chosenOn)));
    const of = Object.fromEntries(by.map((option) => [option, members[0][option]]));
    const settings = Object.entries(of)
      .filter(([, value]) => value !== '')
      .map(([option, value]) => `${option} ${value}`);
    rows.push({ of: settings.join('; '), cell: best ?? null });
  }
  const [{ cell: first }] = rows;
  return rows.map(({ of, cell }) => {
    if (cell === null) return { of, chosen: '', chosen_on: '', metric, mean: 'diverged', ...empty };
    const differences = cell.map((trial) => {
      const same = first.find(({ seed }) => seed === trial.seed);
      return sign * (Number(trial[metric]) - Number(same[metric]));
    });
    return {
      of,
      chosen: choose === null ? '' : `${choose} ${cell[0][choose]}`,
      chosen_on: choose === null ? '' : chosenOn,
      metric,
      mean: mean(cell, metric),
      sd: deviation(cell, metric),
      better: cell === first ? '' : differences.filter((difference) => difference < 0).length,
      seeds: cell.length,
      ...spread(cell, metric),
    };
  });
}

const empty = { sd: '', better: '', seeds: '', lowest: '', median: '', highest: '' };

function spread(trials, metric) {
  const values = trials.map((trial) => Number(trial[metric])).sort((a, b) => a - b);
  const half = values.length / 2;
  const median = (values[Math.ceil(half) - 1] + values[Math.floor(half)]) / 2;
  return { lowest: values[0], median, highest: values[values.length - 1] };
}

function table({ by, choose, metric }, rows) {
  const title = metric.replace('test_', 'test ').replace('mse', 'MSE');
  const percent = metric.endsWith('accuracy');
  const number = (value) => (percent ? `${(100 * value).toFixed(2)} %` : value.toPrecision(3));
  if (by.length === 0) {
    const [{ seeds, lowest, median, highest }] = rows;
    const cells = [lowest, median, highest].map(number).join(' | ');
    return `| ${title} of ${seeds} networks: | lowest | median | highest |\n| --- | ---: | ---: | ---: |\n|  | ${cells} |`;
  }
  const heads = [
    '',
    ...(choose === null ? [] : [choose.replace('_', ' ')]),
    `${title}, mean`,
    'sd',
    'better than the first row',
  ];
  const lines = rows.map((row) => [
    row.of.replaceAll('_', ' '),
    ...(choose === null ? [] : [row.chosen.replace(`${choose} `, '')]),
    row.mean === 'diverged' ? 'diverged' : number(row.mean),
    row.mean === 'diverged' ? '' : number(row.sd),
    row.better === '' ? '' : `in ${row.better} of ${row.seeds} seeds`,
  ]);
  const on = rows
    .find(({ chosen_on }) => chosen_on !== '')
    ?.chosen_on.replace('_', ' ')
    .replace('mse', 'MSE');
  const note =
    choose === null ? '' : `\n\nThe ${choose.replace('_', ' ')} of each row has the best mean ${on}.`;
  const markdown = [heads, heads.map((_, index) => (index < 1 ? '---' : '---:')), ...lines];
  return markdown.map((cells) => `| ${cells.join(' | ')} |`).join('\n') + note;
}

/** The trials in groups with equal settings, in the order of the first of each. */
function groupsOf(trials, options) {
  const groups = new Map();
  for (const trial of trials) {
    const key = JSON.stringify(options.map((option) => trial[option]));
    groups.set(key, [...(groups.get(key) ?? []), trial]);
  }
  return [...groups.values()];
}

function mean(trials, metric) {
  return trials.reduce((sum, trial) => sum + Number(trial[metric]), 0) / trials.length;
}

function deviation(trials, metric) {
  const center = mean(trials, metric);
  const squares = trials.reduce((sum, trial) => sum + (Number(trial[metric]) - center) ** 2, 0);
  return Math.sqrt(squares / (trials.length - 1));
}

function quoted(value) {
  return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** Replaces the text between a study's marker and the next `<!-- end -->`. */
function between(whole, name, content) {
  const start = `<!-- study ${name}: written by \`node docs/update-wished-for.js\` -->`;
  const from = whole.indexOf(start);
  const to = whole.indexOf('<!-- end -->', from);
  if (from < 0 || to < 0)
    throw new Error(`docs/wished-for.md does not contain ${start} followed by <!-- end -->`);
  return `${whole.slice(0, from + start.length)}\n\n${content}\n\n${whole.slice(to)}`;
}
