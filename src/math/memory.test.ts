import { Worker } from 'node:worker_threads';
import { expect, test } from '@jest/globals';
import { UserError } from '../errors.ts';
import { createMemory, takeRegion } from './memory.ts';

test('a stretch begins behind what the memory held, and leaves that alone', () => {
  const memory = createMemory(65537, true);
  new Uint8Array(memory.buffer).fill(7);
  const { from } = takeRegion(memory, 10);
  expect(from).toBe(2 * 65536);
  const bytes = new Uint8Array(memory.buffer);
  expect(bytes).toHaveLength(3 * 65536);
  expect(bytes.subarray(0, from).every((byte) => byte === 7)).toBe(true);
  expect(bytes.subarray(from).every((byte) => byte === 0)).toBe(true);
});

test('stretches in use never overlap; one that was given back is taken again where it fits, zeroed', () => {
  const memory = createMemory(0, true);
  const first = takeRegion(memory, 65536);
  const second = takeRegion(memory, 65536);
  expect([first.from, second.from]).toEqual([0, 65536]);
  new Uint8Array(memory.buffer).fill(9);
  first.release();
  expect(takeRegion(memory, 65537).from).toBe(2 * 65536);
  const again = takeRegion(memory, 1000);
  expect(again.from).toBe(0);
  expect(new Uint8Array(memory.buffer, 0, 1000).every((byte) => byte === 0)).toBe(true);
  expect(memory.buffer.byteLength).toBe(4 * 65536);
});

test('another thread works on the same bytes, and what it takes is behind ours', async () => {
  const memory = createMemory(8, true);
  const ours = takeRegion(memory, 8);
  const source = `
    const { parentPort, workerData: memory } = require('node:worker_threads');
    new Int32Array(memory.buffer)[0] = 42;
    parentPort.postMessage(memory.grow(1));`;
  const page = await new Promise((done) => {
    new Worker(source, { eval: true, workerData: memory }).once('message', done);
  });
  expect(new Int32Array(memory.buffer)[0]).toBe(42);
  expect(page).toBe(ours.from / 65536 + 1);
});

test('more than there is: a sentence with a remedy, and what was there stays', () => {
  const memory = createMemory(65536, true);
  for (const take of [
    () => createMemory(2 ** 40),
    () => createMemory(2 ** 40, true),
    () => takeRegion(memory, 2 ** 33),
  ]) {
    expect(take).toThrow(UserError);
    expect(take).toThrow(/not enough memory.*\d+ MiB.*remedy: +use fewer samples or jobs/s);
  }
  expect(memory.buffer.byteLength).toBe(65536);
});
