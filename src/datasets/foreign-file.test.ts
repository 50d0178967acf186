import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { UserError } from '../errors.ts';
import { readIdxFile } from './idx.ts';
import { idxBytes } from './image-files.testing.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-foreign-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const text = (value: string) => new TextEncoder().encode(value);
const starting = (...bytes: number[]) => Uint8Array.of(...bytes, ...new Uint8Array(300));
const good = idxBytes([2, 3, 2], [10, 2, 10, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
const tar = new Uint8Array(512);
tar.set(text('train-images-idx3-ubyte'));
tar.set(text('ustar'), 257);
const littleEndian = good.slice();
new DataView(littleEndian.buffer).setUint32(4, 2, true);
new DataView(littleEndian.buffer).setUint32(8, 3, true);
new DataView(littleEndian.buffer).setUint32(12, 2, true);

/** What a file holds instead of IDX, and what is said of it: what it is, and what to do. */
const cases: readonly [string, Uint8Array, string, string][] = [
  [
    'a web page',
    text('<!DOCTYPE HTML>\n<html><title>403 Forbidden'),
    'is a web page',
    'download the file itself',
  ],
  ['a web page of old', text('\n  <HTML><head>'), 'is a web page', 'download the file itself'],
  ['a web page with a byte order mark', text('\ufeff<!doctype html>'), 'is a web page', 'download'],
  ['an answer of a file server', text('<?xml version="1.0"?><Error>'), 'is an XML document', 'download'],
  [
    'a Git LFS pointer',
    text('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n'),
    'is a Git LFS pointer',
    'git lfs pull',
  ],
  ['a text', text('{"error": "not found"}'), 'is text that begins with "{', 'download'],
  ['nothing', new Uint8Array(0), 'is empty', 'download the file again'],
  ['a gzip file', gzipSync(good), 'is compressed twice', 'gunzip'],
  ['a PNG image', starting(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a), 'is a PNG image', 'such as CSV'],
  ['a JPEG image', starting(0xff, 0xd8, 0xff, 0xe0), 'is a JPEG image', 'such as CSV'],
  ['a PDF document', text('%PDF-1.4 and more'), 'is a PDF document', 'such as CSV'],
  ['an HDF5 file', starting(0x89, 0x48, 0x44, 0x46), 'is an HDF5 file', 'such as CSV'],
  ['an SQLite database', text('SQLite format 3\0 and more'), 'is an SQLite database', 'such as CSV'],
  ['an old Excel file', starting(0xd0, 0xcf, 0x11, 0xe0), 'is a document of an older Office', 'such as CSV'],
  ['a ZIP archive', starting(0x50, 0x4b, 3, 4), 'is a ZIP archive', 'unpack it'],
  ['a bzip2 file', starting(0x42, 0x5a, 0x68, 0x39), 'is compressed with bzip2', 'unpack it'],
  ['an xz file', starting(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), 'is compressed with xz', 'unpack it'],
  ['a zstd file', starting(0x28, 0xb5, 0x2f, 0xfd), 'is compressed with zstd', 'unpack it'],
  ['a tar archive', tar, 'is a tar archive', 'unpack it'],
  ['a NumPy file', starting(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59), 'is a NumPy file', 'unsigned bytes'],
  ['other bytes', starting(1, 2, 3, 4), 'is not an IDX file: it starts with 01 02 03 04', 'download'],
  ['labels', idxBytes([3], [1, 2, 3]), 'holds labels (1 dimension), not images', "each other's name"],
  [
    'rows',
    idxBytes([2, 6], good.subarray(16)),
    'holds rows of numbers (2 dimensions)',
    'image, height, width',
  ],
  ['colours', idxBytes([1, 2, 3, 2], good.subarray(16)), 'holds images with channels', 'grey images'],
  ['sizes in little-endian order', littleEndian, 'has its sizes in the wrong order of bytes', 'big-endian'],
];

describe.each(cases)('a file that holds %s', (_kind, content, is, remedy) => {
  test.each([
    ['under the plain name', 'train-images-idx3-ubyte', false],
    ['under a name in .gz', 'train-images-idx3-ubyte.gz', false],
    ['compressed', 'train-images-idx3-ubyte.gz', true],
  ])('%s', async (_name, name, packed) => {
    const isGzip = content[0] === 0x1f;
    const path = join(folder, name);
    await writeFile(path, packed || isGzip ? gzipSync(content) : content);
    const error = await readIdxFile(path, 3).then(
      () => new Error('was accepted'),
      (reason) => reason,
    );
    if (!(error instanceof UserError)) throw error;
    const { what, expected, remedy: advice } = error.parts;
    expect(what).toContain(`${path} ${is}`);
    expect(expected).toBeTruthy();
    expect(advice).toContain(remedy);
  });
});

test('line ends that were converted on the way', async () => {
  const path = join(folder, 'converted');
  await writeFile(path, Buffer.from(Buffer.from(good).toString('latin1').replaceAll('\n', '\r\n'), 'latin1'));
  await expect(readIdxFile(path, 3)).rejects.toThrow(/changed as if it were text[\s\S]*\.gitattributes/);
  await writeFile(path, Uint8Array.of(...good, 10, 13));
  await expect(readIdxFile(path, 3)).rejects.toThrow(/has 2 bytes too many/);
});
