import { runTrial } from '../experiment/run-trial.ts';
import { openJournal } from '../experiment/store.ts';
import { writeWeights } from '../experiment/weights-store.ts';
import type { Failure, Launcher } from './launcher.ts';

/** One trial after another in this thread. */
export const inline: Launcher = async (trials, { storeDirectory, sources, events }) => {
  const journal = await openJournal(storeDirectory);
  const failures: Failure[] = [];
  for (const trial of trials) {
    events.started(trial);
    try {
      const record = await runTrial(
        trial,
        sources,
        (epoch) => events.epoch(trial, epoch),
        undefined,
        (weights) => writeWeights(storeDirectory, trial, weights),
      );
      await journal.append(record);
      events.ended(trial, record.status);
    } catch (error) {
      failures.push({ trial, error });
      events.ended(trial, 'failed');
    }
  }
  await journal.close();
  return failures;
};
