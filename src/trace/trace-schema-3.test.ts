import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { hyperparametersOf, type OptimizerConfig, optimizerNames } from '../nn/optimizers.ts';
import { differenceOf } from './difference.ts';
import { madeExercise } from './exercises.testing.ts';
import { placesOf } from './quantities.ts';
import { recordingFrom } from './read-recording.ts';
import { answersTo } from './recording-content.ts';
import { layerQuantityNames, stepQuantityNames, traceJsonSchema } from './trace-schema-3.ts';

test('data/trace.schema.json is the schema that checks traces: npm run schema', async () => {
  const committed = await readFile('data/trace.schema.json', 'utf8');
  expect(JSON.parse(committed)).toEqual(JSON.parse(JSON.stringify(traceJsonSchema())));
});

test('the schema has every quantity of every optimiser, in the order of computation, and no other', () => {
  const found = optimizerNames.flatMap((name) => {
    const momentum = 'momentum' in hyperparametersOf(name) ? { momentum: 0.5 } : {};
    const optimizer = { name, ...momentum } as OptimizerConfig;
    return placesOf(madeExercise(['tanh', 'linear'], { optimizer }));
  });
  const namesOf = (ofLayers: boolean) =>
    new Set(found.filter(({ layer }) => (layer !== null) === ofLayers).map(({ quantity }) => quantity));
  expect(namesOf(true)).toEqual(new Set(layerQuantityNames));
  expect(namesOf(false)).toEqual(new Set(stepQuantityNames));
});

test('the example in data/README.md is an exercise, and what a right program records of it', async () => {
  const section = (await readFile('data/README.md', 'utf8')).split('## Exercises and recordings')[1];
  const [exercise, recording] = [...section.matchAll(/```json\n(.*?)```/gs)].map(([, text]) => text);
  const whole = recording.replace('{ the exercise above }', () => exercise);
  const read = await recordingFrom('data/README.md', JSON.parse(whole));
  expect(read.exercise.name).toBe('small');
  const { steps } = answersTo(read.exercise);
  read.steps.forEach((arrays, step) => {
    arrays.forEach((array, index) => {
      if (array !== null) expect(differenceOf(steps[step][index]!, array)).toBeLessThan(1e-15);
    });
  });
  expect(read.steps.flat().filter((array) => array !== null)).toHaveLength(8);
});
