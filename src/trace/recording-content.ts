import type { Exercise, Recording } from './exercise.ts';
import { exerciseContent, nested } from './exercise-content.ts';
import { placesOf } from './quantities.ts';
import { isTurnedIn } from './read-recording.ts';
import { rightRules } from './right-rules.ts';
import { valuesOf } from './step.ts';
import { format } from './trace-schema-3.ts';

/** The answers to an exercise: every quantity of every step. */
export function answersTo(exercise: Exercise): Recording {
  const steps = valuesOf(exercise, rightRules(exercise));
  return { kind: 'answers', program: 'fys-nn', exercise, steps };
}

/** A recording or answers as their file has them, in the exercise's layout. Steps without numbers are left out. */
export function recordingContent({ kind, program, exercise, steps }: Recording): object {
  const places = placesOf(exercise);
  const written = steps.flatMap((arrays, step) => {
    const ofStep: Record<string, unknown> = {};
    const layers: Record<string, unknown>[] = exercise.layers.map(() => ({}));
    arrays.forEach((array, index) => {
      if (array === null) return;
      const { layer, quantity } = places[index];
      const to = layer === null ? ofStep : layers[layer];
      const isTurned = isTurnedIn(exercise.layout, places[index]) && array.shape.length === 2;
      to[quantity] = nested(array, isTurned);
    });
    const isEmpty = arrays.every((array) => array === null);
    return isEmpty ? [] : [{ step, ...ofStep, layers }];
  });
  return { format, kind, program, exercise: exerciseContent(exercise), steps: written };
}
