import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadBits, saveBits } from 'idx-data';
import { UserError } from '../errors.ts';
import { readIdx, readIdxFile } from './idx.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-idx-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** 2 x 3 x 2 */
const whole = Uint8Array.of(
  0,
  0,
  8,
  3,
  0,
  0,
  0,
  2,
  0,
  0,
  0,
  3,
  0,
  0,
  0,
  2,
  ...Array.from({ length: 12 }, (_, n) => n * 23),
);

function changed(...changes: [number, number][]): Uint8Array {
  const bytes = whole.slice();
  for (const [at, value] of changes) bytes[at] = value;
  return bytes;
}

async function write(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

async function refused(reading: Promise<unknown>): Promise<UserError> {
  const error = await reading.then(
    () => new Error('was accepted'),
    (reason) => reason,
  );
  if (!(error instanceof UserError)) throw error;
  return error;
}

describe('readIdx', () => {
  test('gives the sizes and a view of the values', () => {
    const { dimensions, data, bytes } = readIdx(whole, 'f', 3);
    expect(dimensions).toEqual([2, 3, 2]);
    expect([...data]).toEqual([...whole.subarray(16)]);
    expect(data.buffer).toBe(whole.buffer);
    expect(bytes).toBe(whole);
  });

  test('bytes that start inside a larger buffer', () => {
    const inside = Uint8Array.of(9, 9, 9, ...whole, 9).subarray(3, 3 + whole.length);
    expect([...readIdx(inside, 'f', 3).data]).toEqual([...whole.subarray(16)]);
  });

  test('sizes above 2^31 are unsigned', () => {
    const bytes = Uint8Array.of(0, 0, 8, 1, 0xff, 0xff, 0xff, 0xff);
    expect(() => readIdx(bytes, 'f', 1)).toThrow(/too large: 4294967295 by its header/);
  });

  test.each<[string, number, (view: DataView, at: number) => void, number, number]>([
    ['signed bytes', 0x09, (view, at) => view.setInt8(at, -7), 1, -7],
    ['short integers', 0x0b, (view, at) => view.setInt16(at, -7000), 2, -7000],
    ['integers', 0x0c, (view, at) => view.setInt32(at, 70_000), 4, 70_000],
    ['floats', 0x0d, (view, at) => view.setFloat32(at, 0.375), 4, 0.375],
    ['doubles', 0x0e, (view, at) => view.setFloat64(at, 0.1), 8, 0.1],
  ])('%s are read as numbers, in big-endian order', (_name, type, write, size, value) => {
    const bytes = new Uint8Array(8 + 2 * size);
    bytes.set([0, 0, type, 1, 0, 0, 0, 2]);
    write(new DataView(bytes.buffer), 8 + size);
    expect([...readIdx(bytes, 'f', 1).data]).toEqual([0, value]);
    expect(() => readIdx(bytes.subarray(0, -1), 'f', 1)).toThrow(/is cut off: 1 byte missing/);
  });

  test('numbers that would take more than 1 GiB in memory are refused', () => {
    const bytes = Uint8Array.of(0, 0, 0x0b, 1, 0x08, 0, 0, 0xff);
    expect(() => readIdx(bytes, 'f', 1)).toThrow(/too large/);
  });

  test('zero rows are read as zero rows', () => {
    expect(readIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 0), 'f', 1).data).toHaveLength(0);
  });

  test.each([
    ['no bytes', new Uint8Array(0), 'is empty'],
    ['three bytes', whole.subarray(0, 3), 'too short'],
    ['other first byte', changed([0, 1]), 'is not an IDX file'],
    ['other second byte', changed([1, 8]), 'is not an IDX file'],
    ['unknown type', changed([2, 0x0a]), 'values of the unknown type 0a'],
    ['labels for images', changed([3, 1]), 'holds labels (1 dimension), not images'],
    ['cut in the header', whole.subarray(0, 15), 'cut off in its header: 1 byte missing'],
    ['cut in the values', whole.subarray(0, 25), 'is cut off: 3 bytes missing'],
    ['header only', whole.subarray(0, 16), 'is cut off: 12 bytes missing'],
    ['bytes after the end', Uint8Array.of(...whole, 1, 2), 'has 2 bytes too many'],
    ['larger size', changed([7, 3]), 'is cut off: 6 bytes missing'],
    ['smaller size', changed([7, 1]), 'has 6 bytes too many'],
  ])('%s', (_name, bytes, problem) => {
    let error: unknown;
    try {
      readIdx(bytes, 'digits.idx', 3);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).parts.what).toBe(`digits.idx ${(error as UserError).parts.what.slice(11)}`);
    expect((error as UserError).parts.what).toContain(problem);
    expect((error as UserError).parts.remedy).toBeTruthy();
  });
});

