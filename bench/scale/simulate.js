// Simulates a run of many trials by tasks on many cores that share a file system: pure, and the same for the same seed.
import { createAgenda, createLock, createRandom, createStation } from './events.js';

/** Everything a simulation needs, with the values that make each part cost nothing. */
export const nothing = {
  seed: 1,
  /** How many trials; the mean seconds of one; their standard deviation / mean; seconds of trials in a task. */
  work: { trials: 1, seconds: 1, variation: 0, taskSeconds: 1 },
  /**
   * Tasks at a time, the cores that they share, tasks started per second, mean seconds in the queue, failures of a core per
   * hour, seconds until a task of a failed core runs again, the share of cores that are slower and how many times slower.
   */
  cluster: {
    ...{ slots: 1, cores: 1, startsPerSecond: Infinity, queueSeconds: 0 },
    ...{ failuresPerHour: 0, requeueSeconds: 60, slowShare: 0, slowFactor: 1 },
  },
  /** Metadata requests per second and the least seconds of one; bytes per second; seconds of a sync. */
  disk: { requestsPerSecond: Infinity, requestSeconds: 0, bytesPerSecond: Infinity, syncSeconds: 0 },
  /** What the program does, as measured. */
  program: {
    /** Of each task: processor seconds and requests until it runs. */
    startSeconds: 0,
    startRequests: 0,
    /** Requests for each journal that is in the store when a task opens it; whether each task has a store of its own. */
    requestsPerJournal: 0,
    ownStores: true,
    /** Trials are claimed for about this long, under a lock: requests, and those for each other process and each journal. */
    claimSeconds: Infinity,
    claimRequests: 0,
    claimRequestsPerProcess: 0,
    claimRequestsPerJournal: 0,
    /** Short trials are computed in batches of this many seconds, with one write and sync. */
    batchSeconds: 0.075,
    batchRequests: 0,
    trialRequests: 0,
    trialBytes: 0,
    /** Trials of more than `checkpointSeconds` save their state that often, or so that it takes `checkpointShare` of the time. */
    checkpointSeconds: Infinity,
    checkpointShare: 1,
    checkpointRequests: 0,
    checkpointBytes: 0,
    checkpointSyncs: 2,
    /** Signs of life per second and process. */
    heartbeatRequests: 0,
  },
};

/**
 * Runs the simulation. Returns the seconds until the last record is written, the trials computed, the share of the cores'
 * time in which they computed what was kept, and how busy each shared resource was on average.
 *
 * The requests of one step of a process are served together, first come, first served. A process whose request waits for
 * others therefore waits less than in reality, where requests of several processes alternate.
 */
