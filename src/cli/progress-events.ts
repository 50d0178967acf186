import type { LaunchEvents } from '../launchers/launcher.ts';
import { trialEpochs } from '../trial/size.ts';
import type { Trial } from '../trial/trial.ts';
import { writeEvent } from './terminal.ts';

/** The progress of trials as events on stderr (--progress ndjson). docs/machines.md describes them. */
export function progressEvents(labelOf: (id: string) => string): LaunchEvents {
  const about = ({ id }: Trial) => ({ id, label: labelOf(id) });
  return {
    started: (trial) => writeEvent('started', { ...about(trial), epochs: trialEpochs(trial.config) }),
    epoch: (trial, epoch) => writeEvent('epoch', { id: trial.id, epoch, epochs: trialEpochs(trial.config) }),
    ended: (trial, outcome) => writeEvent(outcome, about(trial)),
    found: (trial, outcome) => writeEvent(outcome, { ...about(trial), found: true }),
    note: (text) => writeEvent('message', { text }),
  };
}
