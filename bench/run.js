// Benchmarks fys-nn against its peers: npm run bench -- [options]. docs/performance.md explains the method.
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { closePeers, measureOurs, NotMeasured, openPeer } from './contenders.js';
import { writeWorkload } from './data.js';
import { createCeilings } from './kernels/ceilings.js';
import { describeCommit, describeMachine } from './machine.js';
import { updatePage } from './page.js';
import { compare, epochSeconds, fixedLength, lengthOf, median, operationsOf } from './pairs.js';
import { isReports, peers, sets, workloads } from './workloads.js';

const usage = `npm run bench -- [options]
  --quick           small data, one measurement each, one thread, OpenBLAS with its fastest settings: under a minute
  --set NAME        a set of workloads: ${Object.keys(sets).join(' or ')} (default: both)
  --only LIST       workloads: ${Object.keys(workloads).join(', ')}
  --peers LIST      peers: ${Object.keys(peers).join(', ')}
  --repeats N       measurements of each pair in the main table (default 5; 3 in the others, 1 for 10000 epochs)
  --epochs N        epochs of a measurement of the workloads that have a fixed number (default 10000; 100 with --quick)
  --build FILE      the built program (default dist/src/index.js)
A run writes bench/results/SET.json and its tables in docs/performance.md; with --quick, --only or --peers, only
bench/results/partial.json.`;

const settings = [
  { name: 'strongest', threads: 1, blas: 'strongest', applies: () => true },
  { name: 'installed', threads: 1, blas: 'installed', applies: (peer) => peer.blas },
  { name: 'two-threads', threads: 2, blas: 'strongest', applies: (peer) => peer.threads },
];
/** Our second thread starts after the first epoch, so this many more epochs are warm-up. */
const threadStart = 2;
/** The total time of the timed epochs of one measurement, and the longest epoch that is measured, in seconds. */
const timedSeconds = { full: 1.2, quick: 0.2 };
const longestEpoch = 30;
const check = { warmup: 0, epochs: 5 };

