import { expect, test } from '@jest/globals';
import { madeExercise, recordingOf } from '../../trace/exercises.testing.ts';
import { placesOf } from '../../trace/quantities.ts';
import { checkRecording } from '../check-recording.ts';

test.each([
  ['everything', undefined],
  ['z and a', ['z', 'a']],
  ['z, a and the weights', ['z', 'a', 'kernel', 'bias']],
])("z and a in each other's place are named where %s is recorded", (_, quantities) => {
  for (const exercise of [
    madeExercise(['sigmoid', 'linear']),
    madeExercise(['tanh', 'relu', 'softmax'], { loss: 'cross_entropy' }),
    madeExercise(['sigmoid'], { loss: 'binary_cross_entropy' }),
  ]) {
    const places = placesOf(exercise);
    const right = recordingOf(exercise, undefined, quantities);
    const steps = right.steps.map((step) =>
      step.map((values, index) => {
        const { quantity, layer } = places[index];
        const name = quantity === 'z' ? 'a' : quantity === 'a' ? 'z' : null;
        if (name === null) return values;
        return step[places.findIndex((place) => place.quantity === name && place.layer === layer)];
      }),
    );
    const { first, separate } = checkRecording({ ...right, steps });
    expect(first!.explanations[0].title).toBe("z and a are recorded in each other's place");
    expect(separate).toEqual([]);
  }
});
