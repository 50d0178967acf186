import { describe, expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import { planExperiment } from '../experiment/plan.ts';
import type { Lease } from '../store/leases.ts';
import type { Store } from '../store/store.ts';
import type { Trial } from '../trial/trial.ts';
import { LaunchFailure, type LaunchOptions } from './launcher.ts';
import { type RunTask, schedule } from './schedule.ts';

describe('schedule', () => {
  /** Small trials, or with so many epochs that each is a task of its own. */
  async function trialsOf(count: number, epochs = 1): Promise<Trial[]> {
    const ffnn = experiments.find(({ name }) => name === 'ffnn')!;
    const seed = Array.from({ length: count }, (_, index) => index);
    const given = { samples: [20], batchSize: [4], hidden: ['2'], epochs: [epochs], seed };
    const { cells } = await planExperiment(ffnn, { variant: 'code', quick: false, given }, { dataDir: null });
    return cells.map(({ trial }) => trial);
  }

  /** Runs trials as `how` says; what has been heard, by trial, and the tasks. */
  async function scheduled(
    trials: readonly Trial[],
    how: (tried: Trial, attempt: number) => 'done' | 'diverged' | 'later' | Error,
    more: Partial<LaunchOptions> = {},
    seconds = 0.0001,
  ) {
    const heard = new Map<string, string[]>();
    const hear = ({ id }: Trial, what: string) => heard.set(id, [...(heard.get(id) ?? []), what]);
    const sizes: number[] = [];
    const runTask: RunTask = async (task, attempt) => {
      sizes.push(task.length);
      // The others of a task do not start before it ends.
      await new Promise((resolve) => setImmediate(resolve));
      return task.map((trial) => {
        const what = how(trial, attempt);
        if (what instanceof LaunchFailure) throw what;
        if (what instanceof Error) return { error: what };
        return what === 'later' ? null : { ending: what, seconds };
      });
    };
    const options: LaunchOptions = {
      store: { directory: 'nowhere', has: () => false, refresh: async () => {} } as unknown as Store,
      lease: {
        name: '',
        claim: async (choose) => void (await choose(new Set(), 0)),
        living: async () => new Set(),
        hold: async () => {},
        end: async () => {},
      },
      sources: { dataDir: null },
      jobs: 2,
      events: {
        started: (trial) => hear(trial, 'started'),
        epoch: () => {},
        ended: (trial, outcome) => hear(trial, outcome),
        ran: (trial, outcome) => hear(trial, `ran ${outcome}`),
        found: (trial) => hear(trial, 'found'),
        note: () => {},
      },
      ...more,
    };
    const { computed, failures } = await schedule(trials, 2, options, runTask);
    const texts = trials.map(({ id }) => heard.get(id)?.join(', ') ?? '');
    return { computed: [...computed].length, failures, sizes, texts };
  }

  test('small trials go together, and each is heard of once', async () => {
    const trials = await trialsOf(3000);
    const { computed, sizes, texts } = await scheduled(trials, () => 'done');
    expect(computed).toBe(3000);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(3000);
    expect(sizes.length).toBeLessThan(200);
    expect(texts.filter((text) => text !== 'ran done' && text !== 'started, done')).toEqual([]);
  });

  test('trials that are its own are claimed without a choice, and none twice', async () => {
    const trials = await trialsOf(20_000);
    const held: string[][] = [];
    const lease: Lease = {
      name: '',
      claim: () => Promise.reject(new Error('it waits for others')),
      living: async () => new Set(),
      hold: async (ids) => void held.push([...ids]),
      end: async () => {},
    };
    const { computed } = await scheduled(trials, () => 'done', { lease, ownTrials: true });
    expect(computed).toBe(20_000);
    expect(held.length).toBeLessThan(10);
    expect(new Set(held.flat()).size).toBe(20_000);
  });

  test('long ones do not', async () => {
    const trials = await trialsOf(20, 100_000);
    const { sizes, texts } = await scheduled(trials, () => 'diverged', {}, 10);
    expect(sizes).toEqual(Array(20).fill(1));
    expect(new Set(texts)).toEqual(new Set(['started, diverged']));
  });

  test('one that fails among others is tried again alone, and fails alone', async () => {
    const trials = await trialsOf(500);
    const [bad, once] = [trials[300], trials[400]];
    const { computed, failures, texts } = await scheduled(trials, (trial, attempt) =>
      trial === bad || (trial === once && attempt === 1) ? new Error('bad') : 'done',
    );
    expect(computed).toBe(499);
    expect(failures.map(({ trial }) => trial)).toEqual([bad]);
    expect([texts[300], texts[400]]).toEqual(['started, failed', 'started, done']);
  });

  test('one that a task leaves is in a later task', async () => {
    const trials = await trialsOf(200);
    const tried = new Set<Trial>();
    const { computed, texts } = await scheduled(trials, (trial) => {
      const first = !tried.has(trial);
      tried.add(trial);
      // The first task that has several trials leaves all but its first.
      return first && tried.size > 10 && tried.size < 15 ? 'later' : 'done';
    });
    expect(computed + texts.filter((text) => text === 'started').length).toBe(200);
  });

  test('after as many failures as are allowed, only what is running may fail, also of one task', async () => {
    const { failures } = await scheduled(await trialsOf(500), () => new Error('bad'), {
      retries: 0,
      maxFailures: 3,
    });
    // Two tasks run at a time.
    expect([3, 4]).toContain(failures.length);
  });

  test('a store that cannot be written ends the run', async () => {
    const { computed, failures } = await scheduled(await trialsOf(500), () => new LaunchFailure('full'));
    expect(computed).toBe(0);
    expect(failures.length).toBeLessThanOrEqual(2);
    expect(failures[0].error).toBeInstanceOf(LaunchFailure);
  });
});
