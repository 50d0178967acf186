import type { Hash } from 'node:crypto';
import { unpackedBytes } from '../files/unpacked.ts';

/** The encodings of text that tables are read in, and what they are called. */
export const encodings = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16 (big-endian)',
  'windows-1252': 'Windows-1252',
} as const;
export type Encoding = keyof typeof encodings;

/** The bytes of a file are not text in the encoding that it seemed to have. */
export class NotEncoded extends Error {}

/** A file holds bytes that no text has. */
export class BinaryData extends Error {}

/** The encoding that the first bytes of a file show; UTF-8 if they show none. */
export function encodingOf(start: Uint8Array): Encoding {
  const [first, second] = start;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (start.length < 4 || (first === 0) === (second === 0)) return 'utf-8';
  // Letters of Latin scripts have a zero byte in UTF-16.
  const zeros = (from: number) =>
    start.subarray(0, 64).filter((byte, i) => i % 2 === from && byte === 0).length;
  const half = Math.min(start.length, 64) / 2;
  if (first === 0 && zeros(0) > half / 2 && zeros(1) === 0) return 'utf-16be';
  if (second === 0 && zeros(1) > half / 2 && zeros(0) === 0) return 'utf-16le';
  return 'utf-8';
}

const chunkBytes = 2 ** 18;

/**
 * Yields the text of a file, unpacked, without a byte-order mark; `hash` gets its bytes. Errors: those of unpackedBytes;
 * NotEncoded; BinaryData for a text with the character 0.
 */
export async function* textOf(path: string, encoding: Encoding, hash: Hash | null): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decode = (bytes?: Buffer): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch {
      throw new NotEncoded();
    }
  };
  for await (const bytes of unpackedBytes(path, chunkBytes)) {
    hash?.update(bytes);
    const text = decode(bytes);
    if (text.includes('\0')) throw new BinaryData();
    yield text;
  }
  const rest = decode();
  if (rest !== '') yield rest;
}
