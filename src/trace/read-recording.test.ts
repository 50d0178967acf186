import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, hostileJson, mutated, valueOrRefusal } from '../hostile.testing.ts';
import { optimizerNames } from '../nn/optimizers.ts';
import type { Exercise, Layout } from './exercise.ts';
import { exerciseContent } from './exercise-content.ts';
import { idOfExercise } from './exercise-id.ts';
import { madeExercise, recordingOf } from './exercises.testing.ts';
import { batchesOf, placesOf } from './quantities.ts';
import { readExercise } from './read-exercise.ts';
import { readRecording } from './read-recording.ts';
import { readableJson } from './readable-json.ts';
import { answersTo, recordingContent } from './recording-content.ts';
import { shapeError } from './shape-error.ts';

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-trace-3-'));
  file = join(folder, 'mine.json');
});
afterAll(() => rm(folder, { recursive: true }));

const layouts = (['in-out', 'out-in'] as const).flatMap((kernel) =>
  (['first', 'last'] as const).map((batch): Layout => ({ kernel, batch })),
);

const withId = (exercise: Exercise): Exercise => ({ ...exercise, id: idOfExercise(exercise) });
const plain = withId(madeExercise());
const momentum = { name: 'sgd', momentum: 0.9 } as const;
const exercises: [string, Exercise][] = (
  [
    ['three layers', madeExercise()],
    ['no hidden layer', madeExercise(['softmax'], { loss: 'cross_entropy' })],
    ['one sigmoid output', madeExercise(['relu', 'sigmoid'], { loss: 'binary_cross_entropy' })],
    ['a Huber loss', madeExercise(['tanh', 'linear'], { loss: 'huber', delta: 0.3 })],
    ['a penalty', madeExercise(['elu'], { penalty: { lambda: 0.1, l1: 0.2, penalizeBiases: false } })],
    ['no biases', withoutBiases(madeExercise(['tanh', 'linear']))],
    ...optimizerNames.map((name): [string, Exercise] => [
      name,
      madeExercise(['tanh', 'linear'], { optimizer: { name } }),
    ]),
    [
      'momentum',
      madeExercise(['tanh', 'linear'], { optimizer: { ...momentum, nesterov: 'yes', clipNorm: 0.5 } }),
    ],
  ] as [string, Exercise][]
).map(([name, exercise]) => [name, withId(exercise)]);

function withoutBiases(exercise: Exercise): Exercise {
  return { ...exercise, layers: exercise.layers.map((layer) => ({ ...layer, bias: null })) };
}

const readBack = async (content: unknown) => {
  await writeFile(file, typeof content === 'string' ? content : readableJson(content));
  return await readRecording(file);
};
const refusalOf = async (content: unknown): Promise<string> => {
  const outcome = await valueOrRefusal(() => readBack(content));
  return 'refusal' in outcome ? outcome.refusal.message : 'no refusal';
};

describe.each(exercises)('%s', (_, exercise) => {
  test.each(layouts)('is read back as it was written, %j', async (layout) => {
    const turned = { ...exercise, layout };
    const answers = answersTo(turned);
    const read = await readBack(recordingContent(answers));
    expect(read.kind).toBe('answers');
    // JSON has no -0.
    expect(JSON.stringify(read.steps)).toBe(JSON.stringify(answers.steps));
    expect(JSON.stringify(recordingContent(read))).toBe(JSON.stringify(recordingContent(answers)));
    await writeFile(file, readableJson(exerciseContent(turned)));
    const alone = await readExercise(file);
    const { rateOf: _, optimizer: __, ...same } = turned;
    expect(alone).toMatchObject(same);
    expect(alone.id).toBe(exercise.id);
    expect(exerciseContent(alone)).toEqual(exerciseContent(turned));
  });
});

test('a file has the layout that it states', () => {
  const { data, model } = exerciseContent(plain, { kernel: 'out-in', batch: 'last' });
  expect(data.x).toHaveLength(plain.x.shape[1]);
  expect(model.layers[0].kernel).toHaveLength(plain.layers[0].units);
});

type Content = ReturnType<typeof contentOf>;
/** The content of a recording, for tests to change. */
function contentOf(exercise = plain) {
  return JSON.parse(JSON.stringify(recordingContent(recordingOf(exercise)))) as {
    format: unknown;
    kind: unknown;
    program: string;
    exercise: ReturnType<typeof exerciseContent> & { data: { x: number[][] } };
    steps: (Record<string, unknown> & { layers: Record<string, unknown>[] })[];
  };
}
const changed = (change: (content: Content) => void, exercise = plain) => {
  const content = contentOf(exercise);
  change(content);
  return content;
};

