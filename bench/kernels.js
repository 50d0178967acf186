// Compares the kernels with the limits of the machine and with the reference: node bench/kernels.js [options].
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { createWorkloads } from './kernels/calls.js';
import { createCeilings, levels } from './kernels/ceilings.js';
import { measureWorkload, median } from './kernels/measure.js';
import { kernelTables, writeSection } from './kernels/page.js';
import { profileWorkloads } from './kernels/profile.js';
import { measureWholeRun } from './kernels/whole-run.js';
import { describeCommit, describeMachine } from './machine.js';

const usage = `node bench/kernels.js [options]   (after npm run build)
  --quick         few and short measurements, little data; changes only bench/results/kernels-quick.json
  --check         exits with 1 if a kernel's speed relative to the reference has halved since bench/results/kernels.json
  --only LIST     workloads: franke-ffnn, layers, mnist-ffnn, mnist-logistic, ols, small-mlp, others
  --build FILE    the built program (default dist/src/index.js)`;

const results = new URL('results/', import.meta.url);
const committed = new URL('kernels.json', results);
const options = readOptions();
const folder = dirname(options.build);
const started = performance.now();

const built = (path) => import(pathToFileURL(join(folder, path)).href);
const { activations } = await built('nn/activations.js');
const { createWasmKernels } = await built('kernels/wasm.js');
const { createMemory } = await built('math/memory.js');
const create = {
  wasm: (dtype, bytes) => createWasmKernels(dtype, createMemory(bytes)),
  // A separate instance for each element type, as in kernels/index.ts.
  reference: async (dtype, bytes) =>
    (
      await import(`${pathToFileURL(join(folder, 'kernels/reference.js')).href}?${dtype}`)
    ).createReferenceKernels(dtype, createMemory(bytes)),
};

const ceilings = await createCeilings();
const scale = options.short ? { rounds: 5, seconds: 0.001 } : { rounds: 21, seconds: 0.004 };
const workloads = await createWorkloads(activations, options.short ? 6000 : 60000);
const measured = {
  quick: options.short,
  at: new Date().toISOString(),
  machine: describeMachine(),
  commit: describeCommit(),
  node: process.version,
  ceilings: measureCeilings(),
  workloads: {},
};
for (const [name, workload] of Object.entries(workloads)) {
  if (!options.only.includes(name)) continue;
  const calls = await measureWorkload(workload, { create, ceilings, ...scale });
  measured.workloads[name] = { title: workload.title, calls };
  console.error(`${name}: ${calls.length} calls`);
}

if (options.check) {
  process.exitCode = await check();
} else {
  measured.profiles = await profileWorkloads(options);
  measured.wholeRun = await measureWholeRun(options);
  await write();
}

function measureCeilings() {
  const of = (measure) => median(Array.from({ length: scale.rounds }, measure)) / 1e9;
  return Object.fromEntries(
    Object.entries(ceilings).map(([dtype, { multiplyAdd, read, copy }]) => [
      dtype,
      {
        multiplyAdd: of(() => multiplyAdd(0.01)),
        ...Object.fromEntries(
          Object.keys(levels).map((level) => [
            level,
            { read: of(() => read(level, 0.005)), copy: of(() => copy(level, 0.005)) },
          ]),
        ),
      },
    ]),
  );
}

/** Compares the ratios to the reference, which are similar on all machines, with the committed ones. */
async function check() {
  const before = JSON.parse(await readFile(committed, 'utf8'));
  const lost = [];
  for (const [name, { calls }] of Object.entries(measured.workloads)) {
    for (const call of calls) {
      const same = ({ kernel, phase, size }) =>
        kernel === call.kernel && phase === call.phase && size.join() === call.size.join();
      const was = before.workloads[name]?.calls.find(same);
      if (was === undefined || call.ratio >= was.ratio / 2) continue;
      lost.push({ name, call, was });
    }
  }
  for (const { name, call, was } of lost) {
    const what = `${name}: ${call.kernel} ${call.size.join(' x ')}`;
    console.log(
      `${what}: ${call.ratio.toPrecision(3)} times the reference's speed, was ${was.ratio.toPrecision(3)} before`,
    );
  }
  if (lost.length === 0) console.log('No kernel has lost half of its speed relative to the reference.');
  return lost.length === 0 ? 0 : 1;
}

async function write() {
  measured.seconds = Math.round((performance.now() - started) / 1000);
  await mkdir(results, { recursive: true });
  const file = options.partial ? new URL('kernels-quick.json', results) : committed;
  await writeFile(file, `${JSON.stringify(measured, null, 2)}\n`);
  const tables = kernelTables(measured);
  console.log(tables);
  if (!options.partial) await writeSection('kernels', tables);
  console.error(`\n${fileURLToPath(file)}, after ${measured.seconds} s`);
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      only: { type: 'string', default: 'franke-ffnn,layers,mnist-ffnn,mnist-logistic,ols,small-mlp,others' },
      build: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  const only = values.only.split(',');
  return {
    check: values.check,
    short: values.quick || values.check,
    only,
    partial: values.quick || only.length < 7,
    build: resolve(values.build ?? fileURLToPath(new URL('../dist/src/index.js', import.meta.url))),
  };
}
