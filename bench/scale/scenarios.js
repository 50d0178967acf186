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
    work: { taskSeconds: 600 },
    cluster: { slots: 1000, cores: 1000, startsPerSecond: 100 },
    program: {
      startSeconds: start.cpuSeconds,
      startRequests: Math.round(open + stat / coresOfNode),
      // A task that reads the store looks at each journal and opens it, twice.
      ...{ requestsPerJournal: 4, ownStores: false, claimSeconds: 1, claimRequests: claims.requests },
      claimRequestsPerProcess: claims.perProcess,
      claimRequestsPerJournal: claims.perJournal,
      // A look whether the journal is in place: its folder and the journal are opened.
      ...{ batchSeconds: 0.075, batchRequests: 2 },
      // A trial of a second or more appends a final checkpoint to a file that is open.
      trialRequests: 0,
      trialBytes: Math.round(sum(tiny, 'journals', 'bytes')),
      // A checkpoint is created, renamed, its folder opened and an older one removed; it and its folder are synced.
      ...{ checkpointSeconds: 1, checkpointShare: 0.02, checkpointRequests: 4, checkpointSyncs: 2 },
      // As many as the weights of a network 784-128-10.
      checkpointBytes: sizes.find(({ otherBytes }) => otherBytes > 0).otherBytes,
      heartbeatRequests: 2,
    },
  });
}

/** Long trials save their state often: this many saves are one event, which asks for as much. */
const savesOfEvent = 10;

function withTrials(settings, seconds, trials) {
  const { program, cluster, work } = settings;
  const saves = seconds >= 10 ? savesOfEvent : 1;
  return withValues(settings, {
    work: {
      trials,
      seconds,
      variation: 0.3,
      taskSeconds: Math.min(work.taskSeconds, (1e6 * seconds) / cluster.slots),
    },
    program: {
      trialRequests: seconds >= 1 ? program.trialRequests : 0,
      checkpointSeconds: saves * program.checkpointSeconds,
      checkpointRequests: saves * program.checkpointRequests,
      checkpointBytes: saves * program.checkpointBytes,
      checkpointSyncs: saves * program.checkpointSyncs,
    },
  });
}

/** Of long trials, 200 minutes of each core are simulated, and the rest in proportion. */
const shareOf = (seconds, cores) => (seconds >= 10 ? Math.min(1, (12_000 * cores) / (1e6 * seconds)) : 1);

function runScenario(settings, seconds) {
  const { slots } = settings.cluster;
  const share = shareOf(seconds, slots);
  const simulated = withTrials(settings, seconds, Math.round(1e6 * share));
  const run = simulate(simulated);
  // The last tasks leave cores idle once, however long the run is.
  const end = share === 1 ? 0 : simulated.work.taskSeconds;
  const time = end + (run.seconds - end) / share;
  return {
    ...{ seconds: time, utilisation: run.useful / share / (slots * time), busy: run.busy },
    ...{ requests: run.requests / share, bytes: run.bytes / share, tasks: run.tasks / share },
    ...{ failures: run.failures / share },
  };
}

const onDisk = (settings, disk, design) =>
  withValues(settings, { disk: disks[disk], program: designs[design] });
const newest = 'no lock for own trials';

/** What docs/scale.md says of simulations, by name; each is made from the settings and the lengths of trials. */
export const answers = {
  finished: (settings, times) =>
    ['nfs', 'lustre'].flatMap((disk) =>
      Object.keys(designs).flatMap((design) =>
        times.map((seconds) => ({
          ...{ disk, design, trialSeconds: seconds },
          ...runScenario(onDisk(settings, disk, design), seconds),
        })),
      ),
    ),

  /** The time that each relief saves, the most first: the first is the bottleneck. */
  bottlenecks: (settings, times) =>
    ['one claim a task', newest].flatMap((design) =>
      times.map((seconds) => {
        const present = onDisk(settings, 'nfs', design);
        const base = runScenario(present, seconds).seconds;
        const reliefs = Object.entries(relief)
          .filter(
            ([, change]) =>
              change.program?.ownStores !== designs[design].ownStores || !designs[design].ownStores,
          )
          .map(([resource, change]) => {
            const without = runScenario(withValues(present, change), seconds).seconds;
            return { resource, seconds: without, gain: 1 - without / base };
          });
        return { design, trialSeconds: seconds, reliefs: reliefs.sort((a, b) => b.gain - a.gain) };
      }),
    ),

  utilisations: (settings, times) =>
    ['one claim a task', newest].flatMap((design) =>
      [10, 100, 1000, 10_000].flatMap((cores) =>
        times.map((seconds) => {
          const { utilisation } = runScenario(
            withValues(onDisk(settings, 'nfs', design), { cluster: { slots: cores, cores } }),
            seconds,
          );
          return { design, cores, trialSeconds: seconds, utilisation };
        }),
      ),
    ),

  changes: (settings, times) =>
    Object.entries(changes).flatMap(([change, values]) =>
      times.map((trialSeconds) => {
        const { seconds, utilisation, failures } = runScenario(
          withValues(onDisk(settings, 'nfs', newest), values),
          trialSeconds,
        );
        return { change, trialSeconds, seconds, utilisation, failures };
      }),
    ),
};

/** What is varied one at a time, on NFS with the present program. */
const changes = {
  'as above': {},
  'server of 2,000 requests a second': { disk: { requestsPerSecond: 2000 } },
  'server of 50,000 requests a second': { disk: { requestsPerSecond: 50_000 } },
  'sync of 30 ms': { disk: { syncSeconds: 0.03 } },
  'program on a disk of each node': { program: { startRequests: 0 } },
  'a wait of 30 s on average before each task': { cluster: { queueSeconds: 30 } },
  'a folder and a file for each final checkpoint': { program: { trialRequests: 6 } },
  'tasks of 3 minutes': { work: { taskSeconds: 180 } },
  'cores fail once in 1,000 hours': { cluster: { failuresPerHour: 0.001 } },
  '5 % of the cores half as fast': { cluster: { slowShare: 0.05, slowFactor: 2 } },
};
