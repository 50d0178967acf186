// Parts of bench/scale.js that run in a process of their own, so that their time and memory can be told.
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { built, makeStore, someIds } from './made-store.js';

/** By name; each gets the folder for its files and a size, and returns what it found out. */
export const parts = {
  'make journals': ({ folder, journals }) => makeStore(folder, journals, 10),

  /** Opens a store of many journals for a hundred trials, and looks once more for new records. */
  async 'open journals'({ folder, journals }) {
    const { openStore } = await import(built('src/store/store.js'));
    const ids = await someIds(100, 10 * journals);
    const store = await openStore(folder, ids);
    if ([...store.ids()].length !== ids.length) throw new Error('records are missing');
    const before = process.cpuUsage();
    await store.refresh();
    const { user, system } = process.cpuUsage(before);
    return { refreshCpuSeconds: (user + system) / 1e6 };
  },

  /** Plans a grid of so many trials: every id is computed. */
  async plan({ trials }) {
    const { main } = await import(built('src/cli/main.js'));
    const rates = Array.from({ length: 10 }, (_, i) => (i + 1) / 1000).join(',');
    process.stdout.write = () => true;
    await main([
      'ffnn',
      '--seed',
      `1..${trials / 10}`,
      '--learning-rate',
      rates,
      '--plan',
      '--store',
      'no-store',
    ]);
    delete process.stdout.write;
    if ((process.exitCode ?? 0) !== 0) throw new Error(`exit ${process.exitCode}`);
  },

  /** Cuts so many trials into tasks and writes the folder of a submission. */
  async submit({ folder, trials }) {
    const { createTrial } = await import(built('src/trial/trial.js'));
    const { cutIntoTasks } = await import(built('src/launchers/slurm/tasks.js'));
    const { newSubmissionId, prepareSubmission, submissionFolder } = await import(
      built('src/launchers/slurm/submission.js')
    );
    const { smallConfig } = await import('./made-store.js');
    const config = await smallConfig();
    const all = Array.from({ length: trials }, (_, seed) => createTrial({ ...config, seed }));
    const before = process.cpuUsage();
    const { trialSeconds } = await import(built('src/trial/size.js'));
    const taskTime = (trialSeconds(config) * trials) / 1000;
    const tasks = cutIntoTasks(all, { taskTime, cpus: 1 });
    const submission = {
      ...{ version: 1, id: newSubmissionId(), by: { argv: [], folder }, lease: '', tasks: tasks.length },
      ...{ arraySize: 1000, trials, computing: {} },
    };
    mkdirSync(folder, { recursive: true });
    const prepared = await prepareSubmission(folder, submission, tasks, '#!/bin/sh\n');
    await prepared.publish();
    const { user, system } = process.cpuUsage(before);
    const written = submissionFolder(folder, submission.id);
    const bytes = readdirSync(written).reduce((sum, name) => sum + statSync(join(written, name)).size, 0);
    return { tasks: tasks.length, submitCpuSeconds: (user + system) / 1e6, bytes };
  },
};
