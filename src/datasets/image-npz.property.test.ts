import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, valueOrRefusal } from '../hostile.testing.ts';
import { hasImages, readImageNpz } from './image-npz.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-image-npz-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('an archive with bytes that changed, or cut off, is refused or read whole', async () => {
  const archive = await readFile('data/fixtures/images/images.npz');
  const path = join(folder, 'images.npz');
  const changes = fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(changes, fc.option(fc.nat(archive.length)), async (changed, end) => {
      const bytes = Uint8Array.from(archive.subarray(0, end ?? archive.length));
      for (const [at, value] of changed) if (at < bytes.length) bytes[at] = value;
      await writeFile(path, bytes);
      const asked = await valueOrRefusal(() => hasImages(path));
      if ('value' in asked) expect(typeof asked.value).toBe('boolean');
      const outcome = await valueOrRefusal(() => readImageNpz(path));
      if ('value' in outcome) expect(outcome.value.train.images.dimensions).toEqual([60, 6, 6]);
    }),
    { seed: fixedSeed, numRuns: 300 },
  );
});

test('whether a file has images is known without reading its arrays, however large they are', async () => {
  const path = join(folder, 'large.npz');
  const archive = await readFile('data/fixtures/images/images.npz');
  // The list of arrays behind a hole of more bytes than are read of any file.
  const end = archive.length - 22;
  const list = archive.readUInt32LE(end + 16);
  const hole = 2 ** 31;
  const tail = Buffer.from(archive.subarray(list));
  tail.writeUInt32LE(list + hole, tail.length - 22 + 16);
  // The first array says that it has almost 4 GiB.
  tail.writeUInt32LE(2 ** 32 - 2, 24);
  const file = await open(path, 'w');
  await file.write(archive, 0, list, 0);
  await file.write(tail, 0, tail.length, list + hole);
  await file.close();
  expect(await hasImages(path)).toBe(true);
  expect(await valueOrRefusal(() => readImageNpz(path))).toHaveProperty('refusal');
  await rm(path);
});
