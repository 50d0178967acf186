/**
 * When a training is evaluated; absent: after every epoch. Settings and the configs of models have these fields where they
 * apply.
 */
export interface Evaluations {
  readonly solver?: unknown;
  /** Losses are evaluated after this many epochs, twice as many, and so on, and after the last one. */
  readonly evaluateEvery?: unknown;
  /** The number of epochs; absent for a solver with iterations. */
  readonly epochs?: unknown;
}

/** The epoch, from 1, to which the value of a curve at `index` belongs: min((index + 1) evaluateEvery, epochs). */
export function epochOfValue(index: number, { evaluateEvery, epochs }: Evaluations): number {
  const epoch = (index + 1) * everyOf(evaluateEvery);
  return typeof epochs === 'number' ? Math.min(epoch, epochs) : epoch;
}

/** How many values a curve has after so many epochs, of which the last one is not the end of the training. */
export function valuesAfter(epochs: number, { evaluateEvery }: Evaluations): number {
  return Math.floor(epochs / everyOf(evaluateEvery));
}

/** The index in a curve of the value of an epoch, from 1, that is evaluated. */
export function indexOfEpoch(epoch: number, { evaluateEvery }: Evaluations): number {
  return Math.ceil(epoch / everyOf(evaluateEvery)) - 1;
}

/** Whether losses are evaluated after an epoch, from 1. */
export function isEvaluated(epoch: number, { evaluateEvery, epochs }: Evaluations): boolean {
  return epoch % everyOf(evaluateEvery) === 0 || epoch === epochs;
}

const everyOf = (evaluateEvery: unknown): number => (typeof evaluateEvery === 'number' ? evaluateEvery : 1);
