// Measures the cost of many trials: node bench/load.js [--quick] (after npm run build). Each line is a separate
// process.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeCommit, describeMachine } from './machine.js';
import { printUse } from './resource-use.js';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    part: { type: 'string' },
    count: { type: 'string' },
  },
});
const built = (path) => new URL(`../dist/${path}`, import.meta.url);
const folder = join(tmpdir(), `fys-nn-load-${process.ppid}`);

/** A grid of `count` trials of one epoch: a hundred learning rates, and seeds. */
const gridOf = (count) => ({
  seed: Array.from({ length: count / 100 }, (_, i) => i),
  learningRate: Array.from({ length: 100 }, (_, i) => (i + 1) / 1000),
  samples: [12],
  batchSize: [4],
  hidden: ['2'],
  epochs: [1],
  bootstrap: [2],
});

async function planOf(count) {
  const { planExperiment } = await import(built('src/experiment/plan.js'));
  const { experiments } = await import(built('experiments/index.js'));
  const ffnn = experiments.find(({ name }) => name === 'ffnn');
  return planExperiment(ffnn, { variant: 'code', quick: false, given: gridOf(count) }, { dataDir: null });
}

/** A record like that of such a trial, with invented numbers. */
const recordOf = (id, config) => ({
  id,
  config,
  status: 'done',
  divergedAt: null,
  metrics: { train_mse: 0.1, test_mse: 0.2, best_test_mse: 0.2, best_epoch: 1, train_r2: 0.5, test_r2: 0.4 },
  curves: { train_mse: [0.1], test_mse: [0.2] },
  bootstrap: null,
  seconds: 0.001,
  at: '2025-01-01T00:00:00.000Z',
});

const parts = {
  /** Planning a grid. */
  async plan(count) {
    const plan = await planOf(count);
    return { trials: plan.cells.length };
  },
  /** Writes a store with `count` records of other trials in ten journals, for the next two parts. */
  async write(count) {
    const { encodeLine } = await import(built('src/store/journal.js'));
    const { cells } = await planOf(100);
    const template = cells[0].trial.config;
    mkdirSync(folder, { recursive: true });
    for (let journal = 0; journal < 10; journal++) {
      const file = openSync(join(folder, `journal-${journal}.jsonl`), 'w');
      for (let i = 0; i < count / 10; i += 1000) {
        const lines = Array.from({ length: Math.min(1000, count / 10 - i) }, (_, k) =>
          encodeLine(recordOf(idOf(journal, i + k), template)),
        );
        writeSync(file, lines.join(''));
      }
      closeSync(file);
    }
    return {};
  },
  /** Opens that store for a hundred trials. */
  async open() {
    const { openStore } = await import(built('src/store/store.js'));
    const ids = Array.from({ length: 100 }, (_, i) => idOf(i % 10, 7 * i));
    const found = [...(await openStore(folder, ids)).ids()].length;
    if (found !== ids.length) throw new Error(`${found} of ${ids.length} were found`);
    return { indexes: readdirSync(folder).filter((name) => name.endsWith('.index')).length };
  },
  /** Writes all records of a grid, for a run that finds them in the store. */
  async fill(count) {
    const { encodeLine } = await import(built('src/store/journal.js'));
    mkdirSync(folder, { recursive: true });
    const file = openSync(join(folder, 'journal-0.jsonl'), 'w');
    for (const { trial } of (await planOf(count)).cells)
      writeSync(file, encodeLine(recordOf(trial.id, trial.config)));
    closeSync(file);
    return {};
  },
  /** Runs the program on such a grid. It reads the store if it was filled, and computes the trials otherwise. */
  async run(count) {
    const { seed, learningRate, samples, batchSize, hidden, epochs, bootstrap } = gridOf(count);
    const args = ['ffnn', '--seed', `0..${seed.length - 1}`, '--learning-rate', learningRate.join(',')];
    args.push('--samples', String(samples), '--batch-size', String(batchSize), '--hidden', hidden[0]);
    args.push(
      '--epochs',
      String(epochs),
      '--bootstrap',
      String(bootstrap),
      '--quiet',
      '--jobs',
      '2',
      '--no-figures',
    );
    args.push('--store', folder, '--out', `${folder}-out`);
    const { main } = await import(built('src/cli/main.js'));
    process.stdout.write = () => true;
    await main(args);
    delete process.stdout.write;
    if (process.exitCode !== 0) throw new Error(`exit ${process.exitCode}`);
    return {};
  },
};

function idOf(journal, index) {
  return `t${createHash('sha256').update(`${journal} ${index}`).digest('hex')}`;
}

function measure(part, count) {
  // Otherwise garbage accumulates while the machine has memory, and the peak is meaningless.
  const heap = part === 'run' ? ['--max-old-space-size=96', '--max-semi-space-size=2'] : [];
  const args = [...heap, fileURLToPath(import.meta.url), '--part', part, '--count', String(count)];
  const text = execFileSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] }).toString();
  const result = { part, count, ...JSON.parse(text) };
  console.log(JSON.stringify(result));
  return result;
}

if (options.part !== undefined) {
  await printUse(() => parts[options.part](Number(options.count)));
} else {
  // The children's folder name contains this process's id.
  const shared = join(tmpdir(), `fys-nn-load-${process.pid}`);
  const clear = () => {
    for (const path of [shared, `${shared}-out`]) rmSync(path, { recursive: true, force: true });
  };
  const small = options.quick;
  const results = [];
  try {
    for (const count of small ? [1000, 10_000] : [1000, 10_000, 100_000])
      results.push(measure('plan', count));
    for (const count of small ? [10_000] : [10_000, 100_000, 1_000_000]) {
      measure('write', count);
      results.push({ ...measure('open', count), index: false }, { ...measure('open', count), index: true });
      clear();
    }
    for (const count of small ? [1000] : [1000, 10_000, 100_000]) {
      measure('fill', count);
      results.push({ ...measure('run', count), computed: false });
      clear();
    }
    for (const count of small ? [500] : [500, 5000, 20_000]) {
      results.push({ ...measure('run', count), computed: true });
      clear();
    }
  } finally {
    clear();
  }
  const file = fileURLToPath(new URL(`results/load${small ? '-quick' : ''}.json`, import.meta.url));
  const facts = {
    machine: describeMachine(),
    cores: cpus().length,
    node: process.version,
    ...describeCommit(),
  };
  writeFileSync(file, `${JSON.stringify({ ...facts, results }, null, 2)}\n`);
  console.log(`wrote ${file}`);
}
