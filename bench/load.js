// Measures the cost of many trials: node bench/load.js [--quick] (after npm run build). Each line is a separate
// process.
import { createHash } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeRun } from './machine.js';
import { built, madeRecord, planOf, writeJournal } from './made-store.js';
import { printUse, useOf } from './resource-use.js';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    part: { type: 'string' },
    count: { type: 'string' },
  },
});
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

const parts = {
  /** Planning a grid. */
  async plan(count) {
    const plan = await planOf(gridOf(count));
    return { trials: plan.cells.length };
  },
  /** Writes a store with `count` records of other trials in ten journals, for the next two parts. */
  async write(count) {
    const { cells } = await planOf(gridOf(100));
    const { config } = cells[0].trial;
    for (let journal = 0; journal < 10; journal++) {
      await writeJournal(folder, journal, count / 10, (place) =>
        madeRecord({ id: idOf(journal, place), config }),
      );
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
    const { cells } = await planOf(gridOf(count));
    await writeJournal(folder, 0, count, (place) => madeRecord(cells[place].trial));
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
  const nodeFlags = part === 'run' ? ['--max-old-space-size=96', '--max-semi-space-size=2'] : [];
  const use = useOf(import.meta.url, ['--part', part, '--count', String(count)], { nodeFlags });
  const result = { part, count, ...use };
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
  writeFileSync(file, `${JSON.stringify({ ...describeRun(), results }, null, 2)}\n`);
  console.log(`wrote ${file}`);
}
