import { readSync } from 'node:fs';
import { quote, UserError } from '../errors.ts';
import { decodeNpy, type NpyArray, npyKind, shapeText } from '../files/npy-decode.ts';
import { openRegular } from '../files/regular-file.ts';
import { unpackedStart } from '../files/unpacked.ts';
import { type ArchiveBytes, readZip, type ZipMember } from '../files/zip.ts';
import { type Roles, rolesOf } from './array-roles.ts';
import { type Idx, idxOf } from './idx.ts';
import { type ImageParts, type LabelledImages, noTestPart } from './image-parts.ts';
import { unreadable } from './table-file.ts';
import { wholeFile } from './whole-file.ts';

/** The largest array, unpacked. */
const mostBytes = 2 ** 30;

/**
 * Reads images from a .npz file, such as Keras's mnist.npz: x_train [rows][height][width] and y_train [rows], x_test and
 * y_test; or x and y. Pixels and labels are whole numbers from 0 to 255. Errors: UserError that names the array.
 */
export async function readImageNpz(path: string): Promise<ImageParts> {
  const { bytes } = await wholeFile(path);
  const members = new Map(readZip(bytes, path).map((member) => [member.name.replace(/\.npy$/, ''), member]));
  const roles = rolesOf([...members.keys()]);
  if (roles === null) {
    throw new UserError({
      what: `${path} has no arrays of images and labels`,
      expected: 'x_train, y_train, x_test and y_test, as in mnist.npz of Keras; or x and y',
      received: [...members.keys()].join(', '),
      remedy: 'save them under such names: numpy.savez("images.npz", x=images, y=labels)',
    });
  }
  const parts = roles.inputs.map((_, part) => partOf(path, members, roles, part));
  return {
    train: parts[0],
    test: parts[1] ?? null,
    notes: parts.length === 1 ? [noTestPart] : [],
  };
}

/** Bytes of a packed array in which its header is, unless it is a long one: those of images are short. */
const startBytes = 2 ** 12;

/**
 * Whether the inputs of a .npz file are images: arrays of unsigned bytes with three dimensions. Only the list of arrays and the
 * header of one are read.
 */
export function hasImages(path: string): Promise<boolean> {
  return withFileBytes(path, (bytes) => {
    const members = readZip(bytes, path).filter(({ name }) => name.endsWith('.npy'));
    const roles = rolesOf(members.map(({ name }) => name.slice(0, -4)));
    if (roles === null) return false;
    const kind = npyKind(
      members.find(({ name }) => name === `${roles.inputs[0]}.npy`)!.start(startBytes),
      path,
    );
    return kind !== null && kind.shape.length === 3 && kind.types[0].endsWith('u1');
  });
}

/** Lets an action read parts of a file; of one that is compressed by gzip, of what is packed in it. */
async function withFileBytes<Value>(path: string, action: (bytes: ArchiveBytes) => Value): Promise<Value> {
  const start = await unpackedStart(path, 4).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  const file = await openRegular(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    const { size } = await file.stat();
    const read = (from: number, to: number) => {
      const bytes = Buffer.alloc(Math.max(0, Math.min(to, size) - from));
      return bytes.subarray(0, readSync(file.fd, bytes, 0, bytes.length, from));
    };
    const isPacked = !read(0, 4).equals(start);
    return action(isPacked ? (await wholeFile(path)).bytes : { length: size, subarray: read });
  } finally {
    await file.close();
  }
}

function partOf(
  path: string,
  members: ReadonlyMap<string, ZipMember>,
  roles: Roles,
  part: number,
): LabelledImages {
  const bytesOf = (name: string, dimensions: number): Idx => {
    const what = `the array ${quote(name)} in ${path}`;
    const member = members.get(name)!;
    if (member.size > mostBytes) {
      throw new UserError({
        what: `${what} has ${member.size} bytes, unpacked`,
        expected: `at most ${mostBytes}`,
        remedy: 'save fewer images, or as unsigned bytes',
      });
    }
    return bytesIn(decodeNpy(member.unpack(), what), what, dimensions);
  };
  const [image, label] = [roles.inputs[part], roles.target[part]];
  return {
    images: bytesOf(image, 3),
    labels: bytesOf(label, 1),
    imageFile: `the array ${quote(image)} in ${path}`,
    labelFile: `the array ${quote(label)} in ${path}`,
  };
}

function bytesIn({ shape, length, fields: [{ at }] }: NpyArray, what: string, dimensions: number): Idx {
  const wrong = (problem: string, expected: string) =>
    new UserError({
      what: `${what} ${problem}`,
      expected,
      remedy: 'save it again as unsigned bytes: astype("uint8")',
    });
  // Some libraries write labels as a column.
  const sizes = dimensions === 1 ? shape.filter((size, d) => d === 0 || size !== 1) : shape;
  if (sizes.length !== dimensions) {
    throw wrong(
      `has the shape ${shapeText(shape)}`,
      dimensions === 1 ? 'one label per image' : '[images][height][width]',
    );
  }
  const values = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const value = at(i);
    values[i] = Number(value);
    if (values[i] !== value)
      throw wrong(`has the value ${quote(value)} at place ${i}`, 'whole numbers from 0 to 255');
  }
  return idxOf([...sizes], values);
}
