import { Worker } from 'node:worker_threads';
import { hasVectors } from '../kernels/index.ts';
import type { SharedData } from '../trial/shared-data.ts';
import type { Check } from './check.ts';
import type { Golden } from './golden.ts';
import type { GoldenOutcome, GoldenTask } from './golden-thread.ts';

const kernels = { wasm: 'WebAssembly kernels', reference: 'plain reference kernels' } as const;
type KernelsName = keyof typeof kernels;

/** Whether small runs give the same bytes here as everywhere, with each implementation of the kernels. */
export async function checkGolden(golden: Golden, shared: SharedData): Promise<Check[]> {
  const names: KernelsName[] = hasVectors() ? ['wasm', 'reference'] : ['reference'];
  const results = await Promise.all(names.map((name) => runCases(name, golden, shared)));
  return names.map((name, i) => judged(name, golden, results[i]));
}

function judged(name: KernelsName, { cases }: Golden, outcomes: readonly GoldenOutcome[]): Check {
  const what = `same numbers, ${kernels[name]}`;
  const wrong = cases.flatMap((one, i) => {
    const outcome = outcomes[i];
    if ('error' in outcome) return `${one.name}: ${outcome.error}`;
    return outcome.hash === one.sha256
      ? []
      : `${one.name}: ${outcome.hash.slice(0, 16)} instead of ${one.sha256.slice(0, 16)}`;
  });
  if (wrong.length === 0)
    return { what, state: 'ok', found: `${cases.length} of ${cases.length} runs to the byte` };
  return {
    what,
    state: 'wrong',
    found: wrong.join('; '),
    remedy:
      'numbers from here are not those of other machines: install fys-nn again, try another version of Node, and report it with this output',
  };
}

/** In a thread of its own, whose environment says which kernels it takes. */
function runCases(
  name: KernelsName,
  { cases, columns }: Golden,
  shared: SharedData,
): Promise<GoldenOutcome[]> {
  const env = { ...process.env, FYS_NN_KERNELS: name };
  const workerData: GoldenTask = { cases, columns, shared };
  const file = import.meta.url.endsWith('.ts') ? '../../dist/src/doctor/' : './';
  const worker = new Worker(new URL(`${file}golden-thread.js`, import.meta.url), { env, workerData });
  return new Promise((resolve) => {
    const failed = (error: string) => resolve(cases.map(() => ({ error })));
    worker.once('message', resolve);
    worker.once('error', ({ message }) => failed(message));
    worker.once('exit', (code) => failed(`the thread ended with status ${code}`));
  });
}
