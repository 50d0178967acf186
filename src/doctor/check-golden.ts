import { Worker } from 'node:worker_threads';
import { hasVectors } from '../kernels/index.ts';
import type { SharedData } from '../trial/shared-data.ts';
import type { Check } from './check.ts';
import type { Golden } from './golden.ts';
import type { GoldenOutcome, GoldenTask } from './golden-thread.ts';

const kernels = { wasm: 'WebAssembly kernels', reference: 'plain reference kernels' } as const;
type KernelsName = keyof typeof kernels;

/** Checks that small runs give the same bytes here as on every other machine, with each implementation of the kernels. */
export async function checkGolden(golden: Golden, shared: SharedData): Promise<Check[]> {
  const names: KernelsName[] = hasVectors() ? ['wasm', 'reference'] : ['reference'];
  const results = await Promise.all(names.map((name) => runCases(name, golden, shared)));
  return names.map((name, i) => goldenCheck(name, golden, results[i]));
}

function goldenCheck(name: KernelsName, { cases }: Golden, outcomes: readonly GoldenOutcome[]): Check {
  const what = `same numbers, ${kernels[name]}`;
  const wrong = cases.flatMap((one, i) => {
    const outcome = outcomes[i];
    if ('error' in outcome) return `${one.name}: ${outcome.error}`;
    return outcome.hash === one.sha256
      ? []
      : `${one.name}: ${outcome.hash.slice(0, 16)} instead of ${one.sha256.slice(0, 16)}`;
  });
  if (wrong.length === 0)
    return { what, state: 'ok', found: `${cases.length} of ${cases.length} runs identical` };
  return {
    what,
    state: 'wrong',
    found: wrong.join('; '),
    remedy:
      'this machine computes different numbers from other machines: install fys-nn again, try another version of Node, and report the problem with this output',
  };
}

/** Runs the cases in a separate thread, because its environment decides which kernels it uses. */
function runCases(
  name: KernelsName,
  { cases, columns }: Golden,
  shared: SharedData,
): Promise<GoldenOutcome[]> {
  const env = { ...process.env, FYS_NN_KERNELS: name };
  const workerData: GoldenTask = { cases, columns, shared };
  const folder = import.meta.url.endsWith('.ts') ? '../../dist/src/doctor/' : './';
  const worker = new Worker(new URL(`${folder}golden-thread.js`, import.meta.url), { env, workerData });
  return new Promise((resolve) => {
    const failed = (error: string) => resolve(cases.map(() => ({ error })));
    worker.once('message', resolve);
    worker.once('error', ({ message }) => failed(message));
    worker.once('exit', (code) => failed(`the thread ended with status ${code}`));
  });
}
