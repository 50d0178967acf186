import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createIdSet } from './id-set.ts';

const idOf = (name: unknown): string => `t${createHash('sha256').update(String(name)).digest('hex')}`;

test('ids have the numbers in which they came, once each, however many there are', () => {
  const ids = Array.from({ length: 5000 }, (_, i) => idOf(i));
  const set = createIdSet();
  for (const id of [...ids, ...ids.toReversed()]) set.add(id);
  expect(set.size).toBe(ids.length);
  expect([...set]).toEqual(ids);
  expect(ids.map(set.indexOf)).toEqual(ids.map((_, i) => i));
  expect(ids.map((id) => set.add(id))).toEqual(ids.map((_, i) => i));
  expect(set.at(4321)).toBe(ids[4321]);
  expect(set.has(idOf('another'))).toBe(false);
  expect(set.indexOf(idOf('another'))).toBe(-1);
});

test('ids that begin alike are told apart', () => {
  const ids = Array.from({ length: 300 }, (_, i) => `t${'ab'.repeat(30)}${String(i).padStart(4, '0')}`);
  const set = createIdSet(ids);
  expect(set.size).toBe(300);
  expect(ids.map(set.indexOf)).toEqual(ids.map((_, i) => i));
});

test.each([
  '',
  't',
  'tab',
  'a'.repeat(64),
  'a'.repeat(65),
  `t${'a'.repeat(63)}g`,
  `t${'a'.repeat(65)}`,
  `t${'å'.repeat(64)}`,
])('%j is no id: not in the set, and not taken in', (text) => {
  const set = createIdSet([idOf(1)]);
  expect(set.has(text)).toBe(false);
  expect(() => set.add(text)).toThrow('is not a trial id');
  expect([...set]).toEqual([idOf(1)]);
});