test('dimensions of 1 may be missing or extra', async () => {
  const exercise = withId(madeExercise(['tanh', 'sigmoid'], { loss: 'binary_cross_entropy' }));
  const content = changed(({ steps }) => {
    for (const step of steps) {
      step.y = (step.y as number[][]).flat();
      step.loss = [[step.loss]];
      for (const layer of step.layers) layer.bias_gradient = [layer.bias_gradient];
      step.layers[1].z = (step.layers[1].z as number[][]).flat();
      step.layers[1].kernel = (step.layers[1].kernel as number[][]).flat();
    }
  }, exercise);
  expect((await readBack(content)).steps).toEqual(recordingOf(exercise).steps);
});

test('a recording may have any part of the quantities, in any order of steps', async () => {
  const content = changed((all) => {
    all.steps.reverse();
    all.steps.splice(1, 2);
    Object.assign(all.steps[0], { x: null, layers: [{}, { z: all.steps[0].layers[1].z }] });
  });
  const { steps } = await readBack(content);
  const names = placesOf(plain).map(({ layer, quantity }) => `${layer ?? ''}${quantity}`);
  expect(names.filter((_, index) => steps[5][index] !== null)).toEqual(['y', '1z', 'loss']);
  expect(steps.map((arrays) => arrays.some((array) => array !== null))).toEqual([
    true,
    true,
    true,
    false,
    false,
    true,
  ]);
  await expect(
    readBack(changed((all) => delete (all.steps[0] as { layers?: unknown }).layers)),
  ).resolves.toBeDefined();
});

describe('an array of a wrong shape is kept, and refused in words', () => {
  const [N, D, H] = [4, 3, 5];
  const cases: [string, Layout, string, unknown, number[], RegExp][] = [
    ['broadcasting', layouts[0], 'delta', grid(N, N), [N, N], /expected: \(4, 5\)[\s\S]*not \(4, 4\)/],
    [
      'a transpose',
      layouts[0],
      'kernel_gradient',
      grid(H, D),
      [H, D],
      /expected: \(3, 5\)[\s\S]*\(5, 3\)[\s\S]*transposed/,
    ],
    [
      'a transpose in the other layout',
      layouts[3],
      'kernel_gradient',
      grid(D, H),
      [H, D],
      /expected: \(5, 3\)[\s\S]*\(3, 5\)[\s\S]*transposed/,
    ],
    [
      'a flattened array',
      layouts[0],
      'z',
      grid(1, N * H)[0],
      [N * H],
      /expected: \(4, 5\)[\s\S]*\(20,\)[\s\S]*reshape/,
    ],
    [
      'a sum',
      layouts[0],
      'delta',
      grid(1, H)[0],
      [H],
      /expected: \(4, 5\)[\s\S]*\(5,\)[\s\S]*axis is missing/,
    ],
    [
      'no sum',
      layouts[0],
      'bias_gradient',
      grid(N, H),
      [N, H],
      /expected: \(5,\)[\s\S]*\(4, 5\)[\s\S]*not summed/,
    ],
    [
      'an array of another layer',
      layouts[0],
      'kernel',
      grid(5, 4),
      [5, 4],
      /expected: \(3, 5\), not \(5, 4\)[\s\S]*layer 1 has this shape/,
    ],
  ];
  test.each(cases)('%s', async (_, layout, quantity, array, shape, message) => {
    const exercise = { ...plain, layout };
    const read = await readBack(changed(({ steps }) => (steps[3].layers[0][quantity] = array), exercise));
    const index = placesOf(plain).findIndex((place) => place.layer === 0 && place.quantity === quantity);
    expect(read.steps[3][index]!.shape).toEqual(shape);
    const error = shapeError('mine.json', read, batchesOf(plain)[3], placesOf(plain)[index]);
    expect(error.message).toContain(`mine.json: steps.3.layers.0.${quantity} has another shape`);
    expect(error.message).toMatch(message);
  });

  test('(N,) against (N,1)', async () => {
    const exercise = withId(madeExercise(['sigmoid'], { loss: 'binary_cross_entropy' }));
    const read = await readBack(changed(({ steps }) => (steps[0].layers[0].delta = grid(N, N)), exercise));
    const place = placesOf(exercise).find(({ quantity }) => quantity === 'delta')!;
    expect(shapeError('f', read, batchesOf(exercise)[0], place).message).toContain(
      '(4, 1) - (4,) is (4, 4) in NumPy',
    );
  });
});

function grid(rows: number, columns: number): number[][] {
  return Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => i + j / 7));
}

