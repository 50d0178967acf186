// Measures runs of small trials with one worker and with two, and the views of their results:
// node bench/small-trials.js [--beside FOLDER] [--trials 20000] [--repeats 3] (after npm run build, also in FOLDER).
//
// With an older build in FOLDER, the builds take turns, and their ratios are what counts on a machine with other work. The
// tables must have the same bytes. Writes results/small-trials.json.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { describeCommit, describeMachine } from './machine.js';
import { median } from './pairs.js';

const { values: options } = parseArgs({
  options: {
    beside: { type: 'string' },
    trials: { type: 'string', default: '20000' },
    repeats: { type: 'string', default: '3' },
    /** Of a process that this one starts: the build, and the arguments of the command. */
    command: { type: 'string' },
  },
});

if (options.command !== undefined) await runCommand(JSON.parse(options.command));
else compareBuilds();

/** Runs one command of a build in this process, and prints what it took. */
async function runCommand({ build, args }) {
  const { main } = await import(pathToFileURL(join(build, 'dist/src/cli/main.js')).href);
  const started = performance.now();
  const { write } = process.stdout;
  process.stdout.write = () => true;
  await main(args);
  process.stdout.write = write;
  const seconds = (performance.now() - started) / 1000;
  if ((process.exitCode ?? 0) !== 0) throw new Error(`exit ${process.exitCode}: ${args.join(' ')}`);
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  console.log(
    JSON.stringify({
      seconds,
      cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
      mainCpuSeconds: mainThreadSeconds(),
      peakMiB: Math.round(maxRSS / 1024),
    }),
  );
}

/** The processor time of the main thread alone; null where the system does not tell. */
function mainThreadSeconds() {
  try {
    const [, fields] = readFileSync(`/proc/self/task/${process.pid}/stat`, 'utf8').split(') ');
    const [user, system] = fields.split(' ').slice(11, 13).map(Number);
    return (user + system) / 100;
  } catch {
    return null;
  }
}

function measure(build, args) {
  const command = JSON.stringify({ build, args });
  const text = execFileSync(process.execPath, [fileURLToPath(import.meta.url), '--command', command], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(text.toString());
}

function compareBuilds() {
  const trials = Number(options.trials);
  const grid = [
    ...['--samples', '20', '--batch-size', '4', '--hidden', '2', '--epochs', '1', '--bootstrap', '2'],
    ...['--learning-rate', 'linspace(0.001,0.1,100)', '--seed', `1..${trials / 100}`],
  ];
  const ours = fileURLToPath(new URL('..', import.meta.url));
  const builds = { ours, ...(options.beside === undefined ? {} : { older: resolve(options.beside) }) };
  const measured = {};
  const digests = new Set();
  for (let repeat = 0; repeat < Number(options.repeats); repeat++) {
    const folder = mkdtempSync(join(tmpdir(), 'fys-nn-small-'));
    const at = (name) => join(folder, name);
    try {
      for (const [name, build] of Object.entries(builds)) {
        const files = (jobs) => ['--store', at(`${name}-store-${jobs}`), '--out', at(`${name}-out-${jobs}`)];
        const run = (jobs) => ['ffnn', ...grid, '--jobs', jobs, '--quiet', '--no-figures', ...files(jobs)];
        const steps = {
          'run, one worker': run('1'),
          'run, two workers': run('2'),
          'run again, all in the store': run('2'),
          table: ['table', 'ffnn', ...grid, '--store', at(`${name}-store-2`)],
          check: ['check', at(`${name}-out-1`), '--baseline', at(`${name}-out-2`)],
          plot: ['plot', at(`${name}-out-2`), '--out', at(`${name}-figures`)],
          // What open shows.
          'run again, with a page': [...run('2'), '--page'],
        };
        for (const [step, args] of Object.entries(steps)) {
          const result = measure(build, args);
          console.log(JSON.stringify({ repeat, build: name, step, ...result }));
          measured[step] ??= {};
          measured[step][name] ??= [];
          measured[step][name].push(result);
        }
        for (const jobs of ['1', '2']) digests.add(digestOf(at(`${name}-out-${jobs}`)));
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  if (digests.size !== 1) throw new Error('the tables differ');
  const secondsOf = (step, build) => measured[step][build].map(({ seconds }) => seconds);
  const ratios = (one, other) => median(one.map((seconds, index) => seconds / other[index]));
  const workers = Object.fromEntries(
    Object.keys(builds).map((build) => [
      build,
      ratios(secondsOf('run, one worker', build), secondsOf('run, two workers', build)),
    ]),
  );
  const processor = (step, build) => measured[step][build].map(({ cpuSeconds }) => cpuSeconds);
  const older =
    builds.older === undefined
      ? {}
      : {
          olderTimesOurs: Object.fromEntries(
            Object.keys(measured).map((step) => [
              step,
              {
                seconds: ratios(secondsOf(step, 'older'), secondsOf(step, 'ours')),
                processorSeconds: ratios(processor(step, 'older'), processor(step, 'ours')),
              },
            ]),
          ),
        };
  const result = {
    ...{
      at: new Date().toISOString(),
      machine: describeMachine(),
      node: process.version,
      ...describeCommit(),
    },
    ...{ trials, oneWorkerTimesTwo: workers, ...older },
    trialsPerSecond: median(secondsOf('run, two workers', 'ours').map((seconds) => trials / seconds)),
    measured,
  };
  const file = fileURLToPath(new URL('results/small-trials.json', import.meta.url));
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  console.log(JSON.stringify({ oneWorkerTimesTwo: workers, ...older }, null, 2));
  console.log(`wrote ${file}`);
}

/** The digest of the tables in a results folder. */
function digestOf(folder) {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.csv')))
    hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest('hex');
}
