// What a task of a job array costs the file system, on a store with few and with many journals.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { built, makeStore, smallConfig } from '../made-store.js';
import { median } from '../pairs.js';
import { resourceUsage } from '../program.js';
import { requestsOf, traceCalls } from './trace-calls.js';

const program = fileURLToPath(new URL('../../bin/fys-nn.js', import.meta.url));

/** Writes a submission of these tasks into a store. Returns its folder and the tasks. */
export async function writeSubmission(store, trials, taskTime) {
  const { cutIntoTasks } = await import(built('src/launchers/slurm/tasks.js'));
  const { newSubmissionId, prepareSubmission, submissionFolder } = await import(
    built('src/launchers/slurm/submission.js')
  );
  const tasks = cutIntoTasks(trials, { taskTime, cpus: 1 });
  const submission = {
    ...{ version: 1, id: newSubmissionId(), by: { argv: [], folder: store }, lease: '', tasks: tasks.length },
    ...{ arraySize: 1000, trials: trials.length },
    computing: {
      ...{ cpus: 1, keep: 'records', force: false, retries: 1, timeout: null, maxFailures: null },
      sources: { dataDir: null },
    },
  };
  const prepared = await prepareSubmission(store, submission, tasks, '#!/bin/sh\n');
  await prepared.publish();
  return { folder: submissionFolder(store, submission.id), tasks };
}

/** Processor seconds of a task of one trial that takes no time: mostly its start. */
export async function measureStart(repeats) {
  const store = mkdtempSync(join(tmpdir(), 'fys-nn-scale-'));
  const { folder } = await writeSubmission(store, await otherTrials(repeats), 1e-9);
  const seconds = [];
  for (let task = 0; task < repeats; task++) {
    const { userCPUTime, systemCPUTime } = await resourceUsage([program, 'slurm-task', folder, String(task)]);
    seconds.push((userCPUTime + systemCPUTime) / 1e6);
  }
  rmSync(store, { recursive: true });
  return { cpuSeconds: median(seconds) };
}

/** Trials of one epoch, other ones than made stores have. */
export async function otherTrials(count) {
  const { createTrial } = await import(built('src/trial/trial.js'));
  const config = await smallConfig();
  return Array.from({ length: count }, (_, k) => createTrial({ ...config, seed: 1e8 + k }));
}

/**
 * The requests of a task of ten small trials, by the number of journals in the store: at its first start, and when it starts
 * again and reads what is there. Null without strace.
 */
export async function measureTasks(journals) {
  const results = [];
  for (const count of journals) {
    const store = mkdtempSync(join(tmpdir(), 'fys-nn-scale-'));
    await makeStore(store, count, 10);
    const trials = await otherTrials(10);
    const { folder } = await writeSubmission(store, trials, 1e9);
    const requests = [];
    for (const restarts of [0, 1]) {
      const calls = await traceCalls([program, 'slurm-task', folder, '0'], store, {
        SLURM_RESTART_COUNT: String(restarts),
      });
      if (calls === null) return null;
      const { program: _, ...ofStore } = calls;
      requests.push(Object.values(ofStore).reduce((sum, part) => sum + requestsOf(part), 0));
    }
    rmSync(store, { recursive: true });
    results.push({ journals: count, firstStart: requests[0], startAgain: requests[1] });
  }
  return results;
}
