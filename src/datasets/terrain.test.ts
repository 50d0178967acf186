import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { copyFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chooseData } from './data-choice.ts';
import { terrain } from './terrain.ts';

const fixture = (name: string) => join('data/fixtures/terrain', `${name}.tif`);
const [rows, columns] = [37, 53];
/** As data/fixtures/terrain/make.py says. */
const heightAt = (i: number, j: number) => 7 * i * i - 11 * j + ((i * j) % 5);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-terrain-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(path: string, settings: Record<string, string | number> = { step: 'auto' }) {
  const sources = { dataDir: path };
  const { config, facts, notes } = await terrain.resolve({ band: 'only', ...settings }, sources);
  return { config, facts, notes, dataset: await terrain.load(config, 1, sources) };
}

describe('rows', () => {
  test('every cell: x to the east, y to the north, both from 0 to 1', async () => {
    const { config, facts, dataset } = await read(fixture('int16-plain'));
    const sha256 = createHash('sha256')
      .update(readFileSync(fixture('int16-plain')))
      .digest('hex');
    expect(config).toEqual({ dataset: 'terrain', sha256, step: 1, band: 1 });
    expect(facts).toMatchObject({
      rows: rows * columns,
      columns: 2,
      featureNames: ['x', 'y'],
      targetName: 'height',
    });
    const { inputs, targets } = dataset;
    for (const [i, j] of [
      [0, 0],
      [5, 7],
      [36, 52],
    ]) {
      const row = i * columns + j;
      expect(targets[row]).toBe(heightAt(i, j));
      expect([inputs[2 * row], inputs[2 * row + 1]]).toEqual([j / 52, 1 - i / 36]);
    }
  });

  test('every n-th cell is the same place and height as among all', async () => {
    const all = await read(fixture('float32-deflate-predictor'), { step: 1 });
    const some = await read(fixture('float32-deflate-predictor'), { step: 5 });
    const heights = new Map<string, number>();
    const { inputs, targets } = all.dataset;
    for (let n = 0; n < all.dataset.rows; n++)
      heights.set(`${inputs[2 * n]} ${inputs[2 * n + 1]}`, targets[n]);
    expect(some.dataset.rows).toBe(8 * 11);
    for (let n = 0; n < some.dataset.rows; n++) {
      const [x, y] = some.dataset.inputs.subarray(2 * n, 2 * n + 2);
      expect(some.dataset.targets[n]).toBe(heights.get(`${x} ${y}`));
    }
    expect(some.notes[0]).toBe('of 53 x 37 cells, every 5th in both directions is used');
  });

  test('a file whose first row is in the south', async () => {
    const { inputs } = (await read(fixture('south-up'))).dataset;
    expect([inputs[1], inputs[inputs.length - 1]]).toEqual([0, 1]);
  });

  test('cells without data are left out, and said', async () => {
    const { dataset, notes } = await read(fixture('no-data'));
    expect(dataset.rows).toBe(rows * columns - 3);
    expect(Math.min(...dataset.targets)).toBeGreaterThan(-1000);
    expect(notes).toContain('3 cells without data are left out');
  });

  test('the unit and the band', async () => {
    expect((await read(fixture('metres'))).dataset.targetName).toBe('height (m)');
    const { config, dataset } = await read(fixture('three-bands'), { step: 1, band: 3 });
    expect(config.band).toBe(3);
    expect(dataset.targets[0]).toBe(heightAt(0, 0) + 2);
  });

  test('a file that is packed is the same terrain', async () => {
    const path = join(folder, 'packed.tif.gz');
    await writeFile(path, gzipSync(readFileSync(fixture('int16-plain'))));
    expect((await read(path)).config).toEqual((await read(fixture('int16-plain'))).config);
    expect(await chooseData({ data: path })).toMatchObject({ dataset: 'terrain', name: 'packed' });
  });
});

describe('a file as large as that of the course', () => {
  test('is thinned out to at most 10 000 cells', async () => {
    const path = join(folder, 'large.tif');
    await writeFile(path, largeTiff(1801, 3601));
    const { config, dataset, notes } = await read(path);
    expect(config.step).toBe(26);
    expect(dataset.rows).toBe(70 * 139);
    expect(dataset.targets[71]).toBe((26 + 26) % 1000);
    expect(notes[0]).toBe('of 1801 x 3601 cells, every 26th in both directions is used');
  });
});

describe('refused', () => {
  const refusal = (path: string, settings = {}) =>
    read(path, settings).then(
      () => 'it was read',
      (error: Error) => `${error.name}: ${error.message.replaceAll(path, 'FILE')}`,
    );

  test('several bands', async () => {
    expect(await refusal(fixture('three-bands'))).toMatch(
      /^UserError: FILE has 3 bands\n.*one band of heights, or \{band\} to say which one\n(.*\n)*.*choose the band with/,
    );
    expect(await refusal(fixture('three-bands'), { band: 4 })).toContain('{band} from 1 to 3');
    expect(await refusal(fixture('int16-plain'), { band: 2 })).toContain('leave out {band}');
  });

  test('turned, cut off, no TIFF, no file', async () => {
    const cut = join(folder, 'cut.tif');
    await copyFile(fixture('int16-plain'), cut);
    await truncate(cut, 3000);
    const text = join(folder, 'text.tif');
    await writeFile(text, 'x,y\n1,2\n');
    const isNot = 'UserError: FILE is not a terrain that can be read: ';
    expect(await refusal(fixture('turned'))).toContain(`${isNot}it is turned`);
    expect(await refusal(cut)).toContain(`${isNot}it is cut off`);
    expect(await refusal(text)).toContain(`${isNot}it does not begin as TIFF does`);
    expect(await refusal(join(folder, 'absent.tif'))).toContain('UserError: FILE cannot be read');
  });

  test('another file than that of the plan', async () => {
    const { config } = await read(fixture('int16-lzw'));
    const other = { ...config, sha256: 'f'.repeat(64) };
    await expect(terrain.load(other, 1, { dataDir: fixture('int16-lzw') })).rejects.toThrow(
      'is not the terrain that the trial was planned with',
    );
  });
});

/** Heights (i + j) mod 1000 as 16-bit integers, in one strip: the form of the simplest TIFF. */
function largeTiff(width: number, height: number): Buffer {
  const tags = [
    ...[
      [256, width],
      [257, height],
      [258, 16],
      [259, 1],
      [262, 1],
      [273, 134],
      [277, 1],
      [278, height],
    ],
    ...[
      [279, 2 * width * height],
      [339, 2],
    ],
  ];
  const header = Buffer.alloc(134);
  header.write('II*\0\b\0\0\0', 'latin1');
  header.writeUInt16LE(tags.length, 8);
  for (const [place, [tag, value]] of tags.entries()) {
    const at = 10 + 12 * place;
    header.writeUInt16LE(tag, at);
    header.writeUInt16LE([258, 259, 262, 277, 339].includes(tag) ? 3 : 4, at + 2);
    header.writeUInt32LE(1, at + 4);
    header.writeUInt32LE(value, at + 8);
  }
  const heights = new Int16Array(width * height);
  for (let row = 0, place = 0; row < height; row++) {
    for (let column = 0; column < width; column++) heights[place++] = (row + column) % 1000;
  }
  return Buffer.concat([header, Buffer.from(heights.buffer)]);
}
