import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { UserError } from '../errors.ts';
import type { Exercise } from './exercise.ts';
import { idOfExercise } from './exercise-id.ts';
import { madeExercise, recordingOf } from './exercises.testing.ts';
import { map } from './number-array.ts';
import { placesOf } from './quantities.ts';
import { readableJson } from './readable-json.ts';
import { answersTo, recordingContent } from './recording-content.ts';
import { replayFiles } from './replay.ts';
import { replayTrace } from './replay-trace.ts';
import { readTrace } from './trace-file.ts';

const files = ['ols-closed-form', 'ffnn-relu'].map((name) => `data/fixtures/traces/${name}.json`);

test('a thread of its own gives what this one gives, file by file', async () => {
  const replays = await replayFiles(files);
  expect(replays.map(({ file, name, closedForm }) => ({ file, name, closedForm }))).toEqual([
    { file: files[0], name: 'ols-closed-form', closedForm: true },
    { file: files[1], name: 'ffnn-relu', closedForm: false },
  ]);
  for (const [index, file] of files.entries()) {
    expect(replays[index].differences).toEqual(await replayTrace(await readTrace(file)));
  }
});

test('a refusal comes as the UserError it is, whatever other files are good', async () => {
  const refused = replayFiles([files[0], 'none.json']);
  await expect(refused).rejects.toBeInstanceOf(UserError);
  await expect(refused).rejects.toThrow(/none.json cannot be read.*remedy/s);
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-replay-'));
});
afterAll(() => rm(folder, { recursive: true }));

const replayOf = async (content: object) => {
  const file = join(folder, 'mine.json');
  await writeFile(file, readableJson(content));
  const [replay] = await replayFiles([file, files[1]]);
  return replay;
};
const exercise = (layout: Exercise['layout'] = { kernel: 'in-out', batch: 'first' }): Exercise => {
  const made = madeExercise(['tanh', 'sigmoid', 'linear'], { optimizer: { name: 'adam' }, layout });
  return { ...made, id: idOfExercise(made) };
};

test.each([
  { kernel: 'in-out', batch: 'first' },
  { kernel: 'out-in', batch: 'last' },
] as const)('answers are replayed by the training core, %j', async (layout) => {
  const { name, closedForm, differences } = await replayOf(recordingContent(answersTo(exercise(layout))));
  expect([name, closedForm]).toEqual(['made', false]);
  const layers = [0, 1, 2].flatMap((layer) => [`layers.${layer}.kernel`, `layers.${layer}.bias`]);
  expect(differences.map(({ quantity }) => quantity)).toEqual(layers);
  for (const { difference } of differences) expect(difference).toBeLessThan(1e-13);
});

test('a weight that is off by a millionth after one step is noticed, and where', async () => {
  const recording = recordingOf(exercise(), undefined, ['kernel']);
  const place = placesOf(exercise()).findIndex(({ layer, quantity }) => layer === 1 && quantity === 'kernel');
  const steps = recording.steps.map((arrays, step) =>
    step === 3
      ? arrays.with(
          place,
          map(arrays[place]!, (w) => w * (1 + 1e-6)),
        )
      : arrays,
  );
  const { differences } = await replayOf(recordingContent({ ...recording, steps }));
  const wrong = differences.filter(({ difference }) => difference > 1e-8);
  expect(wrong.map(({ quantity }) => quantity)).toEqual(['layers.1.kernel']);
  expect(differences).toHaveLength(3);
});

test('a recording without weights, and an exercise without numbers, cannot be replayed', async () => {
  const recording = recordingOf(exercise(), undefined, ['z', 'loss']);
  await expect(replayOf(recordingContent(recording))).rejects.toThrow('fys-nn trace check');
  const { exercise: alone } = recordingContent(recording) as { exercise: object };
  await expect(replayOf(alone)).rejects.toThrow('is the exercise, not a recording');
});
