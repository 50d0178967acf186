// One measurement of fys-nn: node bench/ours.js JOB, with JOB as JSON; prints its result as JSON. The time is measured
// from the end of the warm-up epochs to the end of the last epoch, in the `onEpoch` calls of `train`; if rows are
// evaluated only once, it begins with the first epoch after the warm-up. It includes batches, steps and the evaluation
// of all rows, but not reading the data.
import { pathToFileURL } from 'node:url';
import { readWorkload } from './data.js';

const { build, folder, threads = 1, warmup, epochs, evaluate } = JSON.parse(process.argv[2]);
const built = (path) => import(new URL(path, pathToFileURL(build)).href);
const { schedules, train } = await built('./index.js');
const { csrFromDense } = await built('./math/csr.js');
const { batchings } = await built('./nn/batches.js');
const work = await readWorkload(folder);
const once = evaluate === 'end';
const { batchSize, steps, recordedEpochs, batches, columns, optimizer } = work;

let started = now();
let ended = started;
const [trainSamples, testSamples] = prepared(work.train, work.test);
const trained = await train(
  trainSamples,
  testSamples,
  {
    layers: work.layers,
    weights: work.weights.map(({ kernel, bias }) => ({
      kernel: Float64Array.from(kernel),
      bias: bias === null ? null : Float64Array.from(bias),
    })),
    loss: work.loss,
    penalty: { lambda: 0, penalizeBiases: false },
    optimizer: optimizer === 'sgd' ? { name: 'sgd', momentum: 0 } : { name: optimizer },
    sgd: { momentum: 0, lambda: 0, penalizeBiases: false }, // the form in 0.1.0, for --build with an older build
    learningRate: work.learningRate,
    schedule: schedules.constant,
    batches: work.full ? timed(batchings.full(batchSize)) : recorded(),
    epochs: warmup + epochs,
    dtype: work.dtype,
    ...(once ? { evaluateEvery: warmup + epochs } : {}),
  },
  (epoch) => {
    if (epoch === warmup && !once) started = now();
    if (epoch === warmup + epochs) ended = now();
  },
  // Lends a second core if more than a second is left, as the program's launcher does.
  (millisecondsLeft) => (threads === 2 && millisecondsLeft > 1000 ? () => {} : null),
);
/** The first losses are compared; those of a single evaluation at the end are not. */
const first = (curve) => (once ? [] : curve.slice(0, 5));
/** The second metric of these losses is the accuracy, its name in 0.1.0. */
const accuracyOf = (curve) => curve.second ?? curve.accuracy;
const result = {
  seconds: ended.seconds - started.seconds,
  processorSeconds: ended.processor - started.processor,
  epochs,
  train_loss: first(trained.train.loss),
  test_loss: first(trained.test.loss),
  train_accuracy: first(accuracyOf(trained.train)),
  test_accuracy: first(accuracyOf(trained.test)),
  last_loss: trained.train.loss.at(-1),
};
console.log(JSON.stringify(result));

/** The time, and the time of the processor that this process has used. */
function now() {
  const { user, system } = process.cpuUsage();
  return { seconds: performance.now() / 1000, processor: (user + system) / 1e6 };
}

/** The recorded batches, again from the first when they are used up. */
function recorded() {
  let from = 0;
  return timed({
    size: batchSize,
    steps,
    startEpoch: (epoch) => {
      from = (epoch % recordedEpochs) * steps * batchSize;
    },
    fill: (step, ints, offset) => {
      const at = from + step * batchSize;
      for (let i = 0; i < batchSize; i++) ints[offset + i] = batches[at + i];
    },
  });
}

function timed(drawn) {
  if (!once) return drawn;
  return {
    ...drawn,
    startEpoch: (epoch) => {
      if (epoch === warmup) started = now();
      drawn.startEpoch(epoch);
    },
  };
}

/** Rows as the program prepares them: as rows of a sparse matrix if fewer than half of the inputs are nonzero. */
function prepared({ inputs, targets }, held) {
  const all = new inputs.constructor(inputs.length + held.inputs.length);
  all.set(inputs);
  all.set(held.inputs, inputs.length);
  let entries = 0;
  for (const value of all) if (value !== 0) entries++;
  const trainRows = inputs.length / columns;
  const heldRows = held.inputs.length / columns;
  if (2 * entries >= all.length) {
    return [
      { rows: trainRows, inputs, targets },
      { rows: heldRows, ...held },
    ];
  }
  const every = Int32Array.from({ length: trainRows + heldRows }, (_, row) => row);
  const csr = csrFromDense(all, columns, every, 1, work.dtype);
  return [
    { rows: trainRows, inputs: { csr, rows: every.slice(0, trainRows) }, targets },
    { rows: heldRows, inputs: { csr, rows: every.slice(trainRows) }, targets: held.targets },
  ];
}
