import { losses } from '../nn/losses.ts';
import { hyperparametersOf, withDefaults } from '../nn/optimizers.ts';
import type { Exercise, Layout } from './exercise.ts';
import { type NumberArray, transpose } from './number-array.ts';
import { inPython, recordedLoss } from './trace-schema.ts';
import { type ExerciseFile, format } from './trace-schema-3.ts';

/** An exercise as its file has it, in the given layout. */
export function exerciseContent(exercise: Exercise, layout: Layout = exercise.layout): ExerciseFile {
  const { id, name, source, x, y, loss, delta, penalty, batches } = exercise;
  const isLast = layout.batch === 'last';
  return {
    format,
    kind: 'exercise',
    id,
    name,
    source,
    layout: { kernel: layout.kernel, batch: layout.batch },
    data: { x: nested(x, isLast), y: nested(y, isLast) },
    model: {
      loss: recordedLoss(loss),
      ...(losses[loss].withDelta === null ? {} : { delta }),
      l2: penalty.lambda,
      l1: penalty.l1,
      penalize: penalty.penalizeBiases ? 'all' : 'kernels',
      layers: exercise.layers.map(({ units, activation, kernel, bias }) => ({
        units,
        activation,
        kernel: nested(kernel, layout.kernel === 'out-in'),
        bias: bias === null ? null : nested(bias),
      })),
    },
    optimizer: optimizerContent(exercise),
    batches,
  };
}

const words: Readonly<Record<string, boolean | null>> = { yes: true, no: false, none: null };

/** With every hyperparameter: yes and no as true and false, none as null. */
function optimizerContent({ optimizer, learningRate, schedule }: Exercise): ExerciseFile['optimizer'] {
  const { name } = optimizer;
  const values = new Map(Object.entries(withDefaults(optimizer)));
  const written = Object.keys(hyperparametersOf(name)).map((field) => {
    const value = values.get(field);
    return [inPython(field), typeof value === 'string' ? words[value] : value];
  });
  return { name, learning_rate: learningRate, schedule, ...Object.fromEntries(written) };
}

/** Numbers as nested lists: a single one, a list, or a list of rows, which may be transposed. */
export function nested(array: NumberArray, isTurned = false): unknown {
  const { shape, values } = isTurned ? transpose(array) : array;
  const listOf = ([length, ...inner]: readonly number[], from: number, count: number): unknown =>
    length === undefined
      ? values[from]
      : Array.from({ length }, (_, i) => listOf(inner, from + (i * count) / length, count / length));
  return listOf(shape, 0, values.length);
}
