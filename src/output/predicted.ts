import type { Dataset, Sources } from '../datasets/dataset.ts';
import { truthOf } from '../datasets/generated.ts';
import { loadData } from '../datasets/index.ts';
import { splitRows } from '../datasets/split.ts';
import { UserError } from '../errors.ts';
import type { Cell } from '../experiment/cells.ts';
import { createModelPredictor, type ModelPredictor } from '../model/predict.ts';
import { isClassifier, type SavedModel } from '../model/saved-model.ts';
import { sharedSeed } from '../trial/config.ts';
import { gather } from '../trial/prepare.ts';

export const partNames = ['train', 'validation', 'test'] as const;
export type PartName = (typeof partNames)[number];

/** What a model predicts for the rows that its trial used, in the order of the data. */
export interface Predicted {
  readonly cell: Cell;
  /** [n] rows of the data from 0, and the place of the part that each is in. */
  readonly rows: Int32Array;
  readonly parts: Uint8Array;
  /** [n] numbers, or the places of classes */
  readonly targets: Float64Array;
  /** As `ModelPredictor` gives them. */
  readonly outputs: Float64Array;
  /** null for a regression */
  readonly classNames: readonly string[] | null;
  /** [n][D] of data with one or two inputs; null with more. */
  readonly inputs: Float64Array | null;
  readonly columns: number;
  /** The fitted curve or surface; null for classifiers and for other numbers of inputs. */
  readonly fitted: Fitted | null;
}

/** What a model predicts at regular points between the least and the largest input of the data. */
export interface Fitted {
  /** [n][D] */
  readonly points: Float64Array;
  readonly predictions: Float64Array;
  /** [n] the targets without noise; null if they are not known. */
  readonly truth: Float64Array | null;
}

/** The predictions of several cells, in order. */
export type Predictions = readonly Predicted[];

/** The points of a curve, and those of a surface along each input. */
const curvePoints = 201;
const surfacePoints = 31;

/** Numbers that predictions may take up in memory. */
const mostNumbers = 2 ** 26;

/** Predicts the rows of each cell's data. Errors: UserError for more predictions than fit in memory. */
export async function predictCells(
  cells: readonly Cell[],
  read: (cell: Cell) => Promise<SavedModel>,
  sources: Sources,
): Promise<Predictions> {
  const all: Predicted[] = [];
  let numbers = 0;
  for (const cell of cells) {
    const predicted = await predictCell(cell, await read(cell), sources);
    numbers += predicted.outputs.length + 2 * predicted.rows.length;
    if (numbers > mostNumbers) throw tooMany(cells.length);
    all.push(predicted);
  }
  return all;
}

async function predictCell(cell: Cell, model: SavedModel, sources: Sources): Promise<Predicted> {
  const { config } = cell.trial;
  const dataset = await loadData(config.data, sharedSeed(config, 'data'), sources);
  const split = splitRows(dataset, config.split, sharedSeed(config, 'split'));
  const placed = partNames.flatMap((name, part) => Array.from(split[name], (row) => [row, part] as const));
  placed.sort(([a], [b]) => a - b);
  const rows = Int32Array.from(placed, ([row]) => row);
  const predictor = await createModelPredictor(model);
  const { columns } = dataset;
  const outputs = predictRows(predictor, dataset, rows);
  const isFew = columns <= 2;
  const names = model.target.classNames ?? Array.from({ length: model.target.classes }, (_, c) => String(c));
  const predicted: Predicted = {
    cell,
    rows,
    parts: Uint8Array.from(placed, ([, part]) => part),
    targets: Float64Array.from(rows, (row) => dataset.targets[row]),
    outputs,
    classNames: isClassifier(model) ? names : null,
    inputs: isFew ? gather(dataset.inputs, columns, rows) : null,
    columns,
    fitted: isFew && !isClassifier(model) ? fittedAt(gridOf(dataset), dataset, predictor) : null,
  };
  predictor.release();
  return predicted;
}

/** In parts, because the inputs of all rows as numbers may take up eight times the memory of images. */
function predictRows(
  predictor: ModelPredictor,
  { inputs, columns }: Dataset,
  rows: Int32Array,
): Float64Array {
  const size = Math.max(1, Math.floor(2 ** 22 / columns));
  let outputs: Float64Array | null = null;
  for (let from = 0; from < rows.length; from += size) {
    const own = predictor.predict(gather(inputs, columns, rows.subarray(from, from + size)));
    const width = own.length / Math.min(size, rows.length - from);
    outputs ??= new Float64Array(rows.length * width);
    outputs.set(own, from * width);
  }
  return outputs ?? new Float64Array();
}

/** Points of a grid over the range of the inputs, y slowest. */
function gridOf({ inputs, columns, rows }: Dataset): Float64Array {
  const along = Array.from({ length: columns }, (_, d) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let n = 0; n < rows; n++) {
      const value = inputs[n * columns + d];
      if (value < low) low = value;
      if (value > high) high = value;
    }
    const count = columns === 1 ? curvePoints : surfacePoints;
    return Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));
  });
  if (columns === 1) return Float64Array.from(along[0]);
  return Float64Array.from(along[1].flatMap((y) => along[0].flatMap((x) => [x, y])));
}

function fittedAt(points: Float64Array, dataset: Dataset, predictor: ModelPredictor): Fitted | null {
  if (points.some(Number.isNaN)) return null;
  const truth = truthOf(dataset);
  const predictions = predictor.predict(points);
  return {
    points,
    predictions,
    truth: truth === undefined ? null : truthAt(points, dataset.columns, truth),
  };
}

/** null if the function is not finite at some point between those of the data. */
function truthAt(
  points: Float64Array,
  columns: number,
  truth: (x: number, y: number) => number,
): Float64Array | null {
  try {
    return Float64Array.from({ length: points.length / columns }, (_, n) =>
      truth(points[n * columns], columns === 1 ? 0 : points[n * columns + 1]),
    );
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

function tooMany(cells: number): UserError {
  return new UserError({
    what: `the predictions of ${cells} trials do not fit in memory`,
    expected: `at most ${mostNumbers} numbers`,
    received: `{predictions} all`,
    remedy: 'write {predictions} best, or choose fewer settings and seeds',
  });
}
