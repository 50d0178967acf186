import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import type { Settings } from '../experiment/options.ts';
import { pythonCandidates } from '../references/python.ts';
import { ownDraft } from './exercise-drafts.ts';
import { makeExercise } from './new-exercise.ts';
import { readableJson } from './readable-json.ts';
import { answersTo, recordingContent } from './recording-content.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('./in_torch.py', import.meta.url));

/** A Python with PyTorch; null if there is none. */
async function pythonWithTorch(): Promise<string | null> {
  for (const interpreter of pythonCandidates()) {
    if (await run(interpreter, ['-c', 'import torch']).catch(() => null)) return interpreter;
  }
  process.stderr.write('torch is not installed for Python: answers are not compared with it\n');
  return null;
}
const interpreter = await pythonWithTorch();

const exercises: Settings[] = [
  {},
  { loss: 'cross_entropy', activation: 'relu', optimizer: 'adam', lambda: 0.1, penalize: 'kernels' },
  { loss: 'huber', delta: 0.4, activation: 'tanh', momentum: 0.9, nesterov: 'yes' },
  { loss: 'mae', activation: 'gelu', momentum: 0.8, l1: 0.05 },
  { loss: 'binary_cross_entropy', activation: 'elu', optimizer: 'rmsprop', momentum: 0.5 },
  { hidden: '6-5-8', activation: 'silu-softplus-leaky_relu', optimizer: 'adamw', weightDecay: 0.1 },
  {
    activation: 'gelu_tanh',
    optimizer: 'adagrad',
    clipNorm: 0.3,
    outputActivation: 'tanh',
    outputBiasInit: 'none',
  },
  { hidden: 'none', loss: 'cross_entropy', lambda: 0.02, l1: 0.01 },
  { activation: 'relu6', clipNorm: 0.2, loss: 'sigmoid_cross_entropy', batches: 'with-replacement' },
];

(interpreter === null ? test.skip : test)(
  'PyTorch computes the same in each step, for losses, activations, optimisers and penalties',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fys-nn-torch-'));
    const files: string[] = [];
    for (const [index, given] of exercises.entries()) {
      const layout =
        index % 2 === 0
          ? ({ kernel: 'in-out', batch: 'first' } as const)
          : ({ kernel: 'out-in', batch: 'last' } as const);
      const exercise = await makeExercise(ownDraft(given, {}), { name: 'made', source: 'a test', layout });
      const file = join(folder, `${index}.json`);
      await writeFile(file, readableJson(recordingContent(answersTo(exercise))));
      files.push(file);
    }
    const { stdout } = await run(interpreter!, [script, ...files]);
    await rm(folder, { recursive: true });
    const found: Record<string, { difference: number; compared: number }> = JSON.parse(stdout);
    for (const [index, file] of files.entries()) {
      expect([index, found[file].difference < 1e-11]).toEqual([index, true]);
      expect(found[file].compared).toBeGreaterThan(100);
    }
  },
  60_000,
);
