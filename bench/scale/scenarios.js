// The questions that are put to the simulation: a million trials on a thousand cores.
import { nothing, simulate, withValues } from './simulate.js';

/** File systems. `requestsPerSecond` is what a server of metadata answers, whoever asks. */
export const disks = {
  none: { requestsPerSecond: Infinity, requestSeconds: 0, bytesPerSecond: Infinity, syncSeconds: 0 },
  // Round numbers of one good file server; docs/scale.md shows what other rates change.
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
  'starting tasks': {
    cluster: { startsPerSecond: Infinity },
    program: { startSeconds: 0, startRequests: 0 },
  },
};

/** Cores that share the cache of a node: one of them asks for what all need. Opening a file asks the server each time. */
const coresOfNode = 32;

/** The settings of the simulation for a thousand cores, from what was measured. */
export function settingsOf({ operations, start, claims, sizes }) {
  const [tiny] = operations;
  const sum = ({ perTrial }, part, of) => perTrial[part]?.[of] ?? 0;
  const { open, stat } = tiny.calls.program;
  return withValues(nothing, {
    cluster: { slots: 1000, cores: 1000, startsPerSecond: 100 },
    program: {
      startSeconds: start.cpuSeconds,
      startRequests: Math.round(open + stat / coresOfNode),
      // A task that reads the store looks at each journal and opens it, twice.
      ...{ requestsPerJournal: 4, ownStores: false, claimSeconds: 1, claimRequests: claims.requests },
      claimRequestsPerProcess: claims.perProcess,
      claimRequestsPerJournal: claims.perJournal,
      // The folders of checkpoints and of final checkpoints are listed; a look whether the journal is in place.
      ...{ batchSeconds: 0.075, batchRequests: 3 },
      trialBytes: Math.round(sum(tiny, 'journals', 'bytes')),
      // A checkpoint is created, renamed, its folder opened and an older one removed; it and its folder are synced.
      ...{ checkpointSeconds: 1, checkpointShare: 0.02, checkpointRequests: 4, checkpointSyncs: 2 },
      // As many as the weights of a network 784-128-10.
      checkpointBytes: sizes.find(({ otherBytes }) => otherBytes > 0).otherBytes,
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

/** Long trials are so many events that a twentieth of them is simulated, and the time multiplied. */
export const shareOf = (seconds) => (seconds >= 10 ? 0.05 : 1);

export function runScenario(settings, seconds) {
  const share = shareOf(seconds);
  const run = simulate(withTrials(settings, seconds, 1e6 * share));
  const { utilisation, requests, bytes, busy, tasks, failures, wasted } = run;
  return {
    ...{ seconds: run.seconds / share, utilisation, requests: requests / share, bytes: bytes / share, busy },
    ...{ tasks: tasks / share, failures, wasted },
  };
}

/** The time that each relief saves, the most first: the first is the bottleneck. */
function bottlenecks(settings, seconds) {
  const base = runScenario(settings, seconds).seconds;
  return Object.entries(relief)
    .map(([resource, change]) => {
      const without = runScenario(withValues(settings, change), seconds).seconds;
      return { resource, seconds: without, gain: 1 - without / base };
    })
    .sort((a, b) => b.gain - a.gain);
}

const onDisk = (settings, disk, design) =>
  withValues(settings, { disk: disks[disk], program: designs[design] });
const newest = 'no lock for own trials';

/** Everything that docs/scale.md says of a simulation. */
export function answer(settings, quick) {
  const times = quick ? [0.01] : trialTimes;
  const each = (values, run) => values.flatMap((value) => times.map((seconds) => run(value, seconds)));
  const own = onDisk(settings, 'nfs', newest);
  return {
    settings,
    disks,
    finished: ['nfs', 'lustre'].flatMap((disk) =>
      each(Object.keys(designs), (design, seconds) => ({
        ...{ disk, design, trialSeconds: seconds },
        ...runScenario(onDisk(settings, disk, design), seconds),
      })),
    ),
    bottlenecks: Object.keys(designs)
      .filter((design) => !quick || design === newest)
      .flatMap((design) =>
        times.map((seconds) => ({
          ...{ design, trialSeconds: seconds },
          reliefs: bottlenecks(onDisk(settings, 'nfs', design), seconds),
        })),
      ),
    cores: ['one claim a task', newest].flatMap((design) =>
      each(quick ? [100, 1000] : [10, 100, 300, 1000, 3000, 10_000], (cores, seconds) => ({
        ...{ design, cores, trialSeconds: seconds },
        utilisation: runScenario(
          withValues(onDisk(settings, 'nfs', design), { cluster: { slots: cores, cores } }),
          seconds,
        ).utilisation,
      })),
    ),
    changes: Object.entries(changes).flatMap(([change, values]) =>
      times.map((seconds) => {
        const { seconds: time, utilisation, failures } = runScenario(withValues(own, values), seconds);
        return { change, trialSeconds: seconds, seconds: time, utilisation, failures };
      }),
    ),
  };
}

/** What is varied one at a time, on NFS with the present program. */
const changes = {
  'as above': {},
  'server of 2,000 requests a second': { disk: { requestsPerSecond: 2000 } },
  'server of 50,000 requests a second': { disk: { requestsPerSecond: 50_000 } },
  'sync of 30 ms': { disk: { syncSeconds: 0.03 } },
  'program on a disk of each node': { program: { startRequests: 0 } },
  'a wait of 30 s on average before each task': { cluster: { queueSeconds: 30 } },
  'cores fail once in 1,000 hours': { cluster: { failuresPerHour: 0.001 } },
  '5 % of the cores half as fast': { cluster: { slowShare: 0.05, slowFactor: 2 } },
};
