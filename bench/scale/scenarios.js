// The questions that are put to the simulation: a million trials on a thousand cores.
import { nothing, simulate, withValues } from './simulate.js';

/** Shared file systems. `requestsPerSecond` is what a server of metadata answers, whoever asks. */
export const disks = {
  nfs: { requestsPerSecond: 10_000, requestSeconds: 0.0005, bytesPerSecond: 1e9, syncSeconds: 0.005 },
  // Dell HPC Lustre Storage with Intel Omni-Path, white paper, figure 13: 27,000 files created per second by 240 threads, 1,100
  // by one. Files are examined far faster, so this is a lower bound.
  lustre: { requestsPerSecond: 27_000, requestSeconds: 0.0009, bytesPerSecond: 1e10, syncSeconds: 0.005 },
};

/** How tasks divide the trials of a store. */
export const designs = {
  'claims of a second': {},
  'one claim a task': { claimSeconds: Infinity },
  'no lock for own trials': { claimSeconds: Infinity, ownStores: true },
};

export const trialTimes = [0.01, 1, 60];

/** What would be different if a resource were no limit. */
const relief = {
  'metadata requests': { disk: { requestsPerSecond: Infinity, requestSeconds: 0 } },
  'data and syncs': { disk: { bytesPerSecond: Infinity, syncSeconds: 0 } },
  'lock and journals of a shared store': { program: { ownStores: true } },
  'starting tasks': { cluster: { startsPerSecond: Infinity, queueSeconds: 0 }, program: { startSeconds: 0 } },
};

/** The settings of the simulation for a thousand cores, from what was measured. */
export function settingsOf({ operations, start }) {
  const [tiny, , long] = operations;
  const sum = ({ perTrial }, parts, of) =>
    parts.reduce((total, part) => total + (perTrial[part]?.[of] ?? 0), 0);
  return withValues(nothing, {
    cluster: { slots: 1000, cores: 1000, startsPerSecond: 100, queueSeconds: 30 },
    program: {
      startSeconds: start.cpuSeconds,
      startRequests: start.requests,
      ...{ requestsPerJournal: 2, ownStores: false },
      ...{ claimSeconds: 1, claimRequests: 16, claimRequestsPerProcess: 2, claimRequestsPerJournal: 1 },
      // A list of the checkpoints and of the finals, a look whether the journal is in place.
      ...{ batchSeconds: 0.075, batchRequests: 3 },
      trialBytes: sum(tiny, ['journals'], 'bytes'),
      ...{ checkpointSeconds: 1, checkpointShare: 0.02 },
      checkpointRequests: 4,
      checkpointSyncs: 2,
      checkpointBytes: sum(long, ['finals'], 'bytes'),
      heartbeatRequests: 2,
    },
  });
}

/** A trial of a second or more leaves a final checkpoint in a folder of its own. */
const finalRequests = 6;

export const withTrials = (settings, seconds, trials = 1e6) =>
  withValues(settings, {
    work: {
      trials,
      seconds,
      variation: 0.3,
      taskSeconds: Math.min(600, (1e6 * seconds) / settings.cluster.slots),
    },
    program: { trialRequests: seconds >= 1 ? finalRequests : 0 },
  });

/** Long trials are so many events that a tenth of them is simulated, and the time multiplied. */
export const shareOf = (seconds) => (seconds >= 10 ? 0.1 : 1);

export function runScenario(settings, seconds) {
  const share = shareOf(seconds);
  const run = simulate(withTrials(settings, seconds, 1e6 * share));
  return { ...run, seconds: run.seconds / share, requestsPerSecond: run.requests / run.seconds };
}

/** The time that each relief saves, the most first: the first is the bottleneck. */
export function bottlenecks(settings, seconds) {
  const base = runScenario(settings, seconds);
  return Object.entries(relief)
    .map(([resource, change]) => {
      const { seconds: without } = runScenario(withValues(settings, change), seconds);
      return { resource, seconds: without, gain: 1 - without / base.seconds };
    })
    .sort((a, b) => b.gain - a.gain);
}
