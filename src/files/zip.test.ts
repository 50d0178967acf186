import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { unzipSync, zipSync } from 'fflate';
import { readZip } from './zip.ts';

const contents = {
  'a.npy': Buffer.from('hello '.repeat(50)),
  'ü b': Buffer.from([0, 1, 2]),
  empty: Buffer.alloc(0),
};
const archive = (level: 0 | 9) => Buffer.from(zipSync(contents, { level }));

describe('archives that another library wrote', () => {
  test.each([0, 9] as const)('level %d', (level) => {
    const members = readZip(archive(level), 'f.zip');
    expect(members.map(({ name, size }) => [name, size])).toEqual([
      ['a.npy', 300],
      ['ü b', 3],
      ['empty', 0],
    ]);
    for (const { name, unpack } of members) {
      expect(unpack()).toEqual(contents[name as keyof typeof contents]);
      expect(unpack()).toEqual(Buffer.from(unzipSync(archive(level))[name]));
    }
  });

  test('one with a comment, and one with nothing', () => {
    const comment = Buffer.from('a comment PK\x05\x06');
    const bytes = Buffer.concat([archive(9), comment]);
    bytes.writeUInt16LE(comment.length, archive(9).length - 2);
    expect(readZip(bytes, 'f.zip')).toHaveLength(3);
    expect(readZip(Buffer.from(zipSync({})), 'f.zip')).toEqual([]);
  });
});

describe('refused', () => {
  const all = (bytes: Buffer) => readZip(bytes, 'f.zip').map(({ unpack }) => unpack());
  const changed = (change: (bytes: Buffer, entry: number) => void) => {
    const bytes = archive(9);
    change(bytes, bytes.indexOf('PK\x01\x02'));
    return bytes;
  };

  test('cut off at any byte', () => {
    const bytes = archive(9);
    for (let end = 0; end < bytes.length; end++) {
      expect(() => all(bytes.subarray(0, end))).toThrow('f.zip is cut off or damaged');
    }
  });

  test.each([
    ['a wrong checksum', 16, 1, 'is damaged: its checksum is wrong'],
    ['a bomb: more bytes than it says', 24, 10, 'unpacks to more than 10 bytes, its length by the archive'],
    ['fewer bytes than it says', 24, 400, 'has 300 bytes, not 400'],
    ['4 GiB', 24, 2 ** 32 - 1, 'is larger than 4 GiB'],
    ['a place that is elsewhere', 42, 5, 'is not where the archive says'],
    ['a place beyond the end', 42, 2 ** 31, 'is not where the archive says'],
    ['a packed length beyond the end', 20, 2 ** 30, 'is cut off'],
    ['a list that is elsewhere', -1, 0, 'its list of files ends after 0 of 3'],
  ])('%s', (_name, offset, value, words) => {
    const bytes = changed((file, entry) => {
      if (offset === -1) file.writeUInt32LE(7, file.length - 6);
      else file.writeUInt32LE(value, entry + offset);
    });
    expect(() => all(bytes)).toThrow(words);
  });

  test('another method, and deflate that is damaged', () => {
    expect(() => all(changed((file, entry) => file.writeUInt16LE(12, entry + 10)))).toThrow('(number 12)');
    const packed = deflateRawSync(contents['a.npy']);
    const bytes = archive(9);
    const at = bytes.indexOf(packed.subarray(0, 6));
    bytes.fill(0xff, at, at + 4);
    expect(() => all(bytes)).toThrow('"a.npy" in f.zip is damaged: it cannot be unpacked');
  });

  test('a repeated name', () => {
    const bytes = Buffer.from(zipSync({ aa: contents.empty, ab: contents.empty }));
    const text = bytes.toString('latin1').replaceAll('ab', 'aa');
    expect(() => all(Buffer.from(text, 'latin1'))).toThrow('f.zip has two files with the name "aa"');
  });
});
