// Measures where the time of a complete `fys-nn mnist --epochs 1` goes, as seen from the shell.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { median } from './measure.js';

const run = promisify(execFile);

/** The seconds of each part, as medians of several runs. */
export async function measureWholeRun({ build, short }) {
  const program = join(dirname(build), '../../bin/fys-nn.js');
  const runs = [];
  for (let i = 0; i < (short ? 1 : 5); i++) runs.push(await measureOnce(program, build));
  return Object.fromEntries(Object.keys(runs[0]).map((part) => [part, median(runs.map((one) => one[part]))]));
}

async function measureOnce(program, build) {
  const folder = await mkdtemp(join(tmpdir(), 'fys-nn-run-'));
  const where = ['--store', join(folder, 'trials'), '--out', join(folder, 'out'), '--quiet'];
  const mnist = ['mnist', '--epochs', '1', ...where];
  const startUp = await secondsOf([program, '--version']);
  const planning = (await secondsOf([program, ...mnist, '--plan'])) - startUp;
  const whole = await secondsOf([program, ...mnist]);
  const { seconds: trial, config } = await recordIn(join(folder, 'trials'));
  const { stdout } = await run(process.execPath, [
    '--input-type=module',
    '-e',
    loading(dirname(build)),
    JSON.stringify(config),
  ]);
  const { reading, preparing } = JSON.parse(stdout);
  // With all records in the store, only start-up, planning, reading the store and writing files remain.
  const again = await secondsOf([program, ...mnist]);
  await rm(folder, { recursive: true });
  return {
    whole,
    startUp,
    planning,
    reading,
    preparing,
    training: trial - reading - preparing,
    files: again - startUp - planning,
    workers: whole - trial - again,
  };
}

async function secondsOf(args) {
  const started = performance.now();
  await run(process.execPath, args);
  return (performance.now() - started) / 1000;
}

async function recordIn(store) {
  for (const entry of await readdir(store, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    for (const line of (await readFile(join(store, entry.name), 'utf8')).split('\n')) {
      const found = line.includes('"seconds"') ? JSON.parse(line) : null;
      if (found !== null) return found.record ?? found;
    }
  }
  throw new Error('the run left no record');
}

/** The source of a program that loads and prepares a trial's data as `runTrial` does, and prints the seconds. */
function loading(folder) {
  const module = (path) => JSON.stringify(pathToFileURL(join(folder, path)).href);
  return `
    import { loadData } from ${module('datasets/index.js')};
    import { prepare } from ${module('trial/prepare.js')};
    const config = JSON.parse(process.argv[1]);
    const started = performance.now();
    const dataset = await loadData(config.data, config.seed, { dataDir: null });
    const read = performance.now();
    prepare(dataset, config, config.model.dtype, config.model.loss);
    const seconds = (from, to) => (to - from) / 1000;
    console.log(JSON.stringify({ reading: seconds(started, read), preparing: seconds(read, performance.now()) }));
  `;
}
