// Measures what it costs to join stores: node bench/join.js [--quick] (after npm run build). Eight stores of `count` records each are
// merged, merged once more, exported to one file, and imported from it. Each line is a separate process with a heap of at most 256 MiB.
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeRun } from './machine.js';
import { built, makeStore } from './made-store.js';
import { printUse, useOf } from './resource-use.js';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    part: { type: 'string' },
    count: { type: 'string' },
  },
});
const folder = join(tmpdir(), `fys-nn-join-${process.ppid}`);
const stores = Array.from({ length: 8 }, (_, store) => join(folder, `shard-${store + 1}`));
const [merged, imported, file] = ['merged', 'imported', 'trials.jsonl.gz'].map((name) => join(folder, name));

async function run(...args) {
  const { main } = await import(built('src/cli/main.js'));
  await main(['store', ...args, '--quiet']);
  if ((process.exitCode ?? 0) !== 0) throw new Error(`exit ${process.exitCode}`);
}

const parts = {
  /** Writes the stores, each of `count` trials that differ in their seeds. */
  async write(count) {
    for (const [number, store] of stores.entries()) await makeStore(store, 1, count, number * count);
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
  const args = ['--part', part, '--count', String(count)];
  const use = useOf(import.meta.url, args, { nodeFlags: ['--max-old-space-size=256'] });
  const result = { part, records: 8 * count, ...use };
  console.log(JSON.stringify(result));
  return result;
}

if (options.part !== undefined) {
  await printUse(() => parts[options.part](Number(options.count)));
} else {
  // The children's folder name contains this process's id.
  const shared = join(tmpdir(), `fys-nn-join-${process.pid}`);
  const name = fileURLToPath(new URL(`results/join${options.quick ? '-quick' : ''}.json`, import.meta.url));
  const facts = describeRun();
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
