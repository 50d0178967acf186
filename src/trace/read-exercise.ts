import { counted, printableText, quote, UserError } from '../errors.ts';
import { defaultDelta, losses } from '../nn/losses.ts';
import { withDefaults } from '../nn/optimizers.ts';
import { checkSchedule, compileSchedule, type Schedule } from '../nn/schedules.ts';
import { arrayAt, arrayOfShape, shapeInFile, shapeText } from './arrays.ts';
import type { Exercise } from './exercise.ts';
import { idOfExercise } from './exercise-id.ts';
import { readTraceJson } from './json-numbers.ts';
import { checkExerciseWork } from './limits.ts';
import { entryError, parsedBy, requireKind } from './trace-error.ts';
import { lossNamed, optimizerConfig } from './trace-schema.ts';
import { type ExerciseFile, exerciseFile } from './trace-schema-3.ts';

/**
 * Reads an exercise of fys-nn-trace/3 in any layout. Errors: UserError if it cannot be read, is another kind of file, does
 * not fit together, was changed since it was made, or takes too much work.
 */
export async function readExercise(file: string): Promise<Exercise> {
  return await exerciseFrom(file, await readTraceJson(file));
}

/** The exercise in the content of a file, at an entry of it. Errors: as readExercise. */
export async function exerciseFrom(file: string, content: unknown, at = ''): Promise<Exercise> {
  requireKind(file, content, at, ['exercise']);
  const written = parsedBy(exerciseFile, file, content, at);
  const place = (entry: string) => (at === '' ? entry : `${at}.${entry}`);
  const exercise = await exerciseOf(written, file, place);
  const steps = exercise.batches.flat();
  const taken = steps.reduce((sum, { length }) => sum + length, 0);
  const { layers, x } = exercise;
  checkExerciseWork(file, { inputs: x.shape[1], layers, steps: steps.length, taken });
  if (written.id === idOfExercise(exercise)) return exercise;
  throw new UserError({
    what: `${file} was changed since the exercise was made: ${place('id')} does not belong to its data, model, optimizer and batches`,
    expected: 'the exercise as fys-nn trace new wrote it; only the layout may differ',
    received: written.id,
    remedy:
      'copy the exercise again, and change only your own program; fys-nn trace new makes other exercises',
  });
}

type PlaceOf = (entry: string) => string;

const copyAgain = 'copy the exercise again: only fys-nn trace new makes one';

/** The arrays of a file, checked for their shapes, in the program's layout. */
async function exerciseOf(written: ExerciseFile, file: string, place: PlaceOf): Promise<Exercise> {
  const { data, model, layout, id, name, source, optimizer } = written;
  if (![name, source].every((text) => printableText.test(text) && text.length <= 1000))
    throw entryError(file, place('name'), 'or source cannot be shown', 'short text on one line', copyAgain);
  const array = (entry: string, value: unknown, shape: readonly number[], isTurned: boolean) => {
    const read = arrayAt(file, place(entry), value);
    const turned = arrayOfShape(read, shape, isTurned);
    if (turned !== null) return turned;
    throw new UserError({
      what: `${file}: ${place(entry)} has another shape`,
      expected: shapeText(shapeInFile(shape, isTurned)),
      received: shapeText(read.shape),
      remedy: copyAgain,
    });
  };
  const isLast = layout.batch === 'last';
  const { shape } = arrayAt(file, place('data.x'), data.x);
  if (shape.length < 1 || shape.length > 2)
    throw entryError(
      file,
      place('data.x'),
      `has the shape ${shapeText(shape)}`,
      'rows and inputs',
      copyAgain,
    );
  const [first, second = 1] = shape;
  const [rows, inputs] = isLast && shape.length === 2 ? [second, first] : [first, second];
  const isTurned = layout.kernel === 'out-in';
  const layers = model.layers.map(({ units, activation, kernel, bias }, index) => {
    const entry = `model.layers.${index}`;
    const fanIn = index === 0 ? inputs : model.layers[index - 1].units;
    return {
      units,
      activation,
      kernel: array(`${entry}.kernel`, kernel, [fanIn, units], isTurned),
      bias: bias === null ? null : array(`${entry}.bias`, bias, [units], false),
    };
  });
  const batches = batchesOf(written.batches, file, place, rows);
  const exercise = {
    ...{ id, name, source, layout, layers, batches },
    x: array('data.x', data.x, [rows, inputs], isLast),
    y: array('data.y', data.y, [rows, layers[layers.length - 1].units], isLast),
    loss: lossNamed(model.loss),
    delta: model.delta ?? defaultDelta,
    penalty: { lambda: model.l2, l1: model.l1, penalizeBiases: model.penalize === 'all' },
    optimizer: withDefaults(optimizerConfig(optimizer)),
    learningRate: optimizer.learning_rate,
    schedule: optimizer.schedule,
  };
  const hasWidth = losses[exercise.loss].withDelta !== null;
  if (hasWidth !== (model.delta !== undefined)) {
    const problem = hasWidth ? 'is missing' : 'has no meaning';
    throw entryError(file, place('model.delta'), problem, 'a width for the Huber loss alone', copyAgain);
  }
  checkModel(exercise, file, place);
  return { ...exercise, rateOf: await rateOf(exercise, file, place('optimizer.schedule')) };
}

