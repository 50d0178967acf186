import { createHash } from 'node:crypto';
import { canonicalJson } from '../trial/trial.ts';
import type { Exercise } from './exercise.ts';
import { exerciseContent } from './exercise-content.ts';

/** e and the SHA-256 of what an exercise computes with, the same in each layout. */
export function idOfExercise(exercise: Omit<Exercise, 'id'>): string {
  const { data, model, optimizer, batches } = exerciseContent(
    { ...exercise, id: '' },
    { kernel: 'in-out', batch: 'first' },
  );
  return `e${createHash('sha256').update(canonicalJson({ data, model, optimizer, batches })).digest('hex')}`;
}
