import { type ReadVerification, readVerification } from '../claims/read-verification.ts';
import { UserError } from '../errors.ts';

/**
 * Reads the verdicts for a page from the first of the folders that has some; null if none has. A page of a quick run shows
 * only verdicts from few seeds, which are not taken for more than they are.
 */
export async function readVerdicts(
  folders: readonly string[],
  quickPage: boolean,
): Promise<ReadVerification | null> {
  for (const folder of folders) {
    const found = await readVerification(folder).catch((error: unknown) => {
      if (error instanceof UserError) return null;
      throw error;
    });
    if (found !== null && (found.quick || !quickPage)) return found;
  }
  return null;
}
