import { expect, test } from '@jest/globals';
import { unreadStore } from '../store/store.ts';
import { threads } from './threads.ts';

test('without trials, as in a task that starts again after its last one, no thread is started', async () => {
  const unused = () => {
    throw new Error('not to be called');
  };
  const { computed, failures } = await threads([], {
    store: unreadStore('nowhere'),
    lease: { name: '', claim: unused, hold: unused, living: unused, end: unused },
    sources: { dataDir: null },
    jobs: 2,
    events: { started: unused, epoch: unused, ended: unused, ran: unused, found: unused, note: unused },
  });
  expect([...computed]).toEqual([]);
  expect(failures).toEqual([]);
});
