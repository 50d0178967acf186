/** A file is no TIFF, or a damaged one; the message says why. */
export class BadTiff extends Error {}

/** Bytes of a value by the number of its type. */
const typeSizes: Readonly<Record<number, number>> = {
  ...{ 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4 },
  ...{ 16: 8, 17: 8, 18: 8 },
};

/** Whether a file begins as TIFF or BigTIFF does. */
export function isTiff(start: Uint8Array): boolean {
  const [a, b, c, d] = start;
  const isLittle = a === 0x49 && b === 0x49 && (c === 42 || c === 43) && d === 0;
  const isBig = a === 0x4d && b === 0x4d && c === 0 && (d === 42 || d === 43);
  return isLittle || isBig;
}

/**
 * Checks that the values of the first image's tags are within the file, so that no list is longer than the file. Errors: BadTiff.
 * Source: TIFF 6.0, section 2, and BigTIFF.
 */
export function checkDirectory(bytes: Buffer): void {
  const isLittle = bytes[0] === 0x49;
  const isBig = bytes[isLittle ? 2 : 3] === 43;
  const read = (at: number, size: 2 | 4 | 8): number => {
    if (!(at >= 0 && at + size <= bytes.length)) throw new BadTiff('it is cut off');
    if (size === 2) return isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
    if (size === 4) return isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
    return Number(isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
  };
  const word = isBig ? 8 : 4;
  const first = read(isBig ? 8 : 4, word);
  const count = read(first, isBig ? 8 : 2);
  const entries = first + (isBig ? 8 : 2);
  const entryLength = isBig ? 20 : 12;
  if (count === 0 || entries + count * entryLength > bytes.length) throw new BadTiff('it is cut off');
  for (let i = 0; i < count; i++) {
    const at = entries + i * entryLength;
    const size = typeSizes[read(at + 2, 2)];
    const length = read(at + 4, word) * (size ?? 0);
    const value = at + 4 + word;
    const from = length <= word ? value : read(value, word);
    if (size === undefined || from + length > bytes.length) {
      throw new BadTiff(`it is cut off or damaged: tag ${read(at, 2)} is beyond its end`);
    }
  }
}