export function simulate({ seed, work, cluster, disk, program }) {
  const random = createRandom(seed);
  const agenda = createAgenda();
  const metadata = createStation();
  const data = createStation();
  const starting = createStation();
  const cores = cluster.cores < cluster.slots ? createStation(cluster.cores) : null;
  const lock = createLock();
  const counts = { trials: 0, tasks: 0, requests: 0, bytes: 0, checkpoints: 0, claims: 0, failures: 0 };
  let useful = 0;
  let wasted = 0;
  let journals = 0;
  let running = 0;
  let last = 0;

  const queue = tasksOf(work, random);
  counts.tasks = queue.length;

  /** The heartbeats of all running processes take this much of the server's rate. */
  const rate = () => Math.max(1, disk.requestsPerSecond - (running * program.heartbeatRequests) / 5);
  const request = (now, count) => {
    counts.requests += count;
    if (count === 0) return now;
    return Math.max(metadata.serve(now, count / rate()), now + count * disk.requestSeconds);
  };
  const write = (now, bytes, syncs) => {
    counts.bytes += bytes;
    return data.serve(now, bytes / disk.bytesPerSecond) + syncs * disk.syncSeconds;
  };
  const compute = (now, seconds) => (cores === null ? now + seconds : cores.serve(now, seconds));

  /** A slot: takes one task after another. */
  const runSlot = (slow) => (now) => {
    const task = queue[queue.length - 1];
    if (task === undefined) return;
    if (task.from > now) {
      agenda.add(task.from, runSlot(slow));
      return;
    }
    queue.pop();
    const wait = cluster.queueSeconds === 0 ? 0 : random.exponential(cluster.queueSeconds);
    const started = starting.serve(now, 1 / cluster.startsPerSecond) + wait;
    agenda.add(started, (begun) => runTask(begun, task, slow));
  };

  const runTask = (begun, task, slow) => {
    running++;
    const fails =
      cluster.failuresPerHour === 0 ? Infinity : begun + random.exponential(3600 / cluster.failuresPerHour);
    const end = (now) => {
      running--;
      last = Math.max(last, now);
      agenda.add(now, runSlot(slow));
    };
    /** Goes on at `time` with `next`, unless the core fails before: then the task is queued again, with what is left of it. */
    const then = (time, next, unsaved = 0) => {
      if (time < fails) {
        agenda.add(time, next);
        return;
      }
      agenda.add(fails, (now) => {
        counts.failures++;
        wasted += unsaved;
        queue.unshift({
          trials: task.trials,
          next: task.next,
          done: task.done,
          from: now + cluster.requeueSeconds,
        });
        end(now + cluster.requeueSeconds);
      });
    };
    const seen = program.ownStores ? 0 : journals;
    const claim = (now) => {
      const perJournal = program.ownStores ? 0 : program.claimRequestsPerJournal * journals;
      const perProcess = program.ownStores ? 0 : program.claimRequestsPerProcess * (running - 1);
      const count = program.claimRequests + perJournal + perProcess;
      counts.claims++;
      if (count === 0) {
        claimed(now);
        return;
      }
      const hold = (granted) => {
        // A core that fails while it holds the lock has to let it go too, so the claim is served to its end.
        agenda.add(request(granted, count), (released) => {
          if (!program.ownStores) lock.release(released);
          then(released, claimed);
        });
      };
      if (program.ownStores) hold(now);
      else lock.acquire(now, hold);
    };
    const claimed = (now) => runTrials(now, now + program.claimSeconds);
    const runTrials = (now, until) => {
      if (task.next === task.trials.length) {
        end(now);
        return;
      }
      if (now >= until) {
        claim(now);
        return;
      }
      // The next batch: one trial, or several short ones.
      let count = 0;
      let seconds = 0;
      do seconds += task.trials[task.next + count++];
      while (
        task.next + count < task.trials.length &&
        seconds + task.trials[task.next + count] <= program.batchSeconds
      );
      const finish = (done) => {
        const asked = request(done, program.batchRequests + count * program.trialRequests);
        then(
          write(asked, count * program.trialBytes, 1),
          (written) => {
            task.next += count;
            task.done = 0;
            counts.trials += count;
            useful += seconds;
            runTrials(written, until);
          },
          seconds - task.done,
        );
      };
      const computeSome = (from, pause) => {
        const left = seconds - task.done;
        const step = Math.min(left, pause);
        const computed = compute(from, step * slow);
        if (step === left) {
          then(computed, finish, step);
          return;
        }
        then(
          computed,
          (at) => {
            const asked = request(at, program.checkpointRequests);
            then(
              write(asked, program.checkpointBytes, program.checkpointSyncs),
              (saved) => {
                counts.checkpoints++;
                task.done += step;
                computeSome(
                  saved,
                  Math.max(program.checkpointSeconds, (saved - at) / program.checkpointShare),
                );
              },
              step,
            );
          },
          step,
        );
      };
      computeSome(now, program.checkpointSeconds);
    };
    then(compute(begun, program.startSeconds), (ready) => {
      then(request(ready, program.startRequests + seen * program.requestsPerJournal), (open) => {
        journals++;
        claim(open);
      });
    });
  };

  for (let slot = 0; slot < cluster.slots; slot++) {
    const slow = random.uniform() < cluster.slowShare ? cluster.slowFactor : 1;
    agenda.add(0, runSlot(slow));
  }
  agenda.run();
  const share = (station) => (last === 0 ? 0 : station.busy() / last);
  return {
    seconds: last,
    ...counts,
    utilisation: useful / (Math.min(cluster.slots, cluster.cores) * last),
    useful,
    wasted,
    busy: { metadata: share(metadata), data: share(data), lock: share(lock), starts: share(starting) },
  };
}

/** Trials dealt into tasks of about equal time, the first task last. */
function tasksOf({ trials, seconds, variation, taskSeconds }, random) {
  const each = Math.max(1, Math.round(taskSeconds / seconds));
  const tasks = [];
  for (let first = 0; first < trials; first += each) {
    const times = Float64Array.from({ length: Math.min(each, trials - first) }, () =>
      random.logNormal(seconds, variation),
    );
    tasks.push({ trials: times, next: 0, done: 0, from: 0 });
  }
  return tasks.reverse();
}

/** The same with some values replaced: { disk: { syncSeconds: 0.01 } }. */
export function withValues(base, ...changes) {
  const all = { ...base };
  for (const change of changes) {
    for (const [part, values] of Object.entries(change))
      all[part] = typeof values === 'object' ? { ...all[part], ...values } : values;
  }
  return all;
}
