// Runs that this machine can do, next to what the simulation says of them.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resourceUsage } from '../program.js';
import { secondsIn } from './operations.js';
import { simulate, withValues } from './simulate.js';

const program = fileURLToPath(new URL('../../bin/fys-nn.js', import.meta.url));

/** One process with one and two workers, and two to eight processes with one, all on one store. */
const runs = [
  { processes: 1, jobs: 1 },
  { processes: 1, jobs: 2 },
  { processes: 2, jobs: 1 },
  { processes: 4, jobs: 1 },
  { processes: 8, jobs: 1 },
];

/** Measured and predicted seconds of each run. `settings` are those of the simulation for this machine. */
export async function validate(settings, quick) {
  const trials = quick ? 64 : 240;
  const results = [];
  let seconds = null;
  let cpuOfTrial = null;
  for (const { processes, jobs } of runs) {
    const store = mkdtempSync(join(tmpdir(), 'fys-nn-scale-'));
    const begun = performance.now();
    const used = await Promise.all(
      Array.from({ length: processes }, (_, k) => runShard(store, trials, k + 1, processes, jobs)),
    );
    const measured = (performance.now() - begun) / 1000;
    const cpuSeconds =
      used.reduce((sum, { userCPUTime, systemCPUTime }) => sum + userCPUTime + systemCPUTime, 0) / 1e6;
    // Processes that share cores take longer for a trial, so the first run says what one takes.
    seconds ??= secondsIn(store) / trials;
    cpuOfTrial ??= (cpuSeconds - settings.program.startSeconds) / trials;
    rmSync(store, { recursive: true });
    const slots = processes * jobs;
    const predicted = simulate(
      withValues(settings, {
        work: { trials, seconds, variation: 0, taskSeconds: (trials * seconds) / slots },
        cluster: { slots, cores: cpus().length },
      }),
    );
    results.push({
      ...{ processes, jobs, trials, secondsOfTrial: seconds, measured, predicted: predicted.seconds },
      // Processor time, which other work on the machine changes less.
      ...{
        measuredCpu: cpuSeconds,
        predictedCpu: processes * settings.program.startSeconds + trials * cpuOfTrial,
      },
    });
  }
  return results;
}

function runShard(store, trials, k, n, jobs) {
  const args = [
    'ffnn',
    '--seed',
    `1..${trials}`,
    '--samples',
    '1000',
    '--epochs',
    '300',
    '--jobs',
    String(jobs),
  ];
  return resourceUsage([program, ...args, '--quiet', '--store', store, '--shard', `${k}/${n}`]);
}
