import { UserError } from '../errors.ts';
import { evaluationRows } from '../nn/evaluate.ts';
import type { Trace } from './trace-schema.ts';

/** Numbers that a replay may hold in memory: 256 MiB. */
const maxNumbers = 2 ** 25;
/** Multiplications that a replay may need: a few seconds of work. */
const maxMultiplications = 2 ** 33;
/** As many hidden layers as the program trains elsewhere, plus the output layer. */
const maxLayers = 101;

/** The overhead of one kernel call, in multiplications. */
const perCall = 1000;
/** A singular value decomposition of [N][D] takes about this times N D min(N, D) multiplications. */
const svdFactor = 32;

/**
 * Refuses a trace whose replay would take too many layers, too much memory or too much time. A small file can ask for all
 * three. Errors: UserError with the limit and what the trace needs.
 */
export function checkWork(file: string, trace: Trace): void {
  const layers = layersOf(trace);
  if (layers.length > maxLayers) {
    throw limitError(file, 'has too many layers', `at most ${maxLayers}`, `${layers.length}`);
  }
  const numbers = numbersOf(trace, layers);
  if (numbers > maxNumbers) {
    const mebibytes = (count: number) => `${Math.ceil(count / 2 ** 17)} MiB`;
    throw limitError(
      file,
      'takes too much memory to replay',
      `at most ${mebibytes(maxNumbers)}`,
      mebibytes(numbers),
    );
  }
  const multiplications = multiplicationsOf(trace, layers);
  if (multiplications > maxMultiplications) {
    const count = (x: number) => `about ${x.toExponential(1)} multiplications`;
    throw limitError(
      file,
      'takes too long to replay',
      `at most ${count(maxMultiplications)}`,
      count(multiplications),
    );
  }
}

/** Numbers that the answers of an exercise may have: 32 MiB. */
const maxAnswers = 2 ** 22;
/** Multiplications that one run through an exercise may need. The search for mistakes runs it some hundred times. */
const maxOfExercise = 2 ** 25;

/** What the work for an exercise depends on. */
export interface ExerciseSize {
  readonly inputs: number;
  readonly layers: readonly { readonly units: number }[];
  /** In all epochs. */
  readonly steps: number;
  /** The rows of all steps together. */
  readonly taken: number;
}

/** Refuses an exercise that is too large to be checked in a few seconds. Errors: UserError with the limit. */
export function checkExerciseWork(subject: string, { inputs, layers, steps, taken }: ExerciseSize): void {
  const refuse = (problem: string, expected: string, received: string) => {
    throw new UserError({
      what: `${subject} ${problem}`,
      expected,
      received,
      remedy: 'a small exercise finds the same mistakes: use fewer samples, inputs, units or epochs',
    });
  };
  if (layers.length > maxLayers) refuse('has too many layers', `at most ${maxLayers}`, `${layers.length}`);
  const widths = [inputs, ...layers.map(({ units }) => units)];
  const weights = layers.reduce((sum, { units }, index) => sum + (widths[index] + 1) * units, 0);
  const units = widths.reduce((sum, width) => sum + width, 0);
  const answers = 4 * steps * weights + 3 * taken * units;
  if (answers > maxAnswers)
    refuse('has too many numbers in its answers', `at most ${maxAnswers}`, `about ${answers}`);
  const multiplications = 3 * taken * weights + 10 * steps * weights;
  if (multiplications > maxOfExercise)
    refuse('takes too long to check', `at most ${maxOfExercise} multiplications`, `about ${multiplications}`);
}

interface Layer {
  readonly inputs: number;
  readonly units: number;
}

function layersOf({ data, model }: Trace): Layer[] {
  if (model.kind !== 'ffnn') return [{ inputs: model.terms.length, units: 1 }];
  return model.layers.map(({ units }, index) => ({
    inputs: index === 0 ? data.x_train[0].length : model.layers[index - 1].units,
    units,
  }));
}

/** Numbers that `layOut` and the samples hold: up to six per weight, each layer's outputs and deltas for a batch, and the rows. */
function numbersOf({ data, batches }: Trace, layers: readonly Layer[]): number {
  const rows = data.x_train.length + data.x_test.length;
  const batch = batches?.[0][0].length ?? 0;
  const capacity = Math.max(batch, evaluationRows);
  const ends = layers[0].inputs + layers[layers.length - 1].units;
  return layers.reduce(
    (sum, { inputs, units }) => sum + 6 * inputs * units + 2 * capacity * units,
    (rows + batch) * ends,
  );
}

function multiplicationsOf({ data, batches }: Trace, layers: readonly Layer[]): number {
  const rows = data.x_train.length + data.x_test.length;
  if (batches === null) {
    const [{ inputs: terms }] = layers;
    return svdFactor * data.x_train.length * terms * Math.min(data.x_train.length, terms);
  }
  const steps = batches[0].length;
  const batch = batches[0][0].length;
  const weights = layers.reduce((sum, { inputs, units }) => sum + inputs * units, 0);
  const epoch = (3 * steps * batch + rows) * weights + steps * layers.length * perCall;
  return batches.length * epoch;
}

function limitError(file: string, problem: string, expected: string, received: string): UserError {
  return new UserError({
    what: `${file} ${problem}`,
    expected,
    received,
    remedy: 'record a shorter run or a smaller model, or leave out the file',
  });
}
