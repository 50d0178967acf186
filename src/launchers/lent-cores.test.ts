import { expect, test } from '@jest/globals';
import { giveBack, takeCore } from './lent-cores.ts';

const shared = (value: number) => new Int32Array(new SharedArrayBuffer(4)).fill(value);

test('an idle core is lent to one trial, and comes back once, whoever gives it back', () => {
  const idle = shared(1);
  const [one, other] = [1, 2].map(() => ({ idle, lent: shared(0) }));
  expect(takeCore(one, 100)).toBeNull();
  const back = takeCore(one, 5000);
  expect(idle[0]).toBe(0);
  expect(takeCore(other, 5000)).toBeNull();
  // Its thread was ended: the main thread gives back what it had, and nothing for one that had none.
  giveBack(other);
  expect(idle[0]).toBe(0);
  giveBack(one);
  back!();
  expect(idle[0]).toBe(1);
});
