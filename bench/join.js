// Measures what it costs to join stores: node bench/join.js [--quick] (after npm run build). Eight stores of `count` records each are
// merged, merged once more, exported to one file, and imported from it. Each line is a separate process with a heap of at most 256 MiB.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
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
const folder = join(tmpdir(), `fys-nn-join-${process.ppid}`);
const stores = Array.from({ length: 8 }, (_, store) => join(folder, `shard-${store + 1}`));
const [merged, imported, file] = ['merged', 'imported', 'trials.jsonl.gz'].map((name) => join(folder, name));

/** A record like that of a trial of one epoch, with invented numbers. */
const recordOf = ({ id, config }) => ({
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

async function run(...args) {
  const { main } = await import(built('src/cli/main.js'));
  await main(['store', ...args, '--quiet']);
  if ((process.exitCode ?? 0) !== 0) throw new Error(`exit ${process.exitCode}`);
}

const parts = {
  /** Writes the stores, each of `count` trials that differ in their seeds. */
  async write(count) {
    const { planExperiment } = await import(built('src/experiment/plan.js'));
    const { experiments } = await import(built('experiments/index.js'));
    const { createTrial } = await import(built('src/trial/trial.js'));
    const { encodeLine } = await import(built('src/store/journal.js'));
    const ffnn = experiments.find(({ name }) => name === 'ffnn');
    const { cells } = await planExperiment(
      ffnn,
      { variant: 'code', quick: true, given: {} },
      { dataDir: null },
    );
    const { config } = cells[0].trial;
    for (const [number, store] of stores.entries()) {
      mkdirSync(store, { recursive: true });
      const journal = openSync(join(store, 'journal-0.jsonl'), 'w');
      for (let i = 0; i < count; i += 1000) {
        const lines = Array.from({ length: Math.min(1000, count - i) }, (_, k) =>
          encodeLine(recordOf(createTrial({ ...config, seed: number * count + i + k }))),
        );
        writeSync(journal, lines.join(''));
      }
      closeSync(journal);
    }
    return { MiB: mebibytesOf(...stores.map((store) => join(store, 'journal-0.jsonl'))) };
  },
  merge: () => run('merge', ...stores, '--store', merged),
  'merge again': () => run('merge', ...stores, '--store', merged),
  export: async () => {
    await run('export', file, '--store', merged);
    return { MiB: mebibytesOf(file) };
  },
  import: () => run('import', file, '--store', imported),
};

const mebibytesOf = (...paths) =>
  Math.round((10 * paths.reduce((sum, path) => sum + statSync(path).size, 0)) / 2 ** 20) / 10;

function measure(part, count) {
  const args = [
    '--max-old-space-size=256',
    fileURLToPath(import.meta.url),
    '--part',
    part,
    '--count',
    String(count),
  ];
  const text = execFileSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] }).toString();
  const result = { part, records: 8 * count, ...JSON.parse(text) };
  console.log(JSON.stringify(result));
  return result;
}

if (options.part !== undefined) {
  await printUse(() => parts[options.part](Number(options.count)));
} else {
  // The children's folder name contains this process's id.
  const shared = join(tmpdir(), `fys-nn-join-${process.pid}`);
  const name = fileURLToPath(new URL(`results/join${options.quick ? '-quick' : ''}.json`, import.meta.url));
  const facts = {
    machine: describeMachine(),
    cores: cpus().length,
    node: process.version,
    ...describeCommit(),
  };
  const results = [];
  try {
    for (const count of options.quick ? [1000] : [1000, 10_000, 100_000]) {
      for (const part of Object.keys(parts)) {
        results.push(measure(part, count));
        // After each, so that a measurement that is stopped leaves what it has.
        writeFileSync(name, `${JSON.stringify({ ...facts, results }, null, 2)}\n`);
      }
      rmSync(shared, { recursive: true, force: true });
    }
  } finally {
    rmSync(shared, { recursive: true, force: true });
  }
  console.log(`wrote ${name}`);
}
