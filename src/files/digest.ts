import { createHash } from 'node:crypto';
import { openRegular } from './regular-file.ts';

/** The SHA-256 of a regular file, in lower-case hexadecimal. Errors: as openRegular. */
export async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  const file = await openRegular(path);
  try {
    for await (const bytes of file.createReadStream({ autoClose: false })) hash.update(bytes);
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}
