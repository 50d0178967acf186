import { describe, expect, test } from '@jest/globals';
import { createAgenda, createLock, createRandom, createStation } from './events.js';
import { nothing, simulate, withValues } from './simulate.js';

describe('the parts', () => {
  test('events run in the order of their times, equal ones as they were added', () => {
    const agenda = createAgenda();
    const random = createRandom(3);
    const ran = [];
    const times = Array.from({ length: 500 }, () => Math.floor(20 * random.uniform()));
    for (const [number, time] of times.entries()) {
      agenda.add(time, (now) => {
        ran.push([now, number]);
        if (number < 100) agenda.add(now + 1, (later) => ran.push([later, 500 + number]));
      });
    }
    agenda.run();
    expect(ran).toHaveLength(600);
    for (let i = 1; i < ran.length; i++) {
      expect(ran[i][0]).toBeGreaterThanOrEqual(ran[i - 1][0]);
      if (ran[i][0] === ran[i - 1][0] && ran[i][1] < 500) expect(ran[i][1]).toBeGreaterThan(ran[i - 1][1]);
    }
  });

  test.each([
    [1, 0.5],
    [1, 0.8],
    [4, 0.7],
    [10, 0.8],
  ])('the mean wait in a queue with %i servers, %f busy, is that of Erlang', (servers, load) => {
    const random = createRandom(servers);
    const station = createStation(servers);
    const customers = 200_000;
    let [now, waited] = [0, 0];
    for (let i = 0; i < customers; i++) {
      now += random.exponential(1 / (load * servers));
      const service = random.exponential(1);
      waited += station.serve(now, service) - now - service;
    }
    expect(waited / customers / erlangWait(servers, load)).toBeCloseTo(1, 1);
  });

  test('of equal services, the mean wait is that of Pollaczek and Khinchine', () => {
    const random = createRandom(1);
    const station = createStation();
    let [now, waited] = [0, 0];
    for (let i = 0; i < 200_000; i++) {
      now += random.exponential(1 / 0.8);
      waited += station.serve(now, 1) - now - 1;
    }
    expect(waited / 200_000 / (0.8 / (2 * (1 - 0.8)))).toBeCloseTo(1, 1);
  });

  test('a lock has one holder at a time, in the order of coming', () => {
    const lock = createLock();
    const agenda = createAgenda();
    const held = [];
    for (let i = 0; i < 5; i++) {
      agenda.add(i / 10, (now) =>
        lock.acquire(now, (from) => {
          held.push([i, from]);
          agenda.add(from + 1, (at) => lock.release(at));
        }),
      );
    }
    agenda.run();
    expect(held).toEqual([0, 1, 2, 3, 4].map((i) => [i, i]));
    expect(lock.busy()).toBeCloseTo(5);
  });

  test('random times have the mean and the variation that are asked for', () => {
    const random = createRandom(7);
    const times = Array.from({ length: 50_000 }, () => random.logNormal(3, 0.5));
    const mean = times.reduce((sum, x) => sum + x) / times.length;
    const variance = times.reduce((sum, x) => sum + (x - mean) ** 2, 0) / times.length;
    expect(mean).toBeCloseTo(3, 1);
    expect(Math.sqrt(variance) / mean).toBeCloseTo(0.5, 1);
  });
});

/** The mean wait of M/M/c, in mean services. */
function erlangWait(servers, load) {
  const offered = servers * load;
  let [term, sum] = [1, 1];
  for (let k = 1; k < servers; k++) {
    term *= offered / k;
    sum += term;
  }
  const queued = (term * offered) / servers / (1 - load);
  return queued / (sum + queued) / (servers * (1 - load));
}

const busy = withValues(nothing, {
  work: { trials: 5000, seconds: 0.4, variation: 0.7, taskSeconds: 30 },
  cluster: { slots: 16, cores: 16, startsPerSecond: 5, queueSeconds: 3 },
  disk: { requestsPerSecond: 2000, requestSeconds: 0.001, bytesPerSecond: 1e7, syncSeconds: 0.004 },
  program: {
    ...{ startSeconds: 0.5, startRequests: 500, requestsPerJournal: 3, ownStores: false },
    ...{ claimSeconds: 1, claimRequests: 15, claimRequestsPerProcess: 3, claimRequestsPerJournal: 1 },
    ...{ batchRequests: 3, trialRequests: 1, trialBytes: 900, heartbeatRequests: 2 },
    ...{ checkpointSeconds: 1, checkpointShare: 0.02, checkpointRequests: 4, checkpointBytes: 1e5 },
  },
});

