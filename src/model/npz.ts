import { UserError } from '../errors.ts';
import { encodeNpy } from '../files/npy.ts';
import { decodeNpy } from '../files/npy-decode.ts';
import { readZip } from '../files/zip.ts';
import type { ModelArray, Tensor } from './model-arrays.ts';

/** The member with facts. `np.load` gives its bytes. */
const factsName = 'model.json';
/** The same bytes whenever it is written: the earliest time that a ZIP archive can have. */
const mtime = new Date(1980, 0, 1);
/** The most bytes that a file may unpack to. */
const mostUnpacked = 2 ** 31;

/** Arrays as NumPy's archive: kernel_0, bias_0, kernel_1, …, preprocessing_0_divide_by, …, target_offset, target_factor. */
export async function encodeNpz(
  arrays: readonly ModelArray[],
  about: Readonly<Record<string, string>>,
): Promise<Uint8Array> {
  const { zipSync } = await import('fflate');
  const members = arrays.map(({ path, shape, dtype, values }) => {
    const [part, index, name] = path;
    const key = part === 'layers' ? `${name}_${index}` : path.join('_');
    const numbers = dtype === 'float32' ? Float32Array.from(values) : Float64Array.from(values);
    return [`${key}.npy`, Buffer.concat(encodeNpy(numbers, shape))] as const;
  });
  const facts = Buffer.from(JSON.stringify({ format: 'fys-nn', ...about }));
  return zipSync({ ...Object.fromEntries(members), [factsName]: facts }, { level: 0, mtime });
}

export function isZip(bytes: Buffer): boolean {
  return bytes.length >= 4 && bytes.readUInt32LE() === 0x04034b50;
}

/** Reads the numbers of such an archive. Errors: UserError for a damaged one, for text, and for one of more than 2 GiB. */
export function readNpz(bytes: Buffer, file: string): Tensor[] {
  const members = readZip(bytes, file).filter(({ name }) => name !== factsName);
  const size = members.reduce((sum, member) => sum + member.size, 0);
  if (size > mostUnpacked) throw tooLarge(file, size);
  return members.map((member) => {
    const name = member.name.replace(/\.npy$/, '');
    return tensorOf(member.unpack(), name, `the array ${JSON.stringify(name)} in ${file}`);
  });
}

function tensorOf(bytes: Buffer, name: string, what: string): Tensor {
  const { shape, length, fields } = decodeNpy(bytes, what);
  const [{ isText, at }] = fields;
  if (isText || fields.length > 1) {
    throw new UserError({
      what: `${what} has ${isText ? 'text' : 'several fields'}, not numbers`,
      expected: 'arrays of weights',
      remedy: 'leave it out of the file',
    });
  }
  return { name, shape, values: Float64Array.from({ length }, (_, index) => at(index) as number) };
}

function tooLarge(file: string, received: number): UserError {
  return new UserError({
    what: `${file} is too large`,
    expected: `arrays of at most ${mostUnpacked} bytes, unpacked`,
    received,
    remedy: 'leave out arrays that are no weights',
  });
}
