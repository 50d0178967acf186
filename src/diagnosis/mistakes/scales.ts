import type { Exercise } from '../../trace/exercise.ts';
import type { Step } from '../../trace/rules.ts';

/** A factor that a loss, or its derivative, is often off by. */
export interface ScaleMistake {
  readonly id: string;
  readonly c: (step: Step) => number;
  /** What the loss then is. */
  readonly loss: string;
  /** What dC/da then is. */
  readonly error: string;
  readonly applies?: (exercise: Exercise) => boolean;
}

const hasOutputs = ({ y }: Exercise): boolean => y.shape[1] > 1;
const isMse = ({ loss }: Exercise): boolean => loss === 'mse';
const P = ({ y }: Step): number => y.shape[1];
/** The rows of a full batch. */
const fullBatch = ({ exercise }: Step): number =>
  Math.max(...exercise.batches.flat().map((rows) => rows.length));
const differ = ({ batches }: Exercise): boolean =>
  new Set(batches.flat().map((rows) => rows.length)).size > 1;

export const scales: readonly ScaleMistake[] = [
  {
    id: 'not-averaged',
    c: ({ N }) => N,
    loss: 'is the sum over the rows of the batch, not their mean',
    error: 'is not divided by N, the rows of the batch',
  },
  {
    id: 'factor-2',
    c: () => 1 / 2,
    loss: 'has a factor 1/2',
    error: 'has no factor 2',
    applies: isMse,
  },
  {
    id: 'halved',
    c: () => 1 / 2,
    loss: 'has a factor 1/2',
    error: 'has a factor 1/2',
    applies: (exercise) => !isMse(exercise),
  },
  {
    id: 'factor-2-not-averaged',
    c: ({ N }) => N / 2,
    loss: 'is half the sum over the rows of the batch, not their mean',
    error: 'is a - y alone: the factor 2 and the division by N, the rows of the batch, are missing',
    applies: isMse,
  },
  {
    id: 'doubled',
    c: () => 2,
    loss: 'has a factor 2',
    error: 'has the factor 2 once too often',
  },
  {
    id: 'averaged-over-outputs',
    c: (step) => 1 / P(step),
    loss: 'is also divided by P, the number of outputs: it is the mean over all N P numbers',
    error: 'is divided by N P, not by N: np.mean averages over the P outputs too',
    applies: hasOutputs,
  },
  {
    id: 'averaged-over-outputs-factor-2',
    c: (step) => 1 / (2 * P(step)),
    loss: 'is also divided by 2 P, with P the number of outputs',
    error: 'has no factor 2 and is divided by N P, not by N',
    applies: (exercise) => hasOutputs(exercise) && isMse(exercise),
  },
  {
    id: 'averaged-over-outputs-only',
    c: (step) => step.N / P(step),
    loss: 'is divided by P, the number of outputs, not by N, the rows of the batch',
    error: 'is divided by P, the number of outputs, not by N, the rows of the batch',
    applies: hasOutputs,
  },
  {
    id: 'averaged-twice',
    c: ({ N }) => 1 / N,
    loss: 'is divided by N, the rows of the batch, twice',
    error: 'is divided by N, the rows of the batch, twice',
  },
  {
    id: 'averaged-over-data',
    c: ({ N, exercise }) => N / exercise.x.shape[0],
    loss: 'is divided by the number of all rows of the data, not by N, those of the batch',
    error: 'is divided by the number of all rows of the data, not by N, those of the batch',
  },
  {
    id: 'averaged-over-full-batch',
    c: (step) => step.N / fullBatch(step),
    loss: 'is always divided by the size of a full batch, also where the batch has fewer rows',
    error: 'is always divided by the size of a full batch, also where the batch has fewer rows',
    applies: differ,
  },
];
