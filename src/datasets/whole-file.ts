import { createHash } from 'node:crypto';
import { openRegular, TooLarge } from '../files/regular-file.ts';
import { unpacked } from '../files/unpacked.ts';
import { unreadable } from './table-file.ts';

/** The largest file that is read into memory as a whole, unpacked. */
export const largestFile = 2 ** 31;

/** All bytes of a file, unpacked, and their SHA-256. Errors: UserError for one that cannot be read or is larger than 2 GiB. */
export async function wholeFile(path: string): Promise<{ bytes: Buffer; sha256: string }> {
  try {
    return await readWhole(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function readWhole(path: string): Promise<{ bytes: Buffer; sha256: string }> {
  const file = await openRegular(path);
  try {
    const { size } = await file.stat();
    checkLength(size);
    const hash = createHash('sha256');
    let bytes = Buffer.allocUnsafe(size);
    let length = 0;
    for await (const piece of unpacked(file, 2 ** 20)) {
      checkLength(length + piece.length);
      if (length + piece.length > bytes.length) {
        const longer = Buffer.allocUnsafe(Math.min(largestFile, 2 * (length + piece.length)));
        bytes.copy(longer, 0, 0, length);
        bytes = longer;
      }
      piece.copy(bytes, length);
      hash.update(piece);
      length += piece.length;
    }
    return { bytes: bytes.subarray(0, length), sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}

function checkLength(length: number): void {
  if (length > largestFile) throw new TooLarge(`it has more than ${largestFile} bytes`);
}
