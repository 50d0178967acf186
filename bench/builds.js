// Compares this build with an older one, in turns: node bench/builds.js FOLDER (after npm run build in both). The time is
// the processor's, which other programs on the machine change less. The losses must have the same bits. Writes
// results/builds.json and its table in docs/performance.md.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { measureOurs } from './contenders.js';
import { writeWorkload } from './data.js';
import { table, writeSection } from './kernels/page.js';
import { describeCommit, describeMachine } from './machine.js';
import { median } from './pairs.js';
import { workloads } from './workloads.js';

const repeats = 5;
/** Epochs before and in the measured time. */
const epochs = {
  'mnist-ffnn': [1, 2],
  'mnist-logistic': [1, 8],
  'franke-ffnn': [500, 4000],
  ols: [500, 8000],
};

const folders = {
  ours: fileURLToPath(new URL('..', import.meta.url)),
  older: resolve(process.argv[2] ?? ''),
};
if (process.argv.length !== 3) throw new Error('usage: node bench/builds.js FOLDER');
const build = (name) => join(folders[name], 'dist/src/index.js');
const program = await import(pathToFileURL(build('ours')).href);
const compared = {};
for (const [name, [warmup, timed]] of Object.entries(epochs)) {
  const folder = await mkdtemp(join(tmpdir(), 'fys-nn-builds-'));
  await writeWorkload(program, workloads[name], 'full', folder);
  const pairs = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const measure = (which) => measureOurs({ build: build(which), folder, warmup, epochs: timed });
    const [older, ours] = [await measure('older'), await measure('ours')];
    for (const curve of ['train_loss', 'test_loss', 'train_accuracy', 'test_accuracy']) {
      if (JSON.stringify(older[curve]) !== JSON.stringify(ours[curve]))
        throw new Error(`${name}: ${curve} has other bits`);
    }
    pairs.push({ older: older.processorSeconds / timed, ours: ours.processorSeconds / timed });
  }
  const ratio = median(pairs.map(({ older, ours }) => older / ours));
  compared[name] = { ratio, pairs };
  console.log(`${name}: the older build's time of an epoch is ${ratio.toFixed(3)} times ours`);
  await rm(folder, { recursive: true });
}
const { version } = JSON.parse(await readFile(join(folders.older, 'package.json'), 'utf8'));
const result = {
  at: new Date().toISOString(),
  machine: describeMachine(),
  commit: describeCommit(),
  node: process.version,
  older: version,
  compared,
};
await writeFile(new URL('results/builds.json', import.meta.url), `${JSON.stringify(result, null, 2)}\n`);
await writeSection('builds', tableOf(result));

function tableOf({ at, machine, commit, node, older }) {
  const rows = Object.entries(compared).map(([name, { ratio, pairs }]) => {
    const milliseconds = median(pairs.map(({ ours }) => 1000 * ours));
    return [workloads[name].title, ratio.toFixed(2), `${milliseconds.toPrecision(3)} ms`];
  });
  return [
    `${machine.cpu}, ${machine.cores} cores, Node ${node}; ${at.slice(0, 10)}. One thread, medians of ${repeats} pairs:`,
    `commit ${commit.commit?.slice(0, 9)} and version ${older}.`,
    '',
    table(['', `time of ${older} / ours`, 'an epoch of ours, processor time'], rows),
  ].join('\n');
}