/** [epoch][step] -> rows. Epochs have the same number of steps, which schedules count. */
function batchesOf(written: unknown, file: string, place: PlaceOf, rows: number): number[][][] {
  const list = (value: unknown, entry: string): readonly unknown[] => {
    if (Array.isArray(value) && value.length > 0) return value;
    throw entryError(file, entry, 'is no list with elements', '[epoch][step] -> rows of the data', copyAgain);
  };
  const epochs = list(written, place('batches'));
  const { length: steps } = list(epochs[0], place('batches[0]'));
  return epochs.map((epoch, e) => {
    const batches = list(epoch, place(`batches[${e}]`));
    if (batches.length !== steps) {
      const problem = `has ${counted(batches.length, 'step')} where the first epoch has ${steps}`;
      throw entryError(file, place(`batches[${e}]`), problem, 'epochs of the same length', copyAgain);
    }
    return batches.map((batch, s) =>
      list(batch, place(`batches[${e}][${s}]`)).map((row, i) => {
        if (Number.isInteger(row) && (row as number) >= 0 && (row as number) < rows) return row as number;
        const entry = place(`batches[${e}][${s}][${i}]`);
        throw entryError(file, entry, `is ${quote(row)}`, `a row from 0 to ${rows - 1}`, copyAgain);
      }),
    );
  });
}

/** Refuses layers and targets that the loss does not have. */
function checkModel({ loss, layers, y }: Omit<Exercise, 'rateOf'>, file: string, place: PlaceOf): void {
  const last = layers.length - 1;
  const [rows, outputs] = y.shape;
  const refuse = (entry: string, problem: string, expected: string) =>
    entryError(file, place(entry), problem, expected, copyAgain);
  layers.forEach(({ activation }, index) => {
    if ((activation === 'softmax') === (index === last && loss === 'cross_entropy')) return;
    const expected = 'softmax in the output layer of softmax_cross_entropy, and nowhere else';
    throw refuse(`model.layers.${index}.activation`, `is ${activation}`, expected);
  });
  if (loss === 'binary_cross_entropy' && (layers[last].activation !== 'sigmoid' || outputs !== 1)) {
    const problem = `has ${counted(outputs, 'unit')} with ${layers[last].activation}`;
    throw refuse(`model.layers.${last}`, problem, 'one sigmoid output for binary_cross_entropy');
  }
  if (losses[loss].task !== 'classification') return;
  for (let n = 0; n < rows; n++) {
    const targets = y.values.subarray(n * outputs, (n + 1) * outputs);
    const sum = targets.reduce((total, target) => total + target, 0);
    const areShares = targets.every((target) => target >= 0 && target <= 1);
    if (areShares && (outputs === 1 || Math.abs(sum - 1) < 1e-9)) continue;
    const expected = outputs === 1 ? 'targets from 0 to 1' : 'targets from 0 to 1 with the sum 1';
    throw refuse('data.y', `has other targets in row ${n}`, expected);
  }
}

/** The schedule of an exercise. Errors: UserError if it cannot be read, or if a rate is negative or not finite. */
async function rateOf(exercise: Omit<Exercise, 'rateOf'>, file: string, entry: string): Promise<Schedule> {
  const { schedule, learningRate, batches } = exercise;
  try {
    const compiled = await compileSchedule(schedule);
    await checkSchedule(schedule, compiled, learningRate, batches.length, batches[0].length);
    return compiled;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { what, expected = 'a schedule', received } = error.parts;
    const problem = what.replaceAll('{schedule}', entry);
    throw new UserError({ what: `${file}: ${problem}`, expected, received, remedy: copyAgain });
  }
}
