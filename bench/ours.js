// One measurement of fys-nn: node bench/ours.js JOB, with JOB as JSON; prints its result as JSON.
//
// Timed from the end of the warm-up epochs to the end of the last one, as `train` tells of them: batches, steps and the
// evaluation of all rows, but not the reading of data.
import { pathToFileURL } from 'node:url';
import { readWorkload } from './data.js';

const { build, folder, threads = 1, warmup, epochs } = JSON.parse(process.argv[2]);
const { schedules, train } = await import(pathToFileURL(build).href);
const work = await readWorkload(folder);
const { batchSize, steps, recordedEpochs, batches, columns } = work;

let from = 0;
let started = 0;
let ended = 0;
const trained = await train(
  samples(work.train, work.trainRows),
  samples(work.test, work.testRows),
  {
    layers: work.layers,
    weights: work.weights.map(({ kernel, bias }) => ({
      kernel: Float64Array.from(kernel),
      bias: bias === null ? null : Float64Array.from(bias),
    })),
    loss: work.loss,
    sgd: { momentum: 0, lambda: 0, penalizeBiases: false },
    learningRate: work.learningRate,
    schedule: schedules.constant,
    batches: {
      size: batchSize,
      steps,
      startEpoch: (epoch) => {
        from = (epoch % recordedEpochs) * steps * batchSize;
      },
      fill: (step, ints, offset) => {
        const at = from + step * batchSize;
        for (let i = 0; i < batchSize; i++) ints[offset + i] = batches[at + i];
      },
    },
    epochs: warmup + epochs,
    dtype: work.dtype,
  },
  (epoch) => {
    if (epoch === warmup) started = performance.now();
    if (epoch === warmup + epochs) ended = performance.now();
  },
  // A second core where more than a second is left, as the program's launcher lends it.
  (millisecondsLeft) => (threads === 2 && millisecondsLeft > 1000 ? () => {} : null),
);
const first = (curve) => curve.slice(0, 5);
const result = {
  seconds: (ended - started) / 1000,
  epochs,
  train_loss: first(trained.train.loss),
  test_loss: first(trained.test.loss),
  train_accuracy: first(trained.train.accuracy),
  test_accuracy: first(trained.test.accuracy),
};
console.log(JSON.stringify(result));

/** Rows as the program prepares them: sparse where fewer than half of the inputs are not 0. */
function samples({ inputs, targets }, rows) {
  let entries = 0;
  for (const value of inputs) if (value !== 0) entries++;
  if (2 * entries >= inputs.length) return { rows, inputs, targets };
  // Shared, so that an evaluating thread reads them without a copy.
  const starts = new Int32Array(new SharedArrayBuffer(4 * (rows + 1)));
  const indices = new Uint16Array(new SharedArrayBuffer(2 * entries));
  const values = new inputs.constructor(new SharedArrayBuffer(inputs.BYTES_PER_ELEMENT * entries));
  let entry = 0;
  for (let n = 0; n < rows; n++) {
    for (let d = 0; d < columns; d++) {
      const value = inputs[n * columns + d];
      if (value === 0) continue;
      indices[entry] = d;
      values[entry++] = value;
    }
    starts[n + 1] = entry;
  }
  const csr = { rows, columns, starts, indices, values };
  return { rows, inputs: { csr, rows: Int32Array.from({ length: rows }, (_, row) => row) }, targets };
}
