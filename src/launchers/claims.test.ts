import { describe, expect, test } from '@jest/globals';
import type { Lease } from '../store/leases.ts';
import type { Store } from '../store/store.ts';
import type { Trial } from '../trial/trial.ts';
import { claimTrials, nextClaimSize, openTrials, restOf } from './claims.ts';

describe('nextClaimSize', () => {
  test.each([
    ['less than half a second: twice as many', 8, 4, 499, 16],
    ['up to two seconds: as many', 8, 4, 500, 8],
    ['two seconds exactly: as many', 8, 4, 2000, 8],
    ['more than two seconds: half as many', 8, 4, 2001, 4],
    ['never more than a thousand', 600, 4, 1, 1000],
    ['never fewer than run at once', 5, 4, 60_000, 4],
    ['half of an odd number is a whole one', 9, 2, 60_000, 4],
  ])('%s', (_, count, width, elapsed, next) => {
    expect(nextClaimSize(count, width, elapsed)).toBe(next);
  });

  test('grows to a thousand and comes back to the width', () => {
    let count = 2;
    for (let claim = 0; claim < 20; claim++) count = nextClaimSize(count, 2, 0);
    expect(count).toBe(1000);
    for (let claim = 0; claim < 20; claim++) count = nextClaimSize(count, 2, 1e6);
    expect(count).toBe(2);
  });
});

describe('claimTrials', () => {
  const trials = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id }) as Trial);
  const ids = (list: readonly Trial[]) => list.map(({ id }) => id).join('');

  /** A store with records of `done` from its first refresh on, and a lease beside which others hold `held`. */
  function shared(done: string, held: string, before: (() => void)[] = []) {
    let seen = '';
    let leased: readonly string[] = [];
    const store = {
      has: (id: string) => seen.includes(id),
      refresh: async () => {
        seen = done;
      },
    } as Store;
    const lease: Lease = {
      name: '',
      living: async () => new Set(),
      claim: async (choose) => {
        // Another process that is let in meanwhile makes the lease ask again.
        for (const happens of before) {
          await choose(new Set(), 0);
          happens();
        }
        leased = await choose(new Set(held), 1);
      },
      hold: async (ids) => {
        leased = ids;
      },
      end: async () => {},
    };
    return { store, lease, leased: () => leased.join(''), finish: (id: string) => (done += id) };
  }

  test('takes the first that are neither computed nor held, and leaves the rest open in order', async () => {
    const { store, lease, leased } = shared('b', 'a');
    const { mine, found, open } = await claimTrials(lease, store, openTrials(trials), new Map(), 2, false);
    expect([ids(mine), ids(found), ids(restOf(open))]).toEqual(['cd', 'b', 'ae']);
    expect(leased()).toBe('cd');
  });

  test('finds all that others have computed, also beyond what it claims', async () => {
    const { store, lease } = shared('ace', '');
    const { mine, found, open } = await claimTrials(lease, store, openTrials(trials), new Map(), 1, false);
    expect([ids(mine), ids(found), ids(restOf(open))]).toEqual(['b', 'ace', 'd']);
  });

  test('keeps what runs here, which is claimed no second time', async () => {
    const { store, lease, leased } = shared('', '');
    await claimTrials(lease, store, openTrials(trials), new Map([['x', 0]]), 2, false);
    expect(leased()).toBe('xab');
  });

  test('with force computes what has a record too, but nothing that others hold', async () => {
    const { store, lease } = shared('abcde', 'b');
    const { mine, found, open } = await claimTrials(lease, store, openTrials(trials), new Map(), 3, true);
    expect([ids(mine), ids(found), ids(restOf(open))]).toEqual(['acd', '', 'be']);
  });

  test('claims nothing where all is held', async () => {
    const { store, lease, leased } = shared('', 'abcde');
    const { mine, found, open } = await claimTrials(lease, store, openTrials(trials), new Map(), 3, false);
    expect([ids(mine), ids(found), ids(restOf(open))]).toEqual(['', '', 'abcde']);
    expect(leased()).toBe('');
  });

  test('asked again, it looks again: only the last choice counts', async () => {
    const happens: (() => void)[] = [];
    const { store, lease, leased, finish } = shared('', 'c', happens);
    happens.push(() => finish('a'));
    const { mine, found, open } = await claimTrials(lease, store, openTrials(trials), new Map(), 2, false);
    expect([ids(mine), ids(found), ids(restOf(open))]).toEqual(['bd', 'a', 'ce']);
    expect(leased()).toBe('bd');
  });

  test('asked again, it still holds what runs here', async () => {
    const { store, lease, leased } = shared('', '', [() => {}]);
    await claimTrials(lease, store, openTrials(trials), new Map([['x', 0]]), 1, false);
    expect(leased()).toBe('xa');
  });
});
