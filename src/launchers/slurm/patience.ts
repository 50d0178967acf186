import { exitCodes, UserError } from '../../errors.ts';
import type { SlurmError } from './commands.ts';

/** How long a command waits for a Slurm that does not answer, in seconds. */
export function createPatience(seconds: number) {
  let since = performance.now();
  let fewest = Number.POSITIVE_INFINITY;
  return {
    /**
     * Takes what a look at the queue came to, and how many trials are open: as long as records arrive, there is no need of Slurm.
     * Errors: UserError if it has not answered for too long.
     */
    check(silence: SlurmError | null, open: number): void {
      const now = performance.now();
      if (silence === null || open < fewest) since = now;
      fewest = Math.min(fewest, open);
      if (silence === null || now - since < 1000 * seconds) return;
      throw new UserError(
        {
          what: `Slurm has not answered for ${timeText(seconds)} (${silence.message})`,
          expected: 'a controller that is up; scontrol ping says whether it is',
          remedy:
            'when it is, run the same command again, or fys-nn attach: what was submitted is not submitted again, and finished trials are in the store',
        },
        exitCodes.incomplete,
      );
    },
  };
}

export function timeText(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} minutes`;
}