describe('a simulated run', () => {
  test('is the same each time, and another with another seed', () => {
    expect(simulate(busy)).toEqual(simulate(busy));
    expect(simulate({ ...busy, seed: 2 }).seconds).not.toBe(simulate(busy).seconds);
  });

  test('computes each trial once, also where cores fail, and wastes time then', () => {
    const failing = withValues(busy, { cluster: { failuresPerHour: 30 } });
    for (const settings of [busy, failing, withValues(failing, { work: { seconds: 5 } })]) {
      const run = simulate(settings);
      expect(run.trials).toBe(5000);
      expect(run.failures > 0).toBe(settings.cluster.failuresPerHour > 0);
      expect(run.wasted > 0).toBe(run.failures > 0);
      for (const share of Object.values(run.busy)) expect(share).toBeLessThanOrEqual(1 + 1e-9);
    }
  });

  test('without costs takes the time of the trials: alone exactly, on many cores within the bounds of any list schedule', () => {
    const work = { trials: 2000, seconds: 2, variation: 0.8, taskSeconds: 10 };
    const alone = simulate(withValues(nothing, { work }));
    expect(alone.seconds).toBeCloseTo(alone.useful, 6);
    expect(alone.utilisation).toBeCloseTo(1, 9);
    for (const slots of [2, 7, 50]) {
      const run = simulate(withValues(nothing, { work, cluster: { slots, cores: slots } }));
      expect(run.useful).toBeCloseTo(alone.useful, 6);
      // Graham: at most the mean load and one task more. A task of five such trials takes less than 60 s.
      expect(run.seconds).toBeGreaterThanOrEqual(run.useful / slots);
      expect(run.seconds).toBeLessThan(run.useful / slots + 60);
    }
  });

  test('is as fast as its scarcest resource where that is far too slow', () => {
    const many = {
      work: { trials: 20_000, seconds: 1, taskSeconds: 100 },
      cluster: { slots: 200, cores: 200 },
    };
    const metadata = withValues(nothing, many, {
      disk: { requestsPerSecond: 20 },
      program: { trialRequests: 5 },
    });
    expect(simulate(metadata).seconds / ((20_000 * 5) / 20)).toBeCloseTo(1, 2);
    expect(simulate(metadata).busy.metadata).toBeCloseTo(1, 2);
    const data = withValues(nothing, many, {
      disk: { bytesPerSecond: 1e4 },
      program: { trialBytes: 1000 },
    });
    expect(simulate(data).seconds / ((20_000 * 1000) / 1e4)).toBeCloseTo(1, 2);
    // One claim a second, each 0.1 s under the lock: ten processes are all that it can serve.
    const lock = withValues(nothing, many, {
      disk: { requestSeconds: 0.01 },
      program: { ownStores: false, claimSeconds: 0.5, claimRequests: 10 },
    });
    expect(simulate(lock).seconds / (20_000 * 0.1)).toBeCloseTo(1, 1);
    const starts = withValues(nothing, many, { cluster: { startsPerSecond: 0.1 } });
    expect(simulate(starts).seconds / (200 / 0.1 + 100)).toBeCloseTo(1, 2);
  });

  test('takes no longer with a faster resource', () => {
    const base = simulate(busy).seconds;
    const faster = [
      { disk: { requestsPerSecond: Infinity, requestSeconds: 0 } },
      { disk: { bytesPerSecond: Infinity } },
      { program: { ownStores: true } },
      { cluster: { startsPerSecond: Infinity } },
    ];
    for (const change of faster) expect(simulate(withValues(busy, change)).seconds).toBeLessThan(1.02 * base);
  });

  test('with processes on fewer cores than there are processes shares the cores', () => {
    const work = { trials: 1000, seconds: 0.05, taskSeconds: 6.25 };
    const run = simulate(withValues(nothing, { work, cluster: { slots: 8, cores: 2 } }));
    expect(run.seconds).toBeGreaterThanOrEqual(25);
    expect(run.seconds).toBeLessThan(26);
  });

  test('saves long trials as often as the settings say', () => {
    const long = withValues(nothing, {
      work: { trials: 3, seconds: 60.5 },
      program: { checkpointSeconds: 1, checkpointBytes: 1e6, checkpointShare: 0.02 },
    });
    expect(simulate(long).checkpoints).toBe(180);
    // A save of 0.1 s is made every 5 s.
    const slow = simulate(withValues(long, { disk: { bytesPerSecond: 1e7 } }));
    expect(slow.checkpoints).toBe(36);
    expect(slow.seconds).toBeCloseTo(3 * 60.5 + 3.6, 3);
  });
});
