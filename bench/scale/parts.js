// Parts of bench/scale.js that run in a process of their own, so that their time and memory can be told.
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { built, makeStore, someIds } from '../made-store.js';
import { otherTrials, writeSubmission } from './tasks.js';

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

  /** Claims trials some times, next to other processes' leases. */
  async claim({ folder, others, claims }) {
    const { openStore } = await import(built('src/store/store.js'));
    const { openLease } = await import(built('src/store/leases.js'));
    const store = await openStore(folder, []);
    const leases = [];
    for (let i = 0; i <= others; i++) leases.push(await openLease(folder));
    for (let i = 0; i < claims; i++) {
      await leases[0].claim(async () => {
        await store.refresh();
        return [];
      });
    }
    for (const lease of leases) await lease.end();
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

  /** Cuts so many trials into a thousand tasks and writes the folder of their submission. */
  async submit({ folder, trials }) {
    const { trialSeconds } = await import(built('src/trial/size.js'));
    const all = await otherTrials(trials);
    const before = process.cpuUsage();
    mkdirSync(folder, { recursive: true });
    const taskTime = (trialSeconds(all[0].config) * trials) / 1000;
    const { folder: written, tasks } = await writeSubmission(folder, all, taskTime);
    const { user, system } = process.cpuUsage(before);
    const bytes = readdirSync(written).reduce((sum, name) => sum + statSync(join(written, name)).size, 0);
    return { tasks: tasks.length, submitCpuSeconds: (user + system) / 1e6, bytes };
  },
};
