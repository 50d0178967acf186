import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed } from '../hostile.testing.ts';
import { openGeoTiff } from './geotiff.ts';
import { unpackLzw, unpackPackBits } from './tiff-blocks.ts';
import { BadTiff } from './tiff-directory.ts';

const folder = 'data/fixtures/terrain';
const bytesOf = (name: string) => readFileSync(join(folder, `${name}.tif`));
const [rows, columns] = [37, 53];
/** As data/fixtures/terrain/make.py says. */
const heightAt = (i: number, j: number) => 7 * i * i - 11 * j + ((i * j) % 5);

async function heightsOf(bytes: Buffer, band = 0, step = 1): Promise<Map<number, number[]>> {
  const grid = await openGeoTiff(bytes);
  const found = new Map<number, number[]>();
  await grid.forEachRow(band, step, (row, heights) => {
    expect(heights).toHaveLength(grid.width);
    found.set(row, [...heights]);
  });
  return found;
}

const expected = (scale: number, add = 0) =>
  new Map(
    Array.from({ length: rows }, (_, i) => [
      i,
      Array.from({ length: columns }, (_, j) => heightAt(i, j) * scale + add),
    ]),
  );

describe('what GDAL, tifffile and Pillow wrote', () => {
  const integers = readdirSync(folder).filter((name) => /^int|^metres|^south|^tifffile-plain/.test(name));
  const floats = readdirSync(folder).filter((name) => /^float|-float|^pillow/.test(name));
  test.each(integers)('%s', async (name) => {
    expect(await heightsOf(readFileSync(join(folder, name)))).toEqual(expected(1));
  });
  test.each(floats)('%s', async (name) => {
    expect(await heightsOf(readFileSync(join(folder, name)))).toEqual(expected(1 / 8));
  });
  test('there are enough of them', () => {
    expect([integers.length, floats.length]).toEqual([11, 4]);
  });

  test.each(['three-bands', 'three-bands-separate'])('%s: each band', async (name) => {
    expect((await openGeoTiff(bytesOf(name))).bands).toBe(3);
    for (const band of [0, 1, 2]) expect(await heightsOf(bytesOf(name), band)).toEqual(expected(1, band));
  });

  test('every n-th row', async () => {
    for (const name of ['int16-plain', 'int16-lzw-tiles-predictor', 'int16-big-endian']) {
      for (const step of [2, 7, 37, 100]) {
        const found = await heightsOf(bytesOf(name), 0, step);
        expect([...found.keys()]).toEqual(Array.from({ length: Math.ceil(rows / step) }, (_, k) => k * step));
        for (const [row, heights] of found) expect(heights).toEqual(expected(1).get(row));
      }
    }
  });

  test('cells without data: by the tag, those of SRTM, and nan', async () => {
    const missingIn = async (name: string) =>
      [...(await heightsOf(bytesOf(name)))].flatMap(([i, heights]) =>
        heights.flatMap((value, j) => (Number.isNaN(value) ? [`${i} ${j}`] : [])),
      );
    expect(await missingIn('no-data')).toEqual(['0 0', '5 7', '36 52']);
    expect(await missingIn('nan')).toEqual(['3 4']);
  });

  test('the unit and the direction, where they are said', async () => {
    expect(await openGeoTiff(bytesOf('int16-plain'))).toMatchObject({
      width: columns,
      height: rows,
      bands: 1,
      unit: null,
      northUp: true,
    });
    expect(await openGeoTiff(bytesOf('metres'))).toMatchObject({ unit: 'm' });
    expect(await openGeoTiff(bytesOf('south-up'))).toMatchObject({ northUp: false });
  });
});

describe('refused', () => {
  test.each([
    ['turned', 'it is turned: its rows do not run from west to east'],
    ['zstd', 'it is packed by method 50000 (repack it: gdal_translate'],
  ])('%s', async (name, words) => {
    await expect(openGeoTiff(bytesOf(name))).rejects.toThrow(words);
  });

  test('what is no TIFF', async () => {
    for (const text of ['', 'II', 'PK\x03\x04', 'II+\0\0\0\0\0']) {
      await expect(openGeoTiff(Buffer.from(text, 'latin1'))).rejects.toThrow(BadTiff);
    }
  });

  test.each(['int16-plain', 'int16-lzw-tiles-predictor', 'int16-bigtiff', 'float32-deflate-predictor'])(
    '%s: cut off',
    async (name) => {
      const whole = bytesOf(name);
      for (let end = 0; end < whole.length; end += end < 300 ? 1 : 131) {
        await expect(heightsOf(whole.subarray(0, end))).rejects.toThrow(BadTiff);
      }
    },
  );

  test('changed bytes: heights, or refused', async () => {
    const names = ['int16-lzw', 'int16-big-endian-deflate', 'int16-bigtiff', 'int16-packbits', 'pillow-lzw'];
    const good = new Map(names.map((name) => [name, bytesOf(name)]));
    const changes = fc.array(fc.tuple(fc.nat(700), fc.nat(255)), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), changes, fc.boolean(), async (name, list, atEnd) => {
        const bytes = Buffer.from(good.get(name)!);
        for (const [place, value] of list) bytes[atEnd ? bytes.length - 1 - place : place] = value;
        await heightsOf(bytes).catch((error) => {
          if (!(error instanceof BadTiff)) throw error;
        });
      }),
      { seed: fixedSeed, numRuns: 300 },
    );
  });
});

test('blocks unpack to no more than they may', () => {
  const bomb = new Uint8Array(1000).fill(0x81).map((byte, i) => (i % 2 === 0 ? byte : 7));
  expect(unpackPackBits(bomb, 100)).toEqual(new Uint8Array(100).fill(7));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(200), (packed, most) => {
      expect(unpackPackBits(packed, most).length).toBeLessThanOrEqual(most);
      try {
        expect(unpackLzw(packed, most).length).toBeLessThanOrEqual(most);
      } catch (error) {
        expect((error as Error).message).toBe('LZW has a code that was not defined');
      }
    }),
    { seed: fixedSeed, numRuns: 2000 },
  );
});
