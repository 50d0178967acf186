import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, valueOrRefusal } from '../hostile.testing.ts';
import { readImageNpz } from './image-npz.ts';

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
      const outcome = await valueOrRefusal(() => readImageNpz(path));
      if ('value' in outcome) expect(outcome.value.train.images.dimensions).toEqual([60, 6, 6]);
    }),
    { seed: fixedSeed, numRuns: 300 },
  );
});