describe('refused, with the entry', () => {
  const cases: [string, string, string | ((content: Content) => void)][] = [
    ['fys-nn-trace/2', 'replay it: fys-nn trace', (all) => (all.format = 'fys-nn-trace/2')],
    ['a later version', 'install a newer fys-nn', (all) => (all.format = 'fys-nn-trace/4')],
    ['no format', 'has another format', (all) => delete all.format],
    ['another kind', 'has another kind', (all) => (all.kind = 'video')],
    ['a field that the format does not have', 'not as the format', (all) => Object.assign(all, { notes: 1 })],
    ['no exercise', 'exercise in', (all) => delete (all as { exercise?: unknown }).exercise],
    ['no steps', 'steps has no numbers', (all) => all.steps.splice(0)],
    [
      'steps without numbers',
      'steps has no numbers',
      (all) => (all.steps = [{ step: 0, layers: [{}, {}] }] as never),
    ],
    ['steps that are no list', 'steps is no list', (all) => (all.steps = 7 as never)],
    ['a step that is no object', 'steps.2 is no object', (all) => (all.steps[2] = 7 as never)],
    ['a step too many', 'steps.5.step is a step too many', (all) => (all.steps[5].step = 6)],
    ['a step twice', 'steps.5.step is 1, as steps.1.step is', (all) => (all.steps[5].step = 1)],
    ['half a step', 'steps.5.step is no number of a step', (all) => (all.steps[5].step = 1.5)],
    [
      'a step without its number',
      'steps.5.step is missing',
      (all) => delete (all.steps[5] as { step?: unknown }).step,
    ],
    ['a layer too many', 'steps.1.layers has 4 elements', (all) => all.steps[1].layers.push({})],
    [
      'a layer that is no object',
      'steps.1.layers.2 is no object',
      (all) => (all.steps[1].layers[2] = [] as never),
    ],
    ['a name that is nearly right', 'did you mean delta?', (all) => (all.steps[0].layers[0].detla = [1])],
    [
      'a quantity of a layer next to layers',
      'put it into an object of layers',
      (all) => Object.assign(all.steps[0], { z: [1] }),
    ],
    [
      'a quantity of the step in a layer',
      'put it next to layers',
      (all) => (all.steps[0].layers[0].loss = 1),
    ],
    [
      'a state that SGD does not have',
      'does not have (sgd)',
      (all) => (all.steps[0].layers[0].kernel_m = [1]),
    ],
    [
      'text',
      'steps.3.layers.1.z[2][1] is the text "0.5", not a number',
      (all) => ((all.steps[3].layers[1].z as unknown[][])[2][1] = '0.5'),
    ],
    [
      'null',
      'steps.3.layers.1.z[2][1] is null, which many programs write for NaN: the training diverged',
      (all) => ((all.steps[3].layers[1].z as unknown[][])[2][1] = null),
    ],
    [
      'an object that looks like no number',
      'z[3][0] is an object, not a number',
      (all) => ((all.steps[0].layers[1].z as unknown[][])[3][0] = { valueOf: 1, toString: 1 }),
    ],
    [
      'a truth value',
      'steps.0.loss is true, not a number',
      (all) => Object.assign(all.steps[0], { loss: true }),
    ],
    [
      'a ragged array',
      'steps.0.layers.1.z[3] has 3 elements',
      (all) => (all.steps[0].layers[1].z as number[][])[3].pop(),
    ],
    [
      'a row that is no list',
      'steps.0.layers.1.z[3] is',
      (all) => ((all.steps[0].layers[1].z as unknown[])[3] = 1),
    ],
    [
      'a list where a number is',
      'steps.0.layers.1.z[3][0] is a list',
      (all) => ((all.steps[0].layers[1].z as unknown[][])[3][0] = [1, 2]),
    ],
    ['an empty array', 'steps.0.layers.1.z is an empty list', (all) => (all.steps[0].layers[1].z = [])],
    [
      'a number nested ten times',
      'steps.0.layers.1.z is nested',
      (all) => (all.steps[0].layers[1].z = [[[[[[[[[[1]]]]]]]]]]),
    ],
    [
      'an edited input',
      'was changed since the exercise was made',
      (all) => (all.exercise.data.x[0][0] += 1e-9),
    ],
    [
      'an edited learning rate',
      'was changed since',
      (all) => (all.exercise.optimizer = { ...all.exercise.optimizer, learning_rate: 0.5 }),
    ],
    ['an edited batch', 'was changed since', (all) => ((all.exercise.batches as number[][][])[0][0][0] = 5)],
    ['an edited id', 'was changed since', (all) => (all.exercise.id = 'e0')],
    [
      'a row that does not exist',
      'exercise.batches[1][2][0] is 99',
      (all) => ((all.exercise.batches as number[][][])[1][2][0] = 99),
    ],
    [
      'a kernel of another shape',
      'exercise.model.layers.1.kernel has another shape',
      (all) => (all.exercise.model.layers[1].kernel as unknown[]).pop(),
    ],
    [
      'an activation that does not exist',
      'exercise.model.layers.0.activation',
      (all) => (all.exercise.model.layers[0].activation = 'cubic' as never),
    ],
    [
      'a hyperparameter that does not exist',
      'exercise.optimizer',
      (all) => Object.assign(all.exercise.optimizer, { beta3: 1 }),
    ],
    [
      'a schedule that cannot be read',
      'exercise.optimizer.schedule',
      (all) => Object.assign(all.exercise.optimizer, { schedule: 'process.exit()' }),
    ],
    [
      'a schedule with negative rates',
      'exercise.optimizer.schedule gives the rate',
      (all) => Object.assign(all.exercise.optimizer, { schedule: '0-eta0' }),
    ],
    [
      'softmax in a hidden layer',
      'exercise.model.layers.0.activation is softmax',
      (all) => (all.exercise.model.layers[0].activation = 'softmax'),
    ],
  ];
  test.each(cases)('%s', async (_, words, change) => {
    const message = await refusalOf(typeof change === 'string' ? change : changed(change));
    expect(message).toContain(words);
    expect(message).toContain(file);
  });

  test.each(['NaN', '-Infinity', 'Infinity', '1e999'])('a bare %s, as Python writes it', async (word) => {
    const text = JSON.stringify(changed((all) => ((all.steps[4].layers[0].z as unknown[][])[2][1] = 'here')));
    const message = await refusalOf(text.replace('"here"', word));
    const shown = word === '1e999' ? 'Infinity' : word;
    expect(message).toContain(`steps.4.layers.0.z[2][1] is ${shown}: the training diverged`);
  });

  test('in the first step, nothing diverged', async () => {
    const text = JSON.stringify(changed((all) => Object.assign(all.steps[0], { loss: 'here' })));
    const message = await refusalOf(text.replace('"here"', 'NaN'));
    expect(message).toContain('steps.0.loss is NaN\n');
    expect(message).toContain('nothing was trained before it');
  });

  test('NaN in a text is no number, and a bare one in the exercise is named too', async () => {
    await expect(readBack(changed((all) => (all.program = 'no NaN here: "\\" NaN')))).resolves.toBeDefined();
    const text = JSON.stringify(contentOf()).replace('"learning_rate":0.1', '"learning_rate":NaN');
    expect(await refusalOf(text)).toContain('exercise.optimizer.learning_rate is NaN');
  });

  test('the exercise itself, and a file that is cut off, empty, binary, UTF-16 or too large', async () => {
    expect(await refusalOf(exerciseContent(plain))).toContain('is the exercise, not a recording');
    const text = JSON.stringify(contentOf());
    for (const length of [0, 1, 100, 1000, text.length - 1])
      expect(await refusalOf(text.slice(0, length))).toMatch(/it ends too early|it is not JSON/);
    expect(await refusalOf(text.slice(0, 5000))).toContain('it ends too early');
    await writeFile(file, Buffer.from(text, 'utf16le'));
    expect(await valueOrRefusal(() => readRecording(file))).toMatchObject({
      refusal: { message: expect.stringContaining('UTF-16') },
    });
    for (const path of ['/dev/zero', folder, join(folder, 'none.json')])
      expect(await valueOrRefusal(() => readRecording(path))).toHaveProperty('refusal');
    const spaces = Buffer.alloc(2 ** 26 + 1, ' ');
    await writeFile(file, spaces);
    expect(await valueOrRefusal(() => readRecording(file))).toMatchObject({
      refusal: { message: expect.stringContaining('larger than 64 MiB') },
    });
  });

  test('a recording where the exercise is expected', async () => {
    await writeFile(file, JSON.stringify(contentOf()));
    expect(await valueOrRefusal(() => readExercise(file))).toMatchObject({
      refusal: { message: expect.stringContaining('is a recording of a program, not an exercise') },
    });
  });
});

test('what is nearly a recording is read to finite numbers, or refused', async () => {
  const good = contentOf();
  await fc.assert(
    fc.asyncProperty(mutated(good), async (content) => {
      const outcome = await valueOrRefusal(() => readBack(JSON.stringify(content) ?? ''));
      if (!('value' in outcome)) return;
      for (const step of outcome.value.steps)
        for (const array of step) expect(array?.values.every(Number.isFinite) ?? true).toBe(true);
    }),
    { seed: fixedSeed, numRuns: 100 },
  );
});

test('any other JSON, any bytes and a million brackets are refused', async () => {
  const content = fc.oneof(
    hostileJson.map((value) => JSON.stringify(value)),
    fc.string({ unit: 'binary', maxLength: 60 }),
  );
  await fc.assert(
    fc.asyncProperty(content, async (text) => expect(await refusalOf(text)).not.toBe('no refusal')),
    { seed: fixedSeed, numRuns: 100 },
  );
  for (const middle of ['', 'NaN']) {
    const text = `{"steps":${'['.repeat(1e6)}${middle}${']'.repeat(1e6)}}`;
    expect(await refusalOf(text)).toContain(file);
  }
});