const standardBuild = fileURLToPath(new URL('../dist/src/index.js', import.meta.url));
const options = readOptions();
const folder = mkdtempSync(join(tmpdir(), 'fys-nn-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
process.on('SIGINT', () => process.exit(130));

const started = performance.now();
const machine = describeMachine();
const commit = describeCommit();
const results = [];
const programs = {};
const notMeasured = {};
let ceilings = null;
try {
  for (const name of options.only) await runWorkload(name);
} finally {
  await closePeers();
}
await writeResults();

async function runWorkload(name) {
  const workload = workloads[name];
  const program = await import(pathToFileURL(options.build).href);
  const small = join(folder, `${name}-small`);
  const full = join(folder, `${name}-full`);
  const sizes = { small: await writeWorkload(program, workload, 'small', small) };
  if (!options.quick) sizes.full = await writeWorkload(program, workload, 'full', full);
  const ours = await measureOurs({ build: options.build, folder: small, ...check });
  const growth = options.quick ? 1 : sizes.full.steps / sizes.small.steps;
  const oursEpoch = await epochSeconds(ours, (length) =>
    measureOurs({ build: options.build, folder: small, ...length }),
  );

  for (const setting of options.quick || !isReports(name) ? settings.slice(0, 1) : settings) {
    const pairs = [];
    for (const id of options.peers) {
      const peer = peers[id];
      if (!peer.workloads.includes(name) || !setting.applies(peer)) continue;
      const opened = await open(id, setting);
      if (opened === null) continue;
      const checked = await opened.ask({ contender: id, folder: small, ...check });
      compare(`${name}, ${id} (${setting.name})`, workload, peer, ours, checked);
      const peerEpoch = await epochSeconds(checked, (length) =>
        opened.ask({ contender: id, folder: small, ...length }),
      );
      const size = options.quick || growth * peerEpoch > longestEpoch ? 'small' : 'full';
      const factor = size === 'full' ? growth : 1;
      const timed = options.quick ? timedSeconds.quick : timedSeconds.full;
      const [oursLength, peerLength] = [oursEpoch, peerEpoch].map((seconds) =>
        workload.epochs === undefined
          ? lengthOf(factor * seconds, timed)
          : { ...fixedLength(options.epochs ?? workload.epochs), evaluate: workload.evaluate },
      );
      if (setting.threads > 1) oursLength.warmup += threadStart;
      pairs.push({
        id,
        size,
        job: {
          contender: id,
          folder: size === 'full' ? full : small,
          ...peerLength,
        },
        oursJob: {
          build: options.build,
          folder: size === 'full' ? full : small,
          threads: setting.threads,
          ...oursLength,
        },
        opened,
        measurements: [],
      });
    }
    const repeats = repeatsOf(workload, setting);
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (const pair of pairs)
        pair.measurements.push(await measurePair(name, setting, sizes[pair.size], pair));
    }
    for (const pair of pairs) results.push(resultOf(name, setting, pair));
  }
  await rm(small, { recursive: true });
  await rm(full, { recursive: true, force: true });
}

/** A fixed number of epochs takes a minute and is its own mean, so it is measured once if not asked for more. */
function repeatsOf({ epochs }, { name }) {
  if (epochs !== undefined) return options.repeats ?? 1;
  const most = options.quick ? 1 : name === 'strongest' ? 5 : 3;
  return Math.min(options.repeats ?? most, name === 'strongest' ? Infinity : most);
}

/** The peer's process, or null; then the reason is noted. */
async function open(id, setting) {
  try {
    const opened = await openPeer(peers[id], setting);
    programs[`${peers[id].program} ${setting.name}`] = opened.hello;
    return opened;
  } catch (error) {
    if (!(error instanceof NotMeasured)) throw error;
    notMeasured[id] = error.message;
    return null;
  }
}

/** Measures ours, and directly afterwards the peer. */
async function measurePair(name, setting, meta, { id, size, job, oursJob, opened }) {
  const load = loadavg()[0];
  const ours = await measureOurs(oursJob);
  const share = await shareOf(workloads[name], meta, ours, oursJob);
  const theirs = await opened.ask(job);
  const what = `${name}, ${id} (${setting.name})`;
  compare(what, workloads[name], peers[id], ours, theirs, size === 'full');
  const timing = ({ seconds, epochs }, { warmup }) => ({
    seconds,
    epochs,
    warmup,
    epochSeconds: seconds / epochs,
  });
  const pair = { load, ours: timing(ours, oursJob), peer: timing(theirs, job), ...share };
  const ratio = pair.peer.epochSeconds / pair.ours.epochSeconds;
  console.error(`${name}  ${setting.name}  ${id}  ${ratio.toPrecision(3)}`);
  return { ...pair, ratio };
}

/** The operations of our epochs as a share of what one core can multiply and add in WebAssembly, measured now. */
async function shareOf({ epochs }, meta, { seconds, epochs: timed }, { evaluate }) {
  if (epochs === undefined) return {};
  ceilings ??= await createCeilings();
  const operations = timed * operationsOf(meta, evaluate !== 'end');
  const perSecond = ceilings[meta.dtype].multiplyAdd(0.1);
  return { operations, ceiling: perSecond, share: operations / seconds / perSecond };
}

function resultOf(workload, setting, { id, size, measurements }) {
  const ratio = median(measurements.map((measurement) => measurement.ratio));
  // Targets are for the full size. Small and full differ only for MNIST.
  const comparable =
    setting.name === 'strongest' && (size === 'full' || workloads[workload].data !== 'mnist');
  const target = (comparable && workloads[workload].targets[id]) || null;
  const { checked, dtypes } = peers[id];
  return {
    workload,
    peer: id,
    setting: setting.name,
    threads: setting.threads,
    size,
    dtype: dtypes?.[0] ?? workloads[workload].dtype,
    checked,
    oursEpochSeconds: median(measurements.map(({ ours }) => ours.epochSeconds)),
    peerEpochSeconds: median(measurements.map(({ peer }) => peer.epochSeconds)),
    ratio,
    target,
    met: target === null ? null : ratio >= target,
    ...(workloads[workload].epochs === undefined
      ? {}
      : { share: median(measurements.map(({ share }) => share)) }),
    measurements,
  };
}

async function writeResults() {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  const written = {
    quick: options.quick,
    at: new Date().toISOString(),
    seconds: Math.round((performance.now() - started) / 1000),
    machine,
    program: {
      version,
      ...commit,
      build: options.build === standardBuild ? 'dist' : 'another',
      node: process.version,
      kernels: process.env.FYS_NN_KERNELS ?? 'default',
    },
    programs,
    notMeasured,
  };
  for (const name of options.partial ? ['partial'] : options.sets) {
    const own = ({ workload }) => options.partial || sets[name].includes(workloads[workload].group);
    const measured = { ...written, results: results.filter(own) };
    const file = new URL(`results/${name}.json`, import.meta.url);
    await mkdir(new URL('.', file), { recursive: true });
    await writeFile(file, `${JSON.stringify(measured, null, 2)}\n`);
    console.log(await updatePage(measured, options.partial ? null : name));
    console.error(`\n${fileURLToPath(file)}, after ${written.seconds} s`);
  }
}

/** Parses the options. A wrong option prints the usage and ends the program. */
function givenOptions() {
  const text = { type: 'string' };
  const flag = { type: 'boolean', default: false };
  try {
    return parseArgs({
      options: {
        ...{ quick: flag, help: flag, set: text, only: text, peers: text },
        ...{ repeats: text, epochs: text, build: text },
      },
    }).values;
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    return process.exit(2);
  }
}

function readOptions() {
  const values = givenOptions();
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  const list = (given, all, option) => {
    const chosen = given?.split(',') ?? all;
    const unknown = chosen.find((name) => !all.includes(name));
    if (unknown === undefined) return chosen;
    console.error(`${option}: ${unknown} is not one of ${all.join(', ')}`);
    process.exit(2);
  };
  const whole = (given, option) => {
    const value = Number(given);
    if (Number.isInteger(value) && value >= 1) return value;
    console.error(`${option}: expected a whole number >= 1, received ${given}`);
    return process.exit(2);
  };
  const chosenSets = list(values.set, Object.keys(sets), '--set');
  const groups = chosenSets.flatMap((name) => sets[name]);
  const ofSets = Object.keys(workloads).filter((name) => groups.includes(workloads[name].group));
  const epochs = values.epochs ?? (values.quick ? 100 : undefined);
  return {
    quick: values.quick,
    sets: chosenSets,
    only: list(values.only, ofSets, '--only'),
    peers: list(values.peers, Object.keys(peers), '--peers'),
    repeats: values.repeats === undefined ? undefined : whole(values.repeats, '--repeats'),
    epochs: epochs === undefined ? undefined : whole(epochs, '--epochs'),
    build: resolve(values.build ?? standardBuild),
    partial: values.quick || [values.only, values.peers].some((value) => value !== undefined),
  };
}
