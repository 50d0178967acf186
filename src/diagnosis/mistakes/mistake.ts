import type { Exercise } from '../../trace/exercise.ts';
import type { NumberArray } from '../../trace/number-array.ts';
import type { Batch, Place } from '../../trace/quantities.ts';
import type { Rules, Step } from '../../trace/rules.ts';
import { layerText } from '../../trace/words.ts';

/** A mistake in a program, as the program that makes it. */
export interface Mistake {
  readonly id: string;
  /** What the program does: "the derivative of the activation is missing in the deltas of hidden layers". */
  readonly title: string;
  /** What is right, and why, in one or two sentences. */
  readonly explain: string;
  /** What to change, with a line of NumPy where it helps. */
  readonly fix: string;
  /** The program with this mistake, from the program without it. */
  readonly rules: (right: Rules) => Rules;
  /** It says only how numbers are related ("twice ours"); it is named only if nothing more specific gives the same. */
  readonly generic?: true;
  /** It is named only if it gives everything that was recorded: a relation of numbers alone is little evidence. */
  readonly whole?: true;
  /** How many numbers it takes from the recording itself, 0 if it is left out: more than these have to agree. */
  readonly fitted?: number;
  /** How closely it has to reproduce the numbers, if rounding keeps it from doing so exactly. */
  readonly tolerance?: number;
}

/** The first difference, from which a mistake may take its parameters. */
export interface Evidence {
  readonly batch: Batch;
  readonly place: Place;
  /** The place's number in `placesOf`. */
  readonly index: number;
  /** What the program without the mistake computes there, from the numbers recorded before. */
  readonly ours: NumberArray;
  readonly theirs: NumberArray;
  /** The step up to there. */
  readonly step: Step;
  /** What another program expects there, following the recording; null if it ends before, or if that would take too long. */
  readonly expectedOf: (rules: Rules) => NumberArray | null;
}

/** The mistakes of a kind that are possible in an exercise; none if it does not apply. */
export type MistakeKind = (exercise: Exercise, evidence: Evidence) => readonly Mistake[];

/**
 * A mistake that can be in several layers: in all of them, in the hidden ones, or in a single one. `where` says which in
 * words.
 */
export function inLayers(
  exercise: Exercise,
  layers: readonly number[],
  id: string,
  make: (where: string, has: (layer: number) => boolean) => Omit<Mistake, 'id'>,
): Mistake[] {
  const last = exercise.layers.length - 1;
  const groups = new Map<string, { id: string; group: readonly number[] }>();
  const put = (suffix: string, group: readonly number[]): void => {
    if (group.length > 0 && !groups.has(group.join()))
      groups.set(group.join(), { id: `${id}${suffix}`, group });
  };
  put('', layers);
  put(
    ':hidden',
    layers.filter((layer) => layer < last),
  );
  for (const layer of layers) put(`:layer-${layer}`, [layer]);
  return [...groups.values()].map(({ id, group }) => ({
    id,
    ...make(whereOf(exercise, group), (layer) => group.includes(layer)),
  }));
}

function whereOf(exercise: Exercise, group: readonly number[]): string {
  const last = exercise.layers.length - 1;
  if (group.length === 1) return layerText(group[0], exercise);
  if (group.length === last + 1) return 'every layer';
  if (group.length === last && !group.includes(last)) return 'every hidden layer';
  return `layers ${group.slice(0, -1).join(', ')} and ${group.at(-1)}`;
}

/** The layers of an exercise that fulfil a condition. */
export const layersWhere = ({ layers }: Exercise, holds: (layer: number) => boolean = () => true): number[] =>
  layers.map((_, layer) => layer).filter(holds);
