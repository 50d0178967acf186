import { UserError } from '../errors.ts';
import { evaluationRows } from '../nn/evaluate.ts';
import type { Trace } from './trace-schema.ts';

/** Numbers that a replay keeps in its memory: 256 MiB. */
const mostNumbers = 2 ** 25;
/** Multiplications of a replay: seconds. */
const mostWork = 2 ** 33;
/** As many hidden ones as the program takes by itself, and the output. */
const mostLayers = 101;

/** What a call of a kernel costs besides, and what a singular value decomposition takes for each of N D min(N, D). */
const perCall = 1000;
const perSingularValue = 32;

/** Refuses what a small file can ask for and no replay needs: recorded runs are small, for all that they hold is text. */
export function checkWork(file: string, trace: Trace): void {
  const layers = layersOf(trace);
  if (layers.length > mostLayers) {
    throw tooMuch(file, 'has too many layers', `at most ${mostLayers}`, `${layers.length}`);
  }
  const numbers = numbersOf(trace, layers);
  if (numbers > mostNumbers) {
    const mebibytes = (count: number) => `${Math.ceil(count / 2 ** 17)} MiB`;
    throw tooMuch(
      file,
      'takes too much memory to replay',
      `at most ${mebibytes(mostNumbers)}`,
      mebibytes(numbers),
    );
  }
  const work = workOf(trace, layers);
  if (work > mostWork) {
    const count = (x: number) => `about ${x.toExponential(1)} multiplications`;
    throw tooMuch(file, 'takes too long to replay', `at most ${count(mostWork)}`, count(work));
  }
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

/** As `layOut` and the samples take them: four of each weight, what each layer puts out for a batch, and the rows. */
function numbersOf({ data, batches }: Trace, layers: readonly Layer[]): number {
  const rows = data.x_train.length + data.x_test.length;
  const batch = batches?.[0][0].length ?? 0;
  const capacity = Math.max(batch, evaluationRows);
  const ends = layers[0].inputs + layers[layers.length - 1].units;
  return layers.reduce(
    (sum, { inputs, units }) => sum + 4 * inputs * units + 2 * capacity * units,
    (rows + batch) * ends,
  );
}

function workOf({ data, batches }: Trace, layers: readonly Layer[]): number {
  const rows = data.x_train.length + data.x_test.length;
  if (batches === null) {
    const [{ inputs: terms }] = layers;
    return perSingularValue * data.x_train.length * terms * Math.min(data.x_train.length, terms);
  }
  const steps = batches[0].length;
  const batch = batches[0][0].length;
  const weights = layers.reduce((sum, { inputs, units }) => sum + inputs * units, 0);
  const epoch = (3 * steps * batch + rows) * weights + steps * layers.length * perCall;
  return batches.length * epoch;
}

function tooMuch(file: string, problem: string, expected: string, received: string): UserError {
  return new UserError({
    what: `${file} ${problem}`,
    expected,
    received,
    remedy: 'record a shorter run of a smaller model, or leave out the file',
  });
}
