// Measures how time and memory grow: node bench/growth.js [options]. One setting is varied at a time, and each run is a
// separate process.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { growthFigure } from './kernels/growth-figure.js';
import { median } from './kernels/measure.js';
import { table, writeSection } from './kernels/page.js';
import { describeCommit, describeMachine } from './machine.js';
import { runProgram } from './program.js';

const usage = `node bench/growth.js [options]   (after npm run build)
  --only TEXT     series whose title contains TEXT; like --quick, it changes no committed file
  --quick         the smaller half of the sizes, one run each; writes bench/results/growth-quick.json only
  --program FILE  the program (default bin/fys-nn.js)`;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    quick: { type: 'boolean', default: false },
    program: { type: 'string' },
    help: { type: 'boolean' },
  },
});
if (options.help) {
  console.log(usage);
  process.exit(0);
}
const program = resolve(options.program ?? fileURLToPath(new URL('../bin/fys-nn.js', import.meta.url)));
const cores = cpus().length;

/** The baseline, a Franke network in float32: 4000 rows, 2-128-1, batches of 10, 100 epochs, one trial, one worker. */
const franke = { samples: 4000, hidden: '128', 'batch-size': 10, epochs: 100, jobs: 1 };
const layers = (depth) => Array(depth).fill(64).join('-');
const seeds = (count) => ({ seed: `1..${count}` });

/**
 * The settings that are varied, and the options for each value. `whole`: show the time of the process, not of the
 * trial.
 */
const series = [
  {
    title: 'samples (Franke)',
    values: [1000, 4000, 16000, 64000],
    settings: (samples) => ({ ...franke, samples }),
  },
  {
    title: 'samples (MNIST)',
    values: [7000, 17500, 35000, 70000],
    command: 'mnist',
    settings: (samples) => ({ samples, 'test-size': samples / 7, epochs: 5, jobs: 1 }),
  },
  {
    title: 'hidden width',
    values: [32, 128, 512, 2048],
    settings: (hidden) => ({ ...franke, hidden, epochs: 50 }),
  },
  {
    title: 'depth (layers of 64)',
    values: [1, 2, 4, 8],
    settings: (depth) => ({ ...franke, hidden: layers(depth), epochs: 50 }),
  },
  {
    title: 'batch size',
    values: [10, 50, 250, 1000],
    settings: (size) => ({ ...franke, 'batch-size': size, epochs: 200 }),
  },
  { title: 'epochs', values: [50, 200, 800], settings: (epochs) => ({ ...franke, epochs }) },
  {
    title: 'trials (one worker)',
    values: [1, 4, 16, 64],
    whole: true,
    settings: (trials) => ({ ...franke, samples: 1000, epochs: 200, ...seeds(trials) }),
  },
  {
    title: 'workers (32 trials)',
    values: cores > 2 ? [1, 2, 4].filter((jobs) => jobs <= cores) : [1, 2],
    whole: true,
    settings: (jobs) => ({ ...franke, samples: 1000, epochs: 400, ...seeds(32), jobs }),
  },
  {
    title: 'seeds (16 trials each, two workers)',
    values: [1, 5, 20],
    command: 'grid-search ffnn',
    whole: true,
    settings: (count) => ({ samples: 1000, epochs: 100, ...seeds(count), jobs: 2 }),
  },
  {
    title: 'seeds (MNIST, 4 trials each, two workers)',
    values: [1, 5, 20],
    command: 'logistic',
    whole: true,
    settings: (count) => ({ samples: 14000, 'test-size': 2000, epochs: 5, ...seeds(count), jobs: 2 }),
  },
];

