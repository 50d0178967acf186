// Measures how well successive halving and racing find the best setting: node bench/stopping.js (after npm run build). With
// --grid NAME, one grid is measured again.
// On each grid, the run that stops nothing is compared with those that stop settings early, by the metric of the validation rows. Writes
// bench/results/stopping.json; what it says of epochs and settings is the same on every machine.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeCommit, describeMachine } from './machine.js';

const { values: options } = parseArgs({ options: { grid: { type: 'string' } } });
const program = fileURLToPath(new URL('../bin/fys-nn.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'fys-nn-stopping-'));
const table = join(folder, 'houses.csv');

const network = [
  ...['--validation-size', '0.2', '--hidden', '8,32', '--lambda', '0,1e-4,1e-2'],
  ...['--learning-rate', '1e-4,1e-3,1e-2,0.1,0.3'],
];
/** A table of 300 rows with six columns of numbers, of which five decide the sixth; the same on every machine. */
function writeTable() {
  let state = 1;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const rows = Array.from({ length: 300 }, () => {
    const [area, rooms, age, distance, light] = Array.from({ length: 5 }, uniform);
    const price = 2 * area + rooms * light - age ** 2 + (distance < 0.3 ? 1 : 0) + 0.3 * (uniform() - 0.5);
    return [area, rooms, age, distance, light, price].map((value) => value.toFixed(4)).join(',');
  });
  writeFileSync(table, `area,rooms,age,distance,light,price\n${rows.join('\n')}\n`);
}

/** 30 settings each. */
const grids = {
  'franke, sgd': ['grid-search', 'ffnn', '--epochs', '90', '--bootstrap', '2', ...network],
  'breast-cancer, adam': ['train', '--data', 'breast-cancer', '--epochs', '45', ...network],
  'digits, adam': ['train', '--data', 'digits', '--samples', '600', '--epochs', '27', ...network],
  'own table, adam': ['train', '--data', table, '--target', 'price', '--epochs', '90', ...network],
};

/** What a command prints as JSON, with its records in the store of the grid. */
function run(store, ...args) {
  const rest = ['--json', '--quiet', '--no-figures', '--store', store, '--out', join(folder, 'out')];
  const text = execFileSync(process.execPath, [program, ...args, ...rest], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(text);
}

const identify = ({ hidden, lambda, learning_rate: rate }) => JSON.stringify([hidden, lambda, rate]);

/** The settings of a run by their values of a metric, best first. Those that diverged have none. */
function ranked({ summary }, metric) {
  const sign = metric.endsWith('_mse') || metric.endsWith('_loss') ? 1 : -1;
  return summary
    .filter((row) => row.diverged === 0)
    .map((row) => ({ id: identify(row), value: row[`${metric}_mean`] }))
    .filter(({ value }) => value !== null)
    .sort((a, b) => sign * (a.value - b.value));
}

/** The place of what an early stop chooses among all settings, and how much worse it is than the best of all. */
function compare(full, stopped, metric) {
  const all = ranked(full, metric);
  const [chosen] = ranked(stopped, metric);
  const [best] = all;
  return {
    place: all.findIndex(({ value }) => value === chosen.value) + 1,
    regret: Math.abs(chosen.value - best.value),
    spread: Math.abs(all[Math.floor(all.length / 2)].value - best.value),
    share: stopped.cost.taken / stopped.cost.all,
  };
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const rounded = (value, digits = 3) => Number(value.toPrecision(digits));

/** The mean over replicates; the regret in parts of the distance between the best setting and the median one. */
function summarize(found) {
  return {
    replicates: found.length,
    sameBest: found.filter(({ place }) => place === 1).length,
    meanPlace: rounded(mean(found.map(({ place }) => place))),
    worstPlace: Math.max(...found.map(({ place }) => place)),
    meanRegret: rounded(mean(found.map(({ regret, spread }) => (regret === 0 ? 0 : regret / spread)))),
    share: rounded(mean(found.map(({ share }) => share))),
  };
}

const halvings = { 'eta 2': ['2'], 'eta 3': ['3'], 'eta 3 from 1 epoch': ['3', '--min-epochs', '1'] };
const path = fileURLToPath(new URL('./results/stopping.json', import.meta.url));
const results = options.grid === undefined ? {} : JSON.parse(readFileSync(path, 'utf8')).grids;
try {
  writeTable();
  for (const [name, grid] of Object.entries(grids)) {
    if (options.grid !== undefined && options.grid !== name) continue;
    const store = join(folder, 'store');
    rmSync(store, { recursive: true, force: true });
    const lines = {};
    const add = (line, found) => {
      lines[line] = summarize(found);
      console.log(name, line, JSON.stringify(lines[line]));
    };
    // Halving on one seed at a time, as most users would: a replicate each.
    const seeds = Array.from({ length: 6 }, (_, index) => String(index + 1));
    const full = seeds.map((seed) => run(store, ...grid, '--seed', seed));
    let metric = null;
    for (const [line, words] of Object.entries(halvings)) {
      const found = seeds.map((seed, index) => {
        const stopped = run(store, ...grid, '--seed', seed, '--halving', ...words);
        metric = stopped.rounds[0].metric;
        return compare(full[index], stopped, metric);
      });
      add(`halving, ${line}`, found);
    }
    // Halving on the means of three seeds.
    const triples = ['1..3', '4..6'];
    add(
      'halving, eta 3, means of 3 seeds',
      triples.map((seed) =>
        compare(
          run(store, ...grid, '--seed', seed),
          run(store, ...grid, '--seed', seed, '--halving'),
          metric,
        ),
      ),
    );
    const races = ['1..20'];
    add(
      'racing, 20 seeds',
      races.map((seed) =>
        compare(run(store, ...grid, '--seed', seed), run(store, ...grid, '--seed', seed, '--racing'), metric),
      ),
    );
    results[name] = {
      settings: full[0].summary.length,
      metric,
      command: `fys-nn ${grid.join(' ')}`.replace(table, 'houses.csv'),
      lines,
    };
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
/** The table in docs/own-work.md. */
function markdown() {
  const header = '| grid | | same best setting | place of the chosen one: mean, worst | mean regret | cost |';
  const percent = (share) => `${Number((100 * share).toPrecision(2))} %`;
  const rows = Object.entries(results).flatMap(([name, { lines }]) =>
    Object.entries(lines).map(([line, one]) => {
      const places = `${Number(one.meanPlace.toFixed(1))}, ${one.worstPlace}`;
      const regret = percent(one.meanRegret);
      return `| ${name} | ${line} | ${one.sameBest} of ${one.replicates} | ${places} | ${regret} | ${percent(one.share)} |`;
    }),
  );
  return [header, '| --- | --- | --- | --- | --- | --- |', ...rows].join('\n');
}

writeFileSync(
  path,
  `${JSON.stringify({ machine: describeMachine(), ...describeCommit(), grids: results }, null, 2)}\n`,
);
const guide = fileURLToPath(new URL('../docs/own-work.md', import.meta.url));
const between = /(<!-- stopping: [^>]*-->\n)[\s\S]*?(?=<!-- end of stopping -->)/;
const text = readFileSync(guide, 'utf8');
writeFileSync(
  guide,
  text.replace(between, (_, mark) => `${mark}\n${markdown()}\n\n`),
);
