import { basename } from 'node:path';
import { UserError } from '../errors.ts';
import type { Exercise } from '../trace/exercise.ts';
import { readExercise } from '../trace/read-exercise.ts';
import { exerciseFiles } from './exercise-files.ts';
import { cellsOf } from './grade-criterion.ts';
import type { Rubric } from './rubric.ts';
import { comparableName } from './submissions.ts';

/** An exercise that the teacher gave out. */
export interface GivenExercise {
  readonly path: string;
  readonly exercise: Exercise;
  /** The student whose exercise it is alone; null: it may be anybody's. */
  readonly owner: string | null;
}

/** The exercises of a rubric, by their ids and by whom they are for. */
export interface GivenExercises {
  readonly all: readonly GivenExercise[];
  /** Those with the id of an exercise; several if the same was given to several students. */
  withId(id: string): readonly GivenExercise[];
  /** The one that a student has to hand in; null if it may be any that has no owner. */
  of(student: string): GivenExercise | null;
}

/**
 * Reads the exercises of a rubric. One belongs to the student that the rubric names, or whose name its file has among
 * `students`.
 *
 * Errors: UserError for files that cannot be read, and for criteria about what an exercise does not have.
 */
export async function readGiven(rubric: Rubric, students: readonly string[]): Promise<GivenExercises> {
  const names = new Set(students.map(comparableName));
  const all: GivenExercise[] = [];
  const files = exerciseFiles(rubric);
  for (const { path, student, keys } of files) {
    const exercise = await readExercise(path).catch((error: unknown) => {
      throw inRubric(error, rubric, path, keys);
    });
    checkCriteria(rubric, path, exercise);
    const fileName = basename(path).replace(/\.json$/i, '');
    // A single exercise is for everybody, whatever a student calls a submission.
    const isOfOne = files.length > 1 && names.has(comparableName(fileName));
    const owner = student ?? (isOfOne ? fileName : null);
    all.push({ path, exercise, owner });
  }
  return givenExercises(all);
}

/** An exercise that cannot be read, as an error of the rubric that names it; any other error as it is. */
function inRubric(error: unknown, rubric: Rubric, path: string, keys: readonly PropertyKey[]): unknown {
  const start = `${path} cannot be read: `;
  if (!(error instanceof UserError) || !error.parts.what.startsWith(start)) return error;
  const remedy = `${error.parts.what.slice(start.length)}: correct the path, which is from the folder of the rubric`;
  return rubric.error(keys, 'an exercise that fys-nn trace new wrote', path, remedy);
}

/** Exercises, to be found by their ids and owners. */
export function givenExercises(all: readonly GivenExercise[]): GivenExercises {
  const byId = new Map<string, GivenExercise[]>();
  for (const given of all) byId.set(given.exercise.id, [...(byId.get(given.exercise.id) ?? []), given]);
  const byOwner = new Map(
    all.flatMap((given) => (given.owner === null ? [] : [[comparableName(given.owner), given]])),
  );
  return {
    all,
    withId: (id) => byId.get(id) ?? [],
    of: (student) => byOwner.get(comparableName(student)) ?? null,
  };
}

/** Refuses a criterion about a quantity or a layer that an exercise does not have: nobody could get its points. */
function checkCriteria(rubric: Rubric, path: string, exercise: Exercise): void {
  for (const [index, criterion] of rubric.criteria.entries()) {
    for (const [place, quantity] of criterion.quantities.entries()) {
      if (cellsOf(criterion, quantity, exercise).length > 0) continue;
      const without = { ...criterion, layers: 'all' as const };
      const isLayer = cellsOf(without, quantity, exercise).length > 0;
      throw rubric.error(
        ['criteria', index, ...(isLayer ? ['layers'] : ['quantities', place])],
        isLayer
          ? `layers that ${path} has`
          : `a quantity that ${path} has: its optimiser is ${exercise.optimizer.name}`,
        isLayer ? criterion.layers : quantity,
        'change the criterion, or give out another exercise',
      );
    }
  }
}
