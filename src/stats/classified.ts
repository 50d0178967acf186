/** The rows that a classifier was given, and what it says of them. */
export interface Classified {
  /** [rows], the true class of each from 0 */
  readonly labels: Uint32Array;
  /** [rows][classes], or of two classes [rows]: the probability of the second one */
  readonly probabilities: Float64Array;
}

/** The number of classes. */
export function classesOf({ labels, probabilities }: Classified): number {
  const outputs = probabilities.length / labels.length;
  return outputs === 1 ? 2 : outputs;
}

/** The probability of class c for each row, [rows]. */
export function probabilitiesOf(rows: Classified, c: number): Float64Array {
  const { labels, probabilities } = rows;
  const outputs = probabilities.length / labels.length;
  if (outputs === 1) return c === 1 ? probabilities : probabilities.map((p) => 1 - p);
  return Float64Array.from(labels, (_, n) => probabilities[n * outputs + c]);
}

/** The predicted class of each row: the first of the most probable ones; of a single output, the second class from 1/2 on. */
export function predictionsOf({ labels, probabilities }: Classified): Uint32Array {
  const outputs = probabilities.length / labels.length;
  return Uint32Array.from(labels, (_, n) =>
    predictedClass(probabilities.subarray(n * outputs, (n + 1) * outputs)),
  );
}

/** The predicted class of one row. */
export function predictedClass(probabilities: Float64Array): number {
  if (probabilities.length === 1) return probabilities[0] >= 0.5 ? 1 : 0;
  let best = 0;
  for (let c = 1; c < probabilities.length; c++) if (probabilities[c] > probabilities[best]) best = c;
  return best;
}
