import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { schedules } from '../nn/schedules.ts';
import { pythonWith } from '../references/python.testing.ts';
import type { Exercise, Layout } from '../trace/exercise.ts';
import { exerciseContent } from '../trace/exercise-content.ts';
import { idOfExercise } from '../trace/exercise-id.ts';
import { madeExercise } from '../trace/exercises.testing.ts';
import { readRecording } from '../trace/read-recording.ts';
import { readableJson } from '../trace/readable-json.ts';
import { checkRecording } from './check-recording.ts';

// The right programs of examples/, in every style and language that is installed, pass the check. They were written without
// this program's code.

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-programs-'));
});
afterAll(() => rm(folder, { recursive: true }));

const run = promisify(execFile);
const example = (path: string) => fileURLToPath(new URL(`../../examples/${path}`, import.meta.url));

/** Whether a program can be started. */
async function isInstalled(program: string): Promise<boolean> {
  const found = await run(program, ['--version']).catch(() => null);
  if (found === null)
    process.stderr.write(`${program} is not installed: the test of its example is skipped\n`);
  return found !== null;
}

const [withNumpy, withTorch, withKeras, hasCompiler, hasJulia] = await Promise.all([
  pythonWith('numpy'),
  pythonWith('numpy, torch'),
  pythonWith('numpy, keras, tensorflow'),
  isInstalled('g++'),
  isInstalled('julia'),
]);

const layouts: Layout[] = [
  { kernel: 'in-out', batch: 'first' },
  { kernel: 'out-in', batch: 'last' },
  { kernel: 'out-in', batch: 'first' },
  { kernel: 'in-out', batch: 'last' },
];

/** An exercise in each layout in turn. */
const exercises: Record<string, Exercise> = {};
function add(name: string, activations: Parameters<typeof madeExercise>[0], others: Partial<Exercise> = {}) {
  const count = Object.keys(exercises).length;
  const made = madeExercise(activations, { layout: layouts[count % 4], ...others }, count + 1);
  exercises[name] = { ...made, name, id: idOfExercise(made) };
}
const penalty = { lambda: 0.02, l1: 0, penalizeBiases: true };
add('sgd, two hidden layers', ['tanh', 'sigmoid', 'linear']);
add('no hidden layer, decay', ['linear'], { schedule: 'decay', rateOf: schedules.decay });
add('L2 on kernels', ['sigmoid', 'linear'], { penalty: { ...penalty, penalizeBiases: false } });
add('L2 on all, four layers', ['relu', 'tanh', 'sigmoid', 'linear'], { penalty });
add('softmax', ['relu', 'softmax'], { loss: 'cross_entropy', penalty });
add('softmax without a hidden layer', ['softmax'], { loss: 'cross_entropy' });
add('binary', ['tanh', 'sigmoid'], { loss: 'binary_cross_entropy' });
add('momentum', ['sigmoid', 'linear'], { optimizer: { name: 'sgd', momentum: 0.9 }, penalty });
add('momentum, no hidden layer', ['tanh'], { optimizer: { name: 'sgd', momentum: 0.5 } });
add('one row in a batch', ['tanh', 'linear'], {
  batches: [[[3], [0], [7], [7]]],
  optimizer: { name: 'sgd', momentum: 0.5 },
});
add('decay and momentum', ['gelu', 'linear'], {
  optimizer: { name: 'sgd', momentum: 0.9 },
  schedule: 'decay',
  rateOf: schedules.decay,
});
add("Nesterov's momentum, clipped", ['leaky_relu', 'elu', 'linear'], {
  optimizer: { name: 'sgd', momentum: 0.8, nesterov: 'yes', clipNorm: 0.5 },
});
add('Adam', ['silu', 'softplus', 'linear'], {
  optimizer: { name: 'adam', beta1: 0.8, beta2: 0.99 },
  penalty: { lambda: 0, l1: 0.03, penalizeBiases: true },
});
add('AdamW, binary', ['relu6', 'sigmoid'], { loss: 'binary_cross_entropy', optimizer: { name: 'adamw' } });
add('Adagrad, mae', ['gelu_tanh', 'linear'], { loss: 'mae', optimizer: { name: 'adagrad' } });
add('Adagrad with momentum', ['sigmoid', 'linear'], { optimizer: { name: 'adagrad', momentum: 0.5 } });
add('RMSprop, huber', ['tanh', 'linear'], {
  loss: 'huber',
  delta: 0.6,
  optimizer: { name: 'rmsprop', rho: 0.9, momentum: 0.3 },
});
const withoutBias = madeExercise(['tanh', 'linear']).layers.map((layer) => ({ ...layer, bias: null }));
add('no biases', ['tanh', 'linear'], { layers: withoutBias, optimizer: { name: 'sgd', momentum: 0.9 } });

