import { Worker } from 'node:worker_threads';
import { type ErrorParts, UserError } from '../errors.ts';
import type { TraceDifference } from './replay-trace.ts';

/** A replayed trace, with the difference from the recording for each quantity. */
export interface Replay {
  readonly file: string;
  readonly name: string;
  readonly closedForm: boolean;
  readonly differences: readonly TraceDifference[];
}

/** What the thread sends. A UserError is sent as its parts, because an error loses its class on the way. */
export type ReplayOutcome = { readonly replays: readonly Replay[] } | { readonly refused: ErrorParts };

/**
 * Reads all traces, then replays them in a separate thread, so that Ctrl-C works during the seconds this can take. Errors:
 * the same as `readTrace`.
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
