import { expect, test } from '@jest/globals';
import { retryWhileBusy } from './retry-while-busy.ts';
import type { Timer } from './timer.ts';

const failure = (code: string) => Object.assign(new Error(code), { code });

/** Something that fails so often, and what became of it. */
async function attempt(code: string, failures: number, platform: string) {
  const pauses: number[] = [];
  const timer = { pause: async (milliseconds) => void pauses.push(milliseconds) } as Timer;
  let attempts = 0;
  const action = async () => {
    if (attempts++ < failures) throw failure(code);
    return 'done';
  };
  const outcome = await retryWhileBusy(action, { platform, timer }).catch((error) => error.message);
  return { outcome, attempts, pauses };
}

test.each(['EPERM', 'EACCES', 'EBUSY'])('Windows: %s is tried again, with growing pauses', async (code) => {
  const { outcome, attempts, pauses } = await attempt(code, 5, 'win32');
  expect({ outcome, attempts }).toEqual({ outcome: 'done', attempts: 6 });
  expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
});

test('Windows: what is never permitted is an error after some seconds', async () => {
  const { outcome, pauses } = await attempt('EPERM', Number.POSITIVE_INFINITY, 'win32');
  expect(outcome).toBe('EPERM');
  const seconds = pauses.reduce((sum, pause) => sum + pause, 0) / 1000;
  expect(seconds).toBeGreaterThan(3);
  expect(seconds).toBeLessThan(15);
});

test.each([
  ['EPERM', 'linux'],
  ['EACCES', 'darwin'],
  ['ENOENT', 'win32'],
  ['ENOSPC', 'win32'],
])('%s on %s is an error at once', async (code, platform) => {
  expect(await attempt(code, 1, platform)).toEqual({ outcome: code, attempts: 1, pauses: [] });
});
