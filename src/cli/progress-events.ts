import type { LaunchEvents } from '../launchers/launcher.ts';
import { trialEpochs } from '../trial/size.ts';
import type { Trial } from '../trial/trial.ts';
import { writeEvent } from './terminal.ts';

/** The same callbacks, which also tell programs (--progress ndjson). docs/machines.md describes the events. */
export function withEvents(events: LaunchEvents, labelOf: (id: string) => string): LaunchEvents {
  const about = ({ id }: Trial) => ({ id, label: labelOf(id) });
  return {
    started(trial) {
      writeEvent('started', { ...about(trial), epochs: trialEpochs(trial.config) });
      events.started(trial);
    },
    epoch(trial, epoch) {
      writeEvent('epoch', { id: trial.id, epoch, epochs: trialEpochs(trial.config) });
      events.epoch(trial, epoch);
    },
    ended(trial, outcome) {
      writeEvent(outcome, { ...about(trial), found: false });
      events.ended(trial, outcome);
    },
    ran(trial, outcome, seconds) {
      writeEvent('started', { ...about(trial), epochs: trialEpochs(trial.config) });
      writeEvent(outcome, { ...about(trial), found: false });
      events.ran(trial, outcome, seconds);
    },
    found(trial, outcome) {
      writeEvent(outcome, { ...about(trial), found: true });
      events.found(trial, outcome);
    },
    ...(events.tasks === undefined ? {} : { tasks: events.tasks }),
    note: events.note,
  };
}
