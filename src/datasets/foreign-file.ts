import { quote } from '../errors.ts';

/** What a file is that should be something else, and how to get the right one. */
export interface Foreign {
  /** Follows the file's name: "is a web page". */
  readonly is: string;
  readonly remedy: string;
}

const text = (start: string) => (bytes: Uint8Array) =>
  textOf(bytes).trimStart().toLowerCase().startsWith(start);
const magic =
  (...start: readonly number[]) =>
  (bytes: Uint8Array) =>
    start.every((byte, i) => bytes[i] === byte);

const unpack = 'unpack it, and give the folder with the unpacked files';
const exportIt = 'save its content in a format that is read, such as CSV for a table';
const downloadItself =
  'download the file itself; the link may have led to a page that asks for a login or consent';

/** Files that are often found under the name of another: by their first bytes. */
const kinds: readonly (Foreign & { readonly matches: (bytes: Uint8Array) => boolean })[] = [
  { matches: (bytes) => bytes.length === 0, is: 'is empty', remedy: 'download the file again' },
  { matches: text('<!doctype html'), is: 'is a web page', remedy: downloadItself },
  { matches: text('<html'), is: 'is a web page', remedy: downloadItself },
  { matches: text('<?xml'), is: 'is an XML document', remedy: downloadItself },
  {
    matches: text('version https://git-lfs.github.com/spec/'),
    is: 'is a Git LFS pointer to the file, not the file itself',
    remedy: 'run git lfs pull in the repository that it comes from, then copy it again',
  },
  {
    matches: magic(0x1f, 0x8b),
    is: 'is compressed twice',
    remedy: 'unpack it once with gunzip',
  },
  { matches: magic(0x89, 0x50, 0x4e, 0x47), is: 'is a PNG image', remedy: exportIt },
  { matches: magic(0xff, 0xd8, 0xff), is: 'is a JPEG image', remedy: exportIt },
  { matches: text('%pdf-'), is: 'is a PDF document', remedy: exportIt },
  { matches: magic(0x89, 0x48, 0x44, 0x46), is: 'is an HDF5 file', remedy: exportIt },
  { matches: text('sqlite format 3\0'), is: 'is an SQLite database', remedy: exportIt },
  { matches: magic(0xd0, 0xcf, 0x11, 0xe0), is: 'is a document of an older Office', remedy: exportIt },
  { matches: magic(0x50, 0x4b), is: 'is a ZIP archive', remedy: unpack },
  { matches: magic(0x42, 0x5a, 0x68), is: 'is compressed with bzip2', remedy: unpack },
  { matches: magic(0xfd, 0x37, 0x7a, 0x58, 0x5a), is: 'is compressed with xz', remedy: unpack },
  { matches: magic(0x28, 0xb5, 0x2f, 0xfd), is: 'is compressed with zstd', remedy: unpack },
  { matches: magic(0x1f, 0x9d), is: 'is compressed with compress', remedy: unpack },
  {
    matches: (bytes) => textOf(bytes.subarray(257, 262)) === 'ustar',
    is: 'is a tar archive',
    remedy: unpack,
  },
  {
    matches: magic(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59),
    is: 'is a NumPy file',
    remedy: 'write its array as an IDX file of unsigned bytes',
  },
];

/** Recognises a file of a known kind by its first bytes. */
export function recogniseKind(bytes: Uint8Array): Foreign | null {
  return kinds.find(({ matches }) => matches(bytes)) ?? null;
}

/** Recognises the contents of a file that is not what it should be; null if nothing is known of them. */
export function recogniseForeign(bytes: Uint8Array): Foreign | null {
  const kind = recogniseKind(bytes);
  if (kind !== null) return kind;
  const start = textOf(bytes);
  if (!/^[\t\n\r -~]{4,}$/.test(start)) return null;
  return { is: `is text that begins with ${quote(start.slice(0, 30))}`, remedy: downloadItself };
}

/** The first bytes as text, without a byte order mark. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 200))
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '');
}
