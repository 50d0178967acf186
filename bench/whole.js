// Measures the time and memory of complete commands, and the gain from a second worker: node bench/whole.js [--quick]
// (after npm run build).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from './kernels/measure.js';
import { table, writeSection } from './kernels/page.js';
import { describeCommit, describeMachine } from './machine.js';
import { runProgram } from './program.js';

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const program = fileURLToPath(new URL('../bin/fys-nn.js', import.meta.url));

/** The time of each includes start-up and figures. */
const commands = [
  { title: 'the whole report', args: ['report'] },
  { title: '`mnist`: one trial', args: ['mnist'] },
  { title: '`logistic`: 4 trials', args: ['logistic'] },
  {
    title: '`grid-search ffnn`: 16 trials of 6000 epochs',
    args: ['grid-search', 'ffnn', '--epochs', '6000'],
  },
];

/** Measures a run with an empty store. */
async function measure(args, jobs) {
  const folder = mkdtempSync(join(tmpdir(), 'fys-nn-whole-'));
  try {
    const where = ['--store', join(folder, 'trials'), '--out', join(folder, 'out'), '--quiet'];
    const quick = options.quick ? ['--quick'] : [];
    return await runProgram([program, ...args, ...quick, ...where, '--jobs', String(jobs)]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const begun = performance.now();
const at = new Date().toISOString();
const machine = describeMachine();
const results = [];
for (const { title, args } of commands) {
  // Alternate, so that other load on the machine affects both equally.
  const pairs = [];
  for (let repeat = 0; repeat < (options.quick ? 1 : 3); repeat++) {
    pairs.push([await measure(args, 1), await measure(args, 2)]);
  }
  results.push({
    title,
    seconds: [0, 1].map((which) => median(pairs.map((pair) => pair[which].seconds))),
    megabytes: [0, 1].map((which) => median(pairs.map((pair) => pair[which].megabytes))),
    ratio: median(pairs.map(([one, two]) => one.seconds / two.seconds)),
  });
  console.error(JSON.stringify(results.at(-1)));
}

const facts = { at, quick: options.quick, machine, node: process.version, ...describeCommit() };
const file = new URL(`results/whole${options.quick ? '-quick' : ''}.json`, import.meta.url);
writeFileSync(
  file,
  `${JSON.stringify({ ...facts, took: Math.round((performance.now() - begun) / 1000), results }, null, 2)}\n`,
);
const rows = results.map(({ title, seconds, megabytes, ratio }) => [
  title,
  ...seconds.map((x) => x.toPrecision(3)),
  ratio.toFixed(2),
  ...megabytes.map((x) => x.toFixed(0)),
]);
const head = ['', 'one worker, s', 'two workers, s', 'ratio', 'peak memory, MB', 'of two, MB'];
const text = [
  `${machine.cpu}, ${machine.cores} cores, Node ${process.version}; ${at.slice(0, 10)}. Medians of three pairs of runs.`,
  '',
  table(head, rows),
].join('\n');
console.log(text);
if (!options.quick) await writeSection('whole', text);
