import { shareData } from '../experiment/shared-data.ts';
import { trialCost } from '../experiment/trial.ts';
import type { Failure, Launcher } from './launcher.ts';
import type { WorkerData, WorkerMessage, WorkerTask } from './worker.ts';

/** Worker threads, the longest trials first so that no core waits for a long one at the end. */
export const threads: Launcher = async (trials, { storeDirectory, sources, jobs, events }) => {
  const { Piscina } = await import('piscina');
  const workerData: WorkerData = { shared: await shareData(trials, sources), sources };
  const pool = new Piscina({
    filename: new URL('./worker.js', import.meta.url).href,
    minThreads: Math.min(jobs, trials.length),
    maxThreads: Math.min(jobs, trials.length),
    concurrentTasksPerWorker: 1,
    workerData,
  });
  const byId = new Map(trials.map((trial) => [trial.id, trial]));
  const seen = new Set<string>();
  pool.on('message', ({ id, epoch }: WorkerMessage) => {
    const trial = byId.get(id)!;
    if (!seen.has(id)) events.started(trial);
    seen.add(id);
    events.epoch(trial, epoch);
  });
  // Where there are fewer trials than cores, a training may evaluate on another core.
  const idleCores = new Int32Array(new SharedArrayBuffer(4));
  idleCores[0] = Math.max(0, jobs - trials.length);
  let unfinished = trials.length;
  const failures: Failure[] = [];
  const longestFirst = [...trials].sort((a, b) => trialCost(b.config) - trialCost(a.config));
  await Promise.all(
    longestFirst.map(async (trial) => {
      try {
        const task: WorkerTask = { trial, storeDirectory, idleCores };
        events.ended(trial, await pool.run(task));
      } catch (error) {
        failures.push({ trial, error });
        events.ended(trial, 'failed');
      }
      unfinished--;
      if (unfinished < jobs) Atomics.add(idleCores, 0, 1);
    }),
  );
  await pool.close();
  return failures;
};
