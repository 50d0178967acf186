// Measures how commands grow with the number of trials: node bench/many-trials.js [--most 1000000] (after npm run build).
//
// Trials of 1 epoch on 20 rows, of 100 learning rates and up to 10,000 seeds. Up to 100,000 are computed, by two workers; of more,
// the store's own writer writes records with invented numbers. Each command is a process of its own. Writes
// results/many-trials.json, and its table into docs/performance.md. For all sizes it takes about 15 minutes, and 6 GB of the disk.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { table, writeSection } from './kernels/page.js';
import { describeCommit, describeMachine } from './machine.js';
import { built, madeRecord, planOf, writeJournal } from './made-store.js';
import { printUse, useOf } from './resource-use.js';

const { values: options } = parseArgs({
  options: {
    most: { type: 'string', default: '1000000' },
    /** Of a process that this one starts: what it does. */
    command: { type: 'string' },
    fill: { type: 'string' },
  },
});
const mostComputed = 100_000;

const flagsOf = (count) => [
  ...['--samples', '20', '--batch-size', '4', '--hidden', '2', '--epochs', '1', '--bootstrap', '2'],
  ...['--learning-rate', 'linspace(0.001,0.1,100)', '--seed', `1..${count / 100}`],
];

/** Runs a command of the program in this process. */
async function run(args) {
  const { main } = await import(built('src/cli/main.js'));
  const { write } = process.stdout;
  process.stdout.write = () => true;
  await main(args);
  process.stdout.write = write;
  const exit = process.exitCode ?? 0;
  // A command that refuses the size is a result, not a failure of this process.
  process.exitCode = 0;
  return { exit };
}

/** Writes a store with a record for each trial of the grid. */
async function fill({ folder, count }) {
  const given = {
    ...{ samples: [20], batchSize: [4], hidden: ['2'], epochs: [1], bootstrap: [2] },
    learningRate: Array.from({ length: 100 }, (_, i) => (i + 1) / 1000),
    seed: Array.from({ length: count / 100 }, (_, i) => i + 1),
  };
  const { cells } = await planOf(given);
  await writeJournal(folder, 0, cells.length, (place) => {
    const { id, config } = cells[place].trial;
    const loss = 0.2 + config.model.learningRate / config.seed;
    return madeRecord({ id, config }, loss, loss);
  });
  return { exit: 0 };
}

function measure(count, step, args) {
  const result = { count, step, ...useOf(import.meta.url, args, { stderr: 'ignore' }) };
  console.log(JSON.stringify(result));
  return result;
}

function measureAll() {
  const results = [];
  for (let count = 1000; count <= Number(options.most); count *= 10) {
    const folder = mkdtempSync(join(tmpdir(), 'fys-nn-many-'));
    const [store, out, figures] = ['store', 'out', 'figures'].map((name) => join(folder, name));
    const files = ['--store', store, '--out', out];
    const command = (args) => ['--command', JSON.stringify(args)];
    const ours = ['ffnn', ...flagsOf(count), ...files, '--jobs', '2', '--quiet', '--no-figures'];
    const steps = {
      plan: command(['ffnn', ...flagsOf(count), ...files, '--plan', '--quiet']),
      [count > mostComputed ? 'write records' : 'run']:
        count > mostComputed ? ['--fill', JSON.stringify({ folder: store, count })] : command(ours),
      'run again, all in the store': command(ours),
      'plan, all in the store': command(['ffnn', ...flagsOf(count), ...files, '--plan', '--quiet']),
      table: command(['table', 'ffnn', ...flagsOf(count), '--store', store]),
      runs: command(['runs', '--store', store]),
      check: command(['check', out, '--baseline', out]),
      plot: command(['plot', out, '--out', figures, '--quiet']),
      // What open shows.
      'run again, with a page': command([...ours, '--page']),
    };
    try {
      for (const [step, args] of Object.entries(steps)) results.push(measure(count, step, args));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return results;
}

/** A command that refuses a size, with exit 2, has no time. */
const cellOf = (found) =>
  found === undefined || found.exit === 2 ? '' : `${found.seconds.toPrecision(3)} s, ${found.peakMiB} MiB`;

async function write(results) {
  const measured = { at: new Date().toISOString(), machine: describeMachine(), node: process.version };
  const file = new URL('results/many-trials.json', import.meta.url);
  writeFileSync(file, `${JSON.stringify({ ...measured, commit: describeCommit(), results }, null, 2)}\n`);
  const counts = [...new Set(results.map(({ count }) => count))];
  const steps = [...new Set(results.map(({ step }) => step))];
  const rows = steps.map((step) => [
    step,
    ...counts.map((count) => cellOf(results.find((one) => one.count === count && one.step === step))),
  ]);
  const { cpu, cores } = measured.machine;
  const text = [
    `${cpu}, ${cores} cores, Node ${measured.node}; ${measured.at.slice(0, 10)}. Seconds and peak memory of each command:`,
    '',
    table(['trials', ...counts.map((count) => count.toLocaleString('en-US'))], rows),
  ].join('\n');
  console.log(text);
  if (counts.includes(1_000_000)) await writeSection('many-trials', text);
}

if (options.command !== undefined) await printUse(() => run(JSON.parse(options.command)));
else if (options.fill !== undefined) await printUse(() => fill(JSON.parse(options.fill)));
else await write(measureAll());
