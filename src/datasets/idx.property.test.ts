import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, valueOrRefusal } from '../hostile.testing.ts';
import { readIdx, readIdxFile } from './idx.ts';
import { idxBytes } from './image-files.testing.ts';

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-idx-'));
  file = join(folder, 'data.idx');
});
afterAll(() => rm(folder, { recursive: true }));

/** A whole file of unsigned bytes with these sizes; the values are as many as `count` says. */
const idx = (sizes: readonly number[], count: number) => idxBytes(sizes, new Uint8Array(count));

const good = idx([3, 2, 2], 12);
const changed = fc
  .array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
  .map((changes) => {
    const bytes = good.slice();
    for (const [at, value] of changes) bytes[at] = value;
    return bytes;
  });
/** Values of every type, known and unknown, with sizes that need not fit. */
const typed = fc
  .tuple(fc.nat(255), fc.uint8Array({ maxLength: 40 }), fc.nat(9))
  .map(([type, values, size]) => Uint8Array.of(0, 0, type < 32 ? type : 0x0c, 1, 0, 0, 0, size, ...values));
const cut = fc.nat(good.length).map((end) => good.slice(0, end));
/** The beginnings of files of other kinds, and of text. */
const foreign = fc
  .tuple(
    fc.constantFrom(
      '<!doctype html',
      '<?xml',
      'version https://git-lfs',
      'PK\x03\x04',
      '\x1f\x8b\b',
      'BZh',
      '\x93NUMPY',
      '',
    ),
    fc.string({ maxLength: 300 }),
  )
  .map(([start, rest]) => Uint8Array.from(Buffer.from(start + rest, 'latin1')));
const anything = fc.oneof(fc.uint8Array({ maxLength: 40 }), foreign);
const runs = { seed: fixedSeed, numRuns: 1000 };

test('bytes of any kind: values as many as the sizes say, or refused', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(changed, typed, cut, anything),
      fc.constantFrom(1, 3),
      async (bytes, dimensions) => {
        const outcome = await valueOrRefusal(() => readIdx(bytes, 'f', dimensions));
        if (!('value' in outcome)) return;
        const { dimensions: sizes, data } = outcome.value;
        expect(data.length).toBe(sizes.reduce((product, size) => product * size, 1));
      },
    ),
    runs,
  );
});

test('so are files, plain and packed, whole and cut off or changed after packing', async () => {
  const bytes = fc.oneof(changed, cut, anything);
  const damage = fc.tuple(fc.constantFrom('plain', 'gzip', 'cut', 'flip', 'twice'), fc.nat(60));
  await fc.assert(
    fc.asyncProperty(bytes, damage, async (plain, [how, at]) => {
      const packed = gzipSync(plain);
      if (how === 'flip') packed[at % packed.length] ^= 0xff;
      const content = how === 'plain' ? plain : how === 'cut' ? packed.subarray(0, at) : packed;
      await writeFile(file, how === 'twice' ? Buffer.concat([packed, packed]) : content);
      await valueOrRefusal(() => readIdxFile(file, 3));
    }),
    { ...runs, numRuns: 200 },
  );
});

test('a bomb is refused before it is unpacked: no more memory than its header asks for', async () => {
  const zeros = gzipSync(Buffer.alloc(2 ** 26));
  const bombs = [
    gzipSync(Buffer.concat([good, Buffer.alloc(2 ** 26)])), // small by its header, 64 MiB by its contents
    gzipSync(idx([2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1], 0)), // 2^96 bytes by its header
    gzipSync(idx([2 ** 20, 2 ** 10, 1], 0)), // a little more than 1 GiB by its header
    Buffer.concat([zeros, zeros, zeros]), // no header at all
  ];
  for (const bomb of bombs) {
    await writeFile(file, bomb);
    const before = process.memoryUsage().arrayBuffers;
    expect(await valueOrRefusal(() => readIdxFile(file, 3))).toHaveProperty('refusal');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
  }
});

test('a plain file of more than 1 GiB is refused without being read', async () => {
  const handle = await open(file, 'w');
  await handle.truncate(2 ** 30 + 17);
  await handle.close();
  expect(await valueOrRefusal(() => readIdxFile(file, 3))).toMatchObject({
    refusal: { message: expect.stringContaining('more than 1073741824') },
  });
});
