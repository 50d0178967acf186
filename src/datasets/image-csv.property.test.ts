import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, valueOrRefusal } from '../hostile.testing.ts';
import { readImageCsv } from './image-csv.ts';

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-image-csv-'));
  file = join(folder, 'train.csv');
});
afterAll(() => rm(folder, { recursive: true }));

const byte = fc.nat(255);
const table = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 6 }))
  .chain(([height, width, rows]) =>
    fc.record({
      height: fc.constant(height),
      width: fc.constant(width),
      rows: fc.array(
        fc.tuple(byte, fc.array(byte, { minLength: height * width, maxLength: height * width })),
        {
          minLength: rows,
          maxLength: rows,
        },
      ),
    }),
  );

test('labels and pixels are those of the file, in the shape of the names, whatever ends the lines', async () => {
  const lines = fc.constantFrom('\n', '\r\n', '\n\n');
  await fc.assert(
    fc.asyncProperty(
      table,
      lines,
      fc.boolean(),
      fc.boolean(),
      async ({ height, width, rows }, end, isPacked, isWhole) => {
        const names = Array.from(
          { length: height * width },
          (_, i) => `${Math.floor(i / width) + 1}x${(i % width) + 1}`,
        );
        const records = [['label', ...names], ...rows.map(([label, pixels]) => [label, ...pixels])];
        const text = records.map((cells) => cells.join(',')).join(end) + (isWhole ? end : '');
        await writeFile(file, isPacked ? gzipSync(text) : text);
        const { images, labels } = (await readImageCsv(file))!;
        expect(images.dimensions).toEqual([rows.length, height, width]);
        expect([...images.data]).toEqual(rows.flatMap(([, pixels]) => pixels));
        expect([...labels.data]).toEqual(rows.map(([label]) => label));
      },
    ),
    { seed: fixedSeed, numRuns: 200 },
  );
});

test('any other text and bytes are refused, or read as what they are', async () => {
  const start = fc.constantFrom('label,pixel0,pixel1\n', '1,2\n', 'label\n', '"label","1x1"\n', '');
  const cells = fc.stringMatching(/^[0-9,\n\r"x.\- ]{0,60}$/);
  const content = fc.oneof(
    fc.tuple(start, cells).map((parts) => parts.join('')),
    fc.tuple(start, fc.string()).map((parts) => parts.join('')),
    fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
  );
  await fc.assert(
    fc.asyncProperty(content, async (text) => {
      await writeFile(file, text);
      const outcome = await valueOrRefusal(() => readImageCsv(file));
      if (!('value' in outcome) || outcome.value === null) return;
      const { images, labels } = outcome.value;
      expect(images.data.length).toBe(images.dimensions.reduce((product, size) => product * size));
      expect(labels.data).toHaveLength(images.dimensions[0]);
    }),
    { seed: fixedSeed, numRuns: 500 },
  );
});