describe('readIdxFile', () => {
  test.each([
    ['labels', [7]],
    ['images', [5, 4, 3]],
    ['matrix', [31, 33]],
  ])('%s: the same as the loader of idx-data', async (name, shape) => {
    const length = shape.reduce((a, b) => a * b);
    const path = join(folder, name);
    await saveBits(
      Uint8Array.from({ length }, (_, n) => (n * 37) % 256),
      shape,
      path,
    );
    const oracle = await loadBits(path);
    const { dimensions, data } = await readIdxFile(path, shape.length);
    expect(dimensions).toEqual(oracle.shape);
    expect([...data]).toEqual([...oracle.data]);
  });

  test.each(['packed.gz', 'packed-without-ending'])('gzip: %s', async (name) => {
    const path = await write(name, gzipSync(whole));
    const { dimensions, data, bytes } = await readIdxFile(path, 3);
    expect(dimensions).toEqual([2, 3, 2]);
    expect([...data]).toEqual([...whole.subarray(16)]);
    expect([...bytes]).toEqual([...whole]);
  });

  test('a gzip file much larger than what is peeked at', async () => {
    const bytes = new Uint8Array(8 + 300_000);
    bytes.set([0, 0, 8, 1]);
    new DataView(bytes.buffer).setUint32(4, 300_000);
    for (let i = 8; i < bytes.length; i++) bytes[i] = Math.imul(i, 2654435761) >>> 24;
    const { data } = await readIdxFile(await write('large.gz', gzipSync(bytes)), 1);
    expect(Buffer.compare(data as Uint8Array, bytes.subarray(8))).toBe(0);
  });

  test('a plain file that is called .gz', async () => {
    expect((await readIdxFile(await write('plain.gz', whole), 3)).dimensions).toEqual([2, 3, 2]);
  });

  test.each([
    ['cut off', gzipSync(whole).subarray(0, 30), 'is cut off'],
    ['only its first bytes', Uint8Array.of(0x1f, 0x8b), 'is empty'],
    [
      'damaged inside',
      gzipSync(whole).map((byte, i) => (i > 10 && i < 20 ? ~byte : byte)),
      'cannot be unpacked',
    ],
    [
      'wrong checksum',
      gzipSync(whole).map((byte, i, all) => (i === all.length - 5 ? ~byte : byte)),
      'cannot be unpacked',
    ],
    ['of something else', gzipSync('hello world'), 'is text that begins with'],
    ['of a cut-off file', gzipSync(whole.subarray(0, 20)), '8 bytes missing'],
    ['of more than its header says', gzipSync(Uint8Array.of(...whole, 0)), 'unpacks to too many bytes'],
    [
      'of far more than its header says',
      gzipSync(Buffer.concat([whole, Buffer.alloc(20_000_000)])),
      'too many bytes',
    ],
    ['with a header that promises too much', gzipSync(changed([4, 255])), 'is too large'],
  ])('gzip %s', async (_name, bytes, problem) => {
    const path = await write('damaged.gz', bytes);
    const { parts } = await refused(readIdxFile(path, 3));
    expect(parts.what).toContain(path);
    expect(parts.what).toContain(problem);
  });

  test('a file that is missing, a folder, a path through a file', async () => {
    await mkdir(join(folder, 'folder'));
    const file = await write('file', whole);
    for (const [path, problem] of [
      [join(folder, 'nothing'), 'there is no such file'],
      [join(folder, 'folder'), 'it is a folder'],
      [join(file, 'nothing'), 'a file is where a folder is needed'],
    ]) {
      const { parts } = await refused(readIdxFile(path, 3));
      expect(parts.what).toContain(path);
      expect(parts.what).toContain(problem);
      expect(parts.remedy).toBeTruthy();
    }
  });
});
