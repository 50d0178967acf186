import { expect, test } from '@jest/globals';
import { beginTrial, createTaskClock, currentTrial, watchTask } from './task-clock.ts';

test('the trial that runs is known, and the first before any has begun', () => {
  const clock = createTaskClock();
  expect(currentTrial(clock)).toBe(0);
  beginTrial(clock, 0);
  beginTrial(clock, 7);
  expect(currentTrial(clock)).toBe(7);
});

test('a trial that has run for longer than the limit is ended, with the reason', () => {
  const clock = createTaskClock();
  const reasons: string[] = [];
  const watching = () => watchTask(clock, 5, ({ message }) => reasons.push(message));
  // One that has not begun, because its thread is still starting, and one that has just begun.
  watching()();
  beginTrial(clock, 1);
  watching()();
  expect(reasons).toEqual([]);
  clock.begun[0] -= 5_000_000_000n;
  watching();
  expect(reasons).toEqual(['it took longer than the limit of 5 s']);
});

test('the limit counts from the beginning of each trial', async () => {
  const clock = createTaskClock();
  beginTrial(clock, 0);
  const reason = new Promise<Error>((resolve) => {
    watchTask(clock, 0.02, resolve);
  });
  // Nothing begins after this one, so it is ended.
  beginTrial(clock, 1);
  expect((await reason).message).toContain('0.02 s');
  expect(Number(process.hrtime.bigint() - clock.begun[0])).toBeGreaterThanOrEqual(2e7);
});
