import { openJournal } from '../store/store.ts';
import { writeWeights } from '../store/weights.ts';
import { runTrial } from '../trial/run-trial.ts';
import { type Launcher, LaunchFailure } from './launcher.ts';
import { schedule } from './schedule.ts';

/** One trial after another in this thread, which nothing interrupts: no timeout, and a stop between two trials. */
export const inline: Launcher = async (trials, options) => {
  const { store, sources, events } = options;
  const journal = await openJournal(store.directory);
  try {
    return await schedule(trials, 1, options, async (trial) => {
      const unstored = (error: Error): never => {
        throw new LaunchFailure(error.message);
      };
      const record = await runTrial(trial, sources, {
        onEpoch: (epoch) => events.epoch(trial, epoch),
        onWeights: (weights) => writeWeights(store.directory, trial, weights).catch(unstored),
      });
      await journal.append(record).catch(unstored);
      return record.status;
    });
  } finally {
    await journal.close();
  }
};
