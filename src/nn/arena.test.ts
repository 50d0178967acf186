import { expect, test } from '@jest/globals';
import { dtypes } from '../math/dtype.ts';
import { createMemory } from '../math/memory.ts';
import { allocate, createArena } from './arena.ts';

test.each(dtypes)(
  'an arena of %s hands out floats and ints that never overlap, each at 128 bytes',
  (dtype) => {
    const width = dtype === 'float32' ? 4 : 8;
    const arena = createArena(dtype, 65536);
    const regions = [
      [width, arena.floats(1), 1],
      [4, arena.ints(33), 33],
      [width, arena.floats(16), 16],
      [4, arena.ints(1), 1],
      [width, arena.floats(0), 0],
      [width, arena.floats(2), 2],
    ];
    let end = 65536;
    for (const [bytes, offset, count] of regions) {
      expect((bytes * offset) % 128).toBe(0);
      expect(bytes * offset).toBeGreaterThanOrEqual(end);
      end = bytes * (offset + count);
    }
    expect(arena.bytes()).toBeGreaterThanOrEqual(end);
  },
);

test("allocate lays out in this thread's memory, or behind what another holds", () => {
  const layOut = (arena: ReturnType<typeof createArena>) => [arena.floats(3), arena.ints(5)];
  const alone = allocate('float64', null, layOut);
  expect(alone.offsets).toEqual([0, 32]);
  const beside = allocate('float64', null, layOut);
  expect(beside.region.memory).toBe(alone.region.memory);
  expect(beside.offsets).toEqual([65536 / 8, (65536 + 128) / 4]);
  alone.region.release();
  expect(allocate('float64', null, layOut).offsets).toEqual([0, 32]);
  const memory = createMemory(70000, true);
  const { offsets, region } = allocate('float64', memory, layOut);
  expect(region.memory).toBe(memory);
  expect(offsets).toEqual([131072 / 8, (131072 + 128) / 4]);
  expect(memory.buffer.byteLength).toBe(3 * 65536);
});
