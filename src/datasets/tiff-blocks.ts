import { inflateSync } from 'node:zlib';

/** How the strips and tiles of a TIFF are packed, by the number in the file. */
export const tiffCompressions: Readonly<Record<number, string>> = {
  1: 'none',
  5: 'LZW',
  8: 'Deflate',
  32773: 'PackBits',
  32946: 'Deflate',
};

/** Unpacks a block to at most `most` bytes, so that a small file cannot fill the memory. Errors: damaged bytes. */
export type Unpack = (packed: Uint8Array, most: number) => Uint8Array;

export const unpackDeflate: Unpack = (packed, most) => inflateSync(packed, { maxOutputLength: most });

/** Runs of equal bytes and of others, each after its length. Source: TIFF 6.0, section 9. */
export const unpackPackBits: Unpack = (packed, most) => {
  const out = new Uint8Array(most);
  let to = 0;
  for (let at = 0; at < packed.length && to < most; ) {
    const length = packed[at++];
    if (length < 128) {
      const literal = packed.subarray(at, at + length + 1).subarray(0, most - to);
      out.set(literal, to);
      to += literal.length;
      at += length + 1;
    } else if (length > 128) {
      const next = Math.min(to + 257 - length, most);
      out.fill(packed[at++], to, next);
      to = next;
    }
  }
  return out.subarray(0, to);
};

const clearCode = 256;
const endCode = 257;
const longestCode = 12;

/**
 * Codes of 9 to 12 bits, the highest bit first, for strings that were seen before. A string is kept as where it is in the
 * output, where it can be copied from. Source: TIFF 6.0, section 13.
 */
export const unpackLzw: Unpack = (packed, most) => {
  const out = new Uint8Array(most);
  const starts = new Int32Array(2 ** longestCode);
  const lengths = new Int32Array(2 ** longestCode);
  let [to, next, width, bits, held] = [0, endCode + 1, 9, 0, 0];
  let previous: { start: number; length: number } | null = null;
  for (let at = 0; at < packed.length && to < most; ) {
    while (held < width && at < packed.length) {
      bits = ((bits << 8) | packed[at++]) & 0xffffff;
      held += 8;
    }
    if (held < width) break;
    while (held >= width && to < most) {
      held -= width;
      const code = (bits >> held) & ((1 << width) - 1);
      if (code === endCode) return out.subarray(0, to);
      if (code === clearCode) {
        [next, width, previous] = [endCode + 1, 9, null];
        continue;
      }
      const start = to;
      if (code < clearCode) out[to++] = code;
      else if (code < next) to = copyWithin(out, starts[code], lengths[code], to);
      else if (code === next && previous !== null)
        to = copyWithin(out, previous.start, previous.length + 1, to);
      else throw new Error('LZW has a code that was not defined');
      // The string before, and the first byte of this one, which follows it in the output.
      if (previous !== null && next < 2 ** longestCode) {
        starts[next] = previous.start;
        lengths[next] = previous.length + 1;
        next++;
      }
      if (next >= (1 << width) - 1 && width < longestCode) width++;
      previous = { start, length: to - start };
    }
  }
  return out.subarray(0, to);
};

/** Copies bytes one after another: the source may reach into what is written. Returns where they end. */
function copyWithin(out: Uint8Array, start: number, length: number, to: number): number {
  const end = Math.min(to + length, out.length);
  for (let from = start, place = to; place < end; ) out[place++] = out[from++];
  return end;
}
