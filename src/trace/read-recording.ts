import { counted, printable, quote, UserError } from '../errors.ts';
import { didYouMean } from '../math/nearest.ts';
import { arrayAt, arrayOfShape } from './arrays.ts';
import type { Exercise, Layout, Recording } from './exercise.ts';
import { readTraceJson } from './json-numbers.ts';
import { type NumberArray, transpose } from './number-array.ts';
import { type Batch, batchesOf, type Place, placesOf, shapeOf } from './quantities.ts';
import { exerciseFrom } from './read-exercise.ts';
import { entryError, parsedBy, requireKind } from './trace-error.ts';
import { layerQuantityNames, recordingFile, stepQuantityNames } from './trace-schema-3.ts';

/**
 * Reads what a program recorded of an exercise, or its answers, in the exercise's layout. An array of a wrong shape is kept as
 * it is, because the shape may show the mistake; `shapeError` refuses it.
 *
 * Errors: UserError if the file cannot be read, is another kind of file, has an exercise that was changed, or has entries that
 * the exercise does not have or that are not finite numbers.
 */
export async function readRecording(file: string): Promise<Recording> {
  return await recordingFrom(file, await readTraceJson(file));
}

/** The recording in the content of a file. Errors: as readRecording. */
export async function recordingFrom(file: string, content: unknown): Promise<Recording> {
  requireKind(file, content, '', ['recording', 'answers']);
  const { kind, program: named, exercise: own, steps: written } = parsedBy(recordingFile, file, content, '');
  // Here once for terminals, tables and pages.
  const program = printable(named);
  const exercise = await exerciseFrom(file, own, 'exercise');
  const places = placesOf(exercise);
  const batches = batchesOf(exercise);
  const steps: (NumberArray | null)[][] = batches.map(() => places.map(() => null));
  const entries = new Map<number, string>();
  for (const [index, step] of listAt(file, 'steps', written).entries()) {
    const entry = `steps.${index}`;
    const fields = fieldsAt(file, entry, step);
    const number = stepNumber(file, entry, fields.step, batches.length);
    const earlier = entries.get(number);
    if (earlier !== undefined) {
      const remedy = 'count the steps of the optimiser from 0 through all epochs';
      throw entryError(
        file,
        `${entry}.step`,
        `is ${number}, as ${earlier}.step is`,
        'each step once',
        remedy,
      );
    }
    entries.set(number, entry);
    readStep({ file, exercise, places, batch: batches[number], to: steps[number] }, entry, fields);
  }
  if (steps.some((step) => step.some((array) => array !== null))) return { kind, program, exercise, steps };
  const remedy = 'record what your program computes: trace.record(...) and trace.end_step() in each step';
  throw entryError(file, 'steps', 'has no numbers', 'at least one quantity of one step', remedy);
}

/** Where the quantities of a step are put. */
interface Target {
  readonly file: string;
  readonly exercise: Exercise;
  readonly places: readonly Place[];
  readonly batch: Batch;
  readonly to: (NumberArray | null)[];
}

/** An object of JSON: it inherits nothing that `in` finds. */
type Fields = Readonly<Record<string, unknown>>;

function readStep(target: Target, entry: string, fields: Fields): void {
  const { file, exercise } = target;
  for (const name in fields) {
    if (name === 'step') continue;
    const value = fields[name];
    if (name !== 'layers') {
      put(target, entry, null, name, value);
      continue;
    }
    const layers = value === null ? [] : listAt(file, `${entry}.layers`, value);
    if (layers.length > exercise.layers.length) {
      const expected = `${counted(exercise.layers.length, 'layer')}, from the first hidden layer to the output layer`;
      const remedy = 'leave out the inputs, which are no layer here: layer 0 is the first with weights';
      throw entryError(file, `${entry}.layers`, `has ${layers.length} elements`, expected, remedy);
    }
    layers.forEach((layer, index) => {
      const place = `${entry}.layers.${index}`;
      const own = fieldsAt(file, place, layer);
      for (const quantity in own) put(target, place, index, quantity, own[quantity]);
    });
  }
}

/** Reads one quantity. null stands for none, as some languages write it. */
function put(target: Target, entry: string, layer: number | null, quantity: string, value: unknown): void {
  const { file, exercise, places, batch, to } = target;
  const index = places.findIndex((place) => place.layer === layer && place.quantity === quantity);
  if (index < 0) throw unknownQuantity(target, entry, layer, quantity);
  if (value === null) return;
  const array = arrayAt(file, `${entry}.${quantity}`, value);
  const isTurned = isTurnedIn(exercise.layout, places[index]);
  const shape = shapeOf(exercise, places[index], batch.rows.length);
  const kept = isTurned && array.shape.length === 2 ? transpose(array) : array;
  to[index] = arrayOfShape(array, shape, isTurned) ?? kept;
}

/** Whether files of a layout have a quantity transposed. */
export function isTurnedIn({ kernel, batch }: Layout, { quantity, parameter }: Place): boolean {
  if (parameter !== null) return parameter === 'kernel' && kernel === 'out-in';
  return quantity !== 'loss' && batch === 'last';
}

function unknownQuantity(
  { file, exercise, places }: Target,
  entry: string,
  layer: number | null,
  quantity: string,
): UserError {
  const known = places.filter((place) => place.layer === layer).map((place) => place.quantity);
  const isElsewhere = (layer === null ? layerQuantityNames : stepQuantityNames).includes(quantity);
  const hasNoBias = layer !== null && exercise.layers[layer].bias === null && quantity.startsWith('bias');
  const isState = layerQuantityNames.includes(quantity) && layer !== null;
  const { name } = exercise.optimizer;
  const problem = hasNoBias
    ? 'is of a bias, and this layer of the exercise has none'
    : isState
      ? `is a state that the optimiser of the exercise does not have (${name})`
      : `is no quantity of a ${layer === null ? 'step' : 'layer'}`;
  const elsewhere = layer === null ? 'put it into an object of layers' : 'put it next to layers';
  return entryError(
    file,
    `${entry}.${quote(quantity).slice(1, -1)}`,
    problem,
    [...(layer === null ? ['step', 'layers'] : []), ...new Set(known)].join(', '),
    isElsewhere ? elsewhere : (didYouMean(quantity, known) ?? 'leave it out'),
  );
}

function stepNumber(file: string, entry: string, value: unknown, count: number): number {
  const last = count - 1;
  const expected = `a whole number from 0 to ${last}: the exercise has ${counted(count, 'step')}`;
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= last) return value as number;
  const isPast = typeof value === 'number' && value > last;
  throw new UserError({
    what: `${file}: ${entry}.step is ${value === undefined ? 'missing' : isPast ? 'a step too many' : 'no number of a step'}`,
    expected,
    ...(value === undefined ? {} : { received: value }),
    remedy: isPast
      ? 'make one step for each batch of the exercise, and count them from 0'
      : 'count the steps of the optimiser from 0 through all epochs',
  });
}

function listAt(file: string, entry: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw entryError(file, entry, 'is no list', 'a list of objects', 'see data/README.md for the format');
}

function fieldsAt(file: string, entry: string, value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw entryError(
    file,
    entry,
    'is no object',
    'an object of quantities',
    'see data/README.md for the format',
  );
}
