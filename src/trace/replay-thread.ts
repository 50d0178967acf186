import { parentPort, workerData } from 'node:worker_threads';
import { UserError } from '../errors.ts';
import type { Replay, ReplayOutcome } from './replay.ts';
import { replayTrace } from './replay-trace.ts';
import { readTrace } from './trace-file.ts';

/** The thread of `replayFiles`. It reads and checks all files before it replays the first. */
async function replayAll(files: readonly string[]): Promise<ReplayOutcome> {
  try {
    const traces = [];
    for (const file of files) traces.push({ file, trace: await readTrace(file) });
    const replays: Replay[] = [];
    for (const { file, trace } of traces) {
      const closedForm = trace.model.kind === 'polynomial-closed-form';
      replays.push({ file, name: trace.name, closedForm, differences: await replayTrace(trace) });
    }
    return { replays };
  } catch (error) {
    if (error instanceof UserError) return { refused: error.parts };
    throw error;
  }
}

parentPort!.postMessage(await replayAll(workerData as readonly string[]));
