import { Worker } from 'node:worker_threads';
import { type ErrorParts, UserError } from '../errors.ts';
import type { TraceDifference } from './replay-trace.ts';

/** A recorded run that was replayed, and how far from it this program is. */
export interface Replay {
  readonly file: string;
  readonly name: string;
  readonly closedForm: boolean;
  readonly differences: readonly TraceDifference[];
}

/** What the thread says: an error of the user's keeps its kind only in parts. */
export type ReplayOutcome = { readonly replays: readonly Replay[] } | { readonly refused: ErrorParts };

/**
 * Reads all traces, then replays them, in a thread of its own: reading and replaying take seconds, in which Ctrl-C is to
 * have its turn. Errors: as `readTrace`.
 */
export async function replayFiles(files: readonly string[]): Promise<readonly Replay[]> {
  const folder = import.meta.url.endsWith('.ts') ? '../../dist/src/trace/' : './';
  const thread = new Worker(new URL(`${folder}replay-thread.js`, import.meta.url), { workerData: files });
  const outcome = await new Promise<ReplayOutcome>((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
  });
  if ('refused' in outcome) throw new UserError(outcome.refused);
  return outcome.replays;
}
