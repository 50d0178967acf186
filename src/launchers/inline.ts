import { writeAttachment } from '../store/attachments.ts';
import { openFinalWriter } from '../store/final-packs.ts';
import { createRecordBatch } from '../store/record-batch.ts';
import { openJournal } from '../store/store.ts';
import { runTrial } from '../trial/run-trial.ts';
import { keeping } from './keeping.ts';
import { type Launcher, LaunchFailure } from './launcher.ts';
import { type RunTask, schedule } from './schedule.ts';
import { openTrialCheckpoints } from './trial-checkpoints.ts';

/** Runs one trial after another in this thread. There is no timeout, and a stop takes effect only between two trials. */
export const inline: Launcher = async (trials, options) => {
  const { store, sources, events, keep = 'records', keepFinals = true } = options;
  const journal = await openJournal(store.directory);
  const batch = createRecordBatch();
  const finals = openFinalWriter(store.directory);
  try {
    const runTask: RunTask = async ([trial]) => {
      const throwLaunchFailure = (error: Error): never => {
        throw new LaunchFailure(error.message);
      };
      const checkpoints = await openTrialCheckpoints(store.directory, trial, events.note, {
        continuable: options.continuable?.get(trial.id) ?? [],
        ...(keepFinals && keep !== 'models' ? { finals } : {}),
        stopRequested: () => false,
      });
      const record = await runTrial(trial, sources, {
        checkpoints,
        onEpoch: (epoch) => events.epoch(trial, epoch),
        ...keeping(trial, keep, (kind, bytes) =>
          writeAttachment(store.directory, trial, kind, bytes).catch(throwLaunchFailure),
        ),
      });
      if (keep !== 'models') {
        batch.add(record);
        store.learn(await batch.writeTo(journal).catch(throwLaunchFailure), [record.id]);
      }
      await checkpoints.settle();
      return [{ ending: record.status, seconds: record.seconds }];
    };
    return await schedule(trials, 1, options, runTask, { batches: false });
  } finally {
    await finals.close();
    await journal.close();
  }
};
