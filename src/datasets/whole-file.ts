import { createHash } from 'node:crypto';
import { TooLarge } from '../files/regular-file.ts';
import { unpackedBytes } from '../files/unpacked.ts';
import { unreadable } from './table-file.ts';

/** The largest file that is read into memory as a whole, unpacked. */
export const largestFile = 2 ** 31;

/** All bytes of a file, unpacked, and their SHA-256. Errors: UserError for one that cannot be read or is larger than 2 GiB. */
export async function wholeFile(path: string): Promise<{ bytes: Buffer; sha256: string }> {
  const pieces: Buffer[] = [];
  const hash = createHash('sha256');
  let length = 0;
  try {
    for await (const piece of unpackedBytes(path, 2 ** 20)) {
      length += piece.length;
      if (length > largestFile) throw new TooLarge(`it has more than ${largestFile} bytes`);
      hash.update(piece);
      pieces.push(piece);
    }
  } catch (error) {
    throw unreadable(path, error);
  }
  return { bytes: Buffer.concat(pieces), sha256: hash.digest('hex') };
}
