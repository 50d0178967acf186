// Checks that two contenders do the same work, and chooses how many epochs each runs.

const tolerance = { float32: 1e-4, float64: 1e-9 };
/**
 * The last losses of a long training differ more: each step makes differences of rounding grow. Adam and RMSprop, which
 * divide by the root of small numbers, do so within an epoch of 1,200 steps.
 */
const grownTolerance = 0.1;
const shortestWarmup = 0.2;

/**
 * Throws unless both have the same losses and accuracies after each of the first epochs, and nearly the same loss after
 * the last if both ran a fixed number. With `many` steps in an epoch, optimisers that adapt the rate may differ more.
 */
export function compare(what, { dtype, epochs: fixed, optimizer = 'sgd' }, peer, ours, theirs, many = false) {
  if (!peer.checked) return;
  const allowed = many && optimizer !== 'sgd' ? grownTolerance : tolerance[peer.dtypes?.[0] ?? dtype];
  const [last, theirLast] = [ours.last_loss, theirs.last_loss];
  if (
    fixed !== undefined &&
    ours.epochs === theirs.epochs &&
    !(Math.abs(theirLast / last - 1) < grownTolerance)
  )
    throw new Error(`${what} does not reach the same loss: ${theirLast}, ours ${last}`);
  for (const curve of ['train_loss', 'test_loss', 'train_accuracy', 'test_accuracy']) {
    const epochs = Math.min(ours[curve].length, theirs[curve].length);
    if (epochs === 0 && ours[curve].length + theirs[curve].length > 0)
      throw new Error(`${what}: no ${curve}`);
    for (let epoch = 0; epoch < epochs; epoch++) {
      const [a, b] = [ours[curve][epoch], theirs[curve][epoch]];
      // The losses decide: a row whose two largest outputs are nearly equal may be assigned to either class.
      const difference = curve.endsWith('loss') ? Math.abs(a - b) / Math.abs(a) : Math.abs(a - b) / 50;
      if (difference <= allowed) continue;
      throw new Error(
        `${what} does not do the same work: ${curve} after epoch ${epoch + 1} is ${b}, ours ${a}`,
      );
    }
  }
}

/** Estimates the time of an epoch. If the check was short, it measures again, since the first epochs are slow. */
export async function epochSeconds(checked, measure) {
  if (checked.seconds > 0.3) return checked.seconds / checked.epochs;
  for (let epochs = 4; ; epochs *= 8) {
    const { seconds } = await measure({ warmup: epochs >> 1, epochs });
    if (seconds > 0.05) return seconds / epochs;
  }
}

/** The numbers of warm-up and timed epochs, given the approximate time of an epoch. */
export function lengthOf(epochSeconds, timed) {
  const epochs = Math.max(1, Math.round(timed / epochSeconds));
  return { warmup: Math.ceil(Math.max(epochs / 4, shortestWarmup / epochSeconds)), epochs };
}

/** The same for a fixed number of epochs. */
export function fixedLength(epochs) {
  return { warmup: Math.ceil(epochs / 20), epochs };
}

/**
 * The products and sums of one epoch of a dense network: forward, and backward to the weights and to the layers below
 * the first; with `evaluates` also forward for all rows. A product and a sum count as two; a bias as one more input.
 */
export function operationsOf({ layers, columns, trainRows, testRows, steps, batchSize }, evaluates) {
  const inputs = [columns, ...layers.map(({ units }) => units)];
  const sum = (of) =>
    layers.reduce((total, layer, index) => total + of(layer.units, inputs[index], index), 0);
  const forward = sum((units, below) => units * (below + 1));
  const toBelow = sum((units, below, index) => (index === 0 ? 0 : units * below));
  const evaluated = evaluates ? forward * (trainRows + testRows) : 0;
  return 2 * (steps * batchSize * (2 * forward + toBelow) + evaluated);
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
