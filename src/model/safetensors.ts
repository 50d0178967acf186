import { UserError } from '../errors.ts';
import { half } from '../files/npy-decode.ts';
import type { Dtype } from '../math/dtype.ts';

import { elementBytes, numbersFromBytes, numbersToBytes } from '../math/number-bytes.ts';
import { type ModelArray, sizeOf, type Tensor } from './model-arrays.ts';

/** The format's own limit of its header. */
const longestHeader = 100_000_000;
const names: Readonly<Record<Dtype, string>> = { float64: 'F64', float32: 'F32' };

/**
 * Arrays in the format of Hugging Face's safetensors: the length of the header, 8 bytes; the header, JSON; the numbers.
 *
 * Their names are their paths, joined by dots; `__metadata__` has the facts. float64 comes first, so that every array starts at a
 * multiple of its element size. Source: https://github.com/huggingface/safetensors
 */
export function encodeSafetensors(
  arrays: readonly ModelArray[],
  facts: Readonly<Record<string, string>>,
): Buffer {
  const sorted = arrays.toSorted((a, b) => elementBytes[b.dtype] - elementBytes[a.dtype]);
  const header: Record<string, unknown> = { __metadata__: { format: 'fys-nn', ...facts } };
  let at = 0;
  for (const { path, shape, dtype } of sorted) {
    const end = at + elementBytes[dtype] * sizeOf(shape);
    header[path.join('.')] = { dtype: names[dtype], shape, data_offsets: [at, end] };
    at = end;
  }
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(8 + 8 * Math.ceil(text.length / 8), ' ');
  padded.writeBigUInt64LE(BigInt(padded.length - 8));
  text.copy(padded, 8);
  return Buffer.concat([padded, ...sorted.map(({ values, dtype }) => numbersToBytes(values, dtype))]);
}

/** The types of numbers that weights may have. */
const readers: Readonly<Record<string, { readonly size: number; read(bytes: Buffer): Float64Array }>> = {
  F64: { size: 8, read: (bytes) => numbersFromBytes(bytes, 'float64') },
  F32: { size: 4, read: (bytes) => numbersFromBytes(bytes, 'float32') },
  F16: { size: 2, read: (bytes) => halves(bytes, half) },
  BF16: { size: 2, read: (bytes) => halves(bytes, bfloat16) },
};

/** The upper half of a float32. */
function bfloat16(bits: number): number {
  return numbersFromBytes(Uint8Array.of(0, 0, bits & 255, bits >> 8), 'float32')[0];
}

function halves(bytes: Buffer, decode: (bits: number) => number): Float64Array {
  return Float64Array.from({ length: bytes.length / 2 }, (_, at) => decode(bytes.readUInt16LE(2 * at)));
}

/** Whether bytes may be such a file: a header of a possible length that begins as JSON does. */
export function isSafetensors(bytes: Buffer): boolean {
  return bytes.length >= 10 && bytes.readUInt32LE(4) === 0 && bytes[8] === 0x7b;
}

/**
 * Reads such a file: floats of 16, 32 and 64 bits. The arrays have to fill the file, without gaps and overlaps.
 *
 * `file` is the name for messages. Errors: UserError for a file that is cut off or damaged, and for other types of numbers.
 */
export function readSafetensors(bytes: Buffer, file: string): Tensor[] {
  const refuse = (what: string, remedy = 'write or copy the file again'): never => {
    throw new UserError({ what: `${file} ${what}`, expected: 'a whole safetensors file', remedy });
  };
  const length = bytes.length < 8 ? -1 : Number(bytes.readBigUInt64LE());
  if (length < 2 || length > longestHeader) return refuse('is no safetensors file: its header has no length');
  const data = bytes.subarray(8 + length);
  if (8 + length > bytes.length) return refuse(`is cut off: its header alone has ${length} bytes`);
  const header = parseHeader(bytes.subarray(8, 8 + length));
  if (header === null) return refuse('is damaged: its header is no JSON object');
  const found = Object.entries(header).filter(([name]) => name !== '__metadata__');
  const places: (readonly [from: number, to: number, name: string])[] = [];
  const tensors = found.map(([name, entry]): Tensor => {
    const said = JSON.stringify(name);
    const { dtype, shape, data_offsets: offsets } = Object(entry);
    if (!isSizes(shape) || !isSizes(offsets) || offsets.length !== 2 || typeof dtype !== 'string')
      return refuse(`is damaged: the entry of ${said} does not say dtype, shape and data_offsets`);
    if (!Object.hasOwn(readers, dtype))
      return refuse(
        `has the type ${dtype} in ${said}`,
        'write floats of 16, 32 or 64 bits, for example with .float()',
      );
    const { size, read } = readers[dtype];
    const [from, to] = offsets;
    if (to > data.length) return refuse(`is cut off: ${said} ends after ${to} bytes of ${data.length}`);
    if (to - from !== size * sizeOf(shape))
      return refuse(
        `is damaged: ${said} has ${to - from} bytes, not ${size * sizeOf(shape)} as its shape says`,
      );
    places.push([from, to, said]);
    return { name, shape, values: read(data.subarray(from, to)) };
  });
  const end = places
    .sort((a, b) => a[0] - b[0] || a[1] - b[1])
    .reduce((before, [from, to, said]) => {
      if (from !== before)
        refuse(`is damaged: ${said} ${from < before ? 'overlaps another array' : 'begins after a gap'}`);
      return to;
    }, 0);
  if (end !== data.length) refuse(`is damaged: ${data.length - end} bytes at its end belong to no array`);
  return tensors;
}

function parseHeader(bytes: Buffer): Record<string, unknown> | null {
  try {
    const header: unknown = JSON.parse(bytes.toString());
    return typeof header === 'object' && header !== null && !Array.isArray(header) ? { ...header } : null;
  } catch {
    return null;
  }
}

function isSizes(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.length <= 32 &&
    value.every((size) => Number.isSafeInteger(size) && size >= 0)
  );
}
