import { parentPort, workerData } from 'node:worker_threads';
import { UserError } from '../errors.ts';
import { readTraceJson } from './json-numbers.ts';
import { recordingFrom } from './read-recording.ts';
import type { Replay, ReplayOutcome } from './replay.ts';
import { replayRecording } from './replay-recording.ts';
import { replayTrace } from './replay-trace.ts';
import { isVersion3 } from './trace-error.ts';
import { traceFrom } from './trace-file.ts';

/** The thread of `replayFiles`. It reads and checks all files before it replays the first. */
async function replayAll(files: readonly string[]): Promise<ReplayOutcome> {
  try {
    const traces = [];
    for (const file of files) traces.push(await readReplay(file));
    const replays: Replay[] = [];
    for (const { run, ...about } of traces) replays.push({ ...about, differences: await run() });
    return { replays };
  } catch (error) {
    if (error instanceof UserError) return { refused: error.parts };
    throw error;
  }
}

/** A file of any version, and what replays it. */
async function readReplay(file: string) {
  const content = await readTraceJson(file);
  if (isVersion3(content)) {
    const recording = await recordingFrom(file, content);
    const { name } = recording.exercise;
    return { file, name, closedForm: false, run: () => replayRecording(file, recording) };
  }
  const trace = await traceFrom(file, content);
  const closedForm = trace.model.kind === 'polynomial-closed-form';
  return { file, name: trace.name, closedForm, run: () => replayTrace(trace) };
}

parentPort!.postMessage(await replayAll(workerData as readonly string[]));