const simple = Object.keys(exercises).slice(0, 7);
const withMomentum = [...simple, 'momentum', 'momentum, no hidden layer', 'one row in a batch', 'no biases'];

/** A program, the exercises that it can do, and the ways of writing that the check notes. */
interface Program {
  readonly name: string;
  readonly isInstalled: boolean;
  readonly can: readonly string[];
  readonly writes: readonly string[];
  /** Runs it on each pair of an exercise and the recording that it writes. */
  readonly runAll: (pairs: readonly Pair[]) => Promise<unknown>;
}
type Pair = readonly [exercise: string, recording: string];

/** Runs a program several times in one process, because importing packages takes most of the time. */
const inOneProcess = `
import os, runpy, sys
script, *files = sys.argv[1:]
sys.path.insert(0, os.path.dirname(script))
for pair in zip(files[::2], files[1::2]):
    sys.argv = [script, *pair]
    runpy.run_path(script, run_name='__main__')
`;

const python = (
  interpreter: string | null,
  name: string,
  can: readonly string[],
  writes: readonly string[] = [],
): Program => ({
  name,
  isInstalled: interpreter !== null,
  can,
  writes,
  runAll: (pairs) => run(interpreter!, ['-c', inOneProcess, example(`python/${name}`), ...pairs.flat()]),
});

const programs: Program[] = [
  python(withNumpy, 'backprop_functions.py', simple),
  python(withNumpy, 'backprop_class.py', Object.keys(exercises)),
  python(
    withNumpy,
    'backprop_columns.py',
    withMomentum.filter((name) => !name.includes('decay')),
    [
      'delta-not-averaged',
      'gradient-not-averaged',
      'gradient-not-averaged-penalty-in-update',
      'velocity-without-rate',
    ],
  ),
  python(
    withTorch,
    'torch_hooks.py',
    ['momentum', 'softmax', "Nesterov's momentum, clipped", 'Adam', 'AdamW, binary', 'RMSprop, huber'],
    ['velocity-without-rate'],
  ),
  python(
    withKeras,
    'keras_hooks.py',
    ['momentum', 'Adam', 'AdamW, binary', 'decay and momentum', "Nesterov's momentum, clipped"],
    ['velocity-negative'],
  ),
  {
    name: 'backprop.cpp',
    isInstalled: hasCompiler,
    can: withMomentum,
    writes: [],
    runAll: async (pairs) => {
      const program = join(folder, 'backprop');
      const strict = ['-std=c++17', '-Wall', '-Wextra', '-Werror'];
      await run('g++', [...strict, '-o', program, example('cpp/backprop.cpp')]);
      for (const pair of pairs) await run(program, pair);
    },
  },
  {
    name: 'backprop.jl',
    isInstalled: hasJulia,
    can: withMomentum,
    writes: [],
    runAll: async (pairs) => {
      for (const pair of pairs) await run('julia', [example('julia/backprop.jl'), ...pair]);
    },
  },
];

describe.each(programs)('$name', ({ name: program, isInstalled, can, writes, runAll }) => {
  const filesOf = (name: string): Pair => {
    const number = Object.keys(exercises).indexOf(name);
    return [join(folder, `exercise-${number}.json`), join(folder, `${program}-${number}.json`)];
  };
  beforeAll(async () => {
    if (!isInstalled) return;
    for (const name of can) await writeFile(filesOf(name)[0], readableJson(exerciseContent(exercises[name])));
    await runAll(can.map(filesOf));
  }, 300_000);

  (isInstalled ? test : test.skip).each(can)('%s', async (name) => {
    const recording = await readRecording(filesOf(name)[1]);
    const { first, quantities, conventions } = checkRecording(recording);
    expect(first).toBeNull();
    expect(quantities.filter(({ status }) => status !== 'same')).toEqual([]);
    const steps = new Set(quantities.map(({ batch }) => batch.step));
    expect(steps.size).toBe(exercises[name].batches.flat().length);
    expect(recording.program).toContain(program);
    expect(writes).toEqual(expect.arrayContaining(conventions.map(({ id }) => id)));
  });
});
