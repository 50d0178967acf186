import { runTrial } from '../experiment/run-trial.ts';
import { openJournal } from '../experiment/store.ts';
import { type Launcher, StoreFailure } from './launcher.ts';
import { schedule } from './schedule.ts';

/** One trial after another in this thread, which nothing interrupts: no timeout, and a stop between two trials. */
export const inline: Launcher = async (trials, options) => {
  const { store, sources, events } = options;
  const journal = await openJournal(store.directory);
  try {
    return await schedule(trials, 1, options, async (trial) => {
      const record = await runTrial(trial, sources, (epoch) => events.epoch(trial, epoch));
      await journal.append(record).catch((error) => {
        throw new StoreFailure(error.message);
      });
      return record.status;
    });
  } finally {
    await journal.close();
  }
};