const started = performance.now();
const measured = {
  quick: options.quick,
  at: new Date().toISOString(),
  machine: describeMachine(),
  commit: describeCommit(),
  node: process.version,
  series: [],
};
for (const { title, values, settings, command = 'ffnn', whole = false } of series) {
  if (!title.includes(options.only)) continue;
  const used = options.quick ? values.slice(0, 2) : values;
  // Alternate, so that other load on the machine affects all sizes equally.
  const runs = used.map(() => []);
  for (let repeat = 0; repeat < (options.quick ? 1 : 3); repeat++) {
    for (const [index, value] of used.entries()) runs[index].push(await measure(command, settings(value)));
  }
  const points = used.map((value, index) => {
    const seconds = runs[index].map((run) => (whole ? run.whole : run.training));
    const memory = runs[index].map((run) => run.megabytes);
    return { value, seconds: median(seconds), megabytes: median(memory) };
  });
  measured.series.push({ title, command, time: whole ? 'whole run' : 'trial', points });
  console.error(`${title}: ${points.map(({ seconds }) => seconds.toPrecision(3)).join(', ')} s`);
}
await write();

/** The seconds of the whole run and of its trials, and its peak resident memory in MB. */
async function measure(command, settings) {
  const folder = await mkdtemp(join(tmpdir(), 'fys-nn-growth-'));
  const given = Object.entries({ dtype: 'float32', ...settings }).flatMap(([name, value]) => [
    `--${name}`,
    String(value),
  ]);
  const where = ['--store', join(folder, 'trials'), '--out', join(folder, 'out'), '--quiet'];
  const { seconds, megabytes } = await runProgram([program, ...command.split(' '), ...given, ...where]);
  const training = await trialSeconds(join(folder, 'trials'));
  await rm(folder, { recursive: true });
  return { whole: seconds, training, megabytes };
}

async function trialSeconds(store) {
  let seconds = 0;
  for (const name of (await readdir(store)).filter((file) => file.endsWith('.jsonl'))) {
    for (const line of (await readFile(join(store, name), 'utf8')).split('\n')) {
      const found = /"seconds":([0-9.eE+-]+)/.exec(line);
      if (found !== null) seconds += Number(found[1]);
    }
  }
  return seconds;
}

/** The b of y = a x^b between the last two points, where constant parts matter least. */
function exponent(points, of) {
  const [before, last] = points.slice(-2);
  return Math.log(of(last) / of(before)) / Math.log(last.value / before.value);
}

function growthTables({ machine, node, at, series: all, quick }) {
  const rows = all.flatMap(({ title, time, points }) =>
    points.map(({ value, seconds, megabytes }, index) => {
      const last = index === points.length - 1;
      return [
        index === 0 ? `${title}, ${time}` : '',
        value,
        seconds.toPrecision(3),
        last ? exponent(points, (point) => point.seconds).toFixed(2) : '',
        megabytes.toFixed(0),
      ];
    }),
  );
  return [
    ...(quick ? ['QUICK RUN: few sizes, one run each.'] : []),
    `${machine.cpu}, ${machine.cores} cores, Node ${node}; ${at.slice(0, 10)}. Medians of three runs. The exponent b is that of`,
    'time = a x^b between the last two sizes; the time includes start-up, reading and preparing data, which grow less.',
    '',
    table(['', 'x', 'seconds', 'b', 'peak memory, MB'], rows),
    '',
    '![Time against each size, both relative to the smallest](growth.svg)',
  ].join('\n');
}

async function write() {
  measured.seconds = Math.round((performance.now() - started) / 1000);
  const partial = options.quick || options.only !== '';
  const name = partial ? 'growth-quick' : 'growth';
  const file = new URL(`results/${name}.json`, import.meta.url);
  await mkdir(new URL('.', file), { recursive: true });
  await writeFile(file, `${JSON.stringify(measured, null, 2)}\n`);
  const tables = growthTables(measured);
  console.log(tables);
  if (!partial) {
    await writeFile(new URL('../docs/growth.svg', import.meta.url), growthFigure(measured.series));
    await writeSection('growth', tables);
  }
  console.error(`\n${fileURLToPath(file)}, after ${measured.seconds} s`);
}
