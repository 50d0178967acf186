// TensorFlow.js with its wasm and cpu back ends. It uses core operations, which are faster than the Layers API and
// autograd. It uses the protocol of peer.py: each job is one line of JSON, and so is each answer. Everything is
// float32, the only float type of TensorFlow.js.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { readWorkload } from '../data.js';

console.log = console.error; // only answers go to standard output
const answer = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const tf = await import('@tensorflow/tfjs');
const wasm = await import('@tensorflow/tfjs-backend-wasm');
const { resolve } = createRequire(import.meta.url);
const folderOfWasm = dirname(resolve('@tensorflow/tfjs-backend-wasm'));
wasm.setWasmPaths(join(folderOfWasm, '/'));
tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);

const first = 5;
/** The batches of an epoch are gathered at once if they have at most this many values. */
const gatheredValues = 1 << 18;

/** A weight matrix or bias, with the state that an optimiser keeps of it. */
const withState = (w) => ({ w, m: tf.zerosLike(w), s: tf.zerosLike(w) });

/** Each returns the array after step t with gradient g; plain SGD gets the rate times the gradient. */
const optimizers = {
  sgd:
    () =>
    ({ w }, g) => ({ w: tf.sub(w, g) }),
  adam:
    (rate) =>
    ({ w, m, s }, g, t) => {
      const [beta1, beta2] = [0.9, 0.999];
      const root = Math.sqrt(1 - beta2 ** t);
      const first = tf.add(tf.mul(m, beta1), tf.mul(g, 1 - beta1));
      return { ...divided(w, first, s, g, beta2, (rate * root) / (1 - beta1 ** t), 1e-8 * root), m: first };
    },
  rmsprop:
    (rate) =>
    ({ w, s }, g) =>
      divided(w, g, s, g, 0.99, rate, 1e-8),
};

answer({ versions: { tfjs: tf.version.tfjs, node: process.version }, blas: [], products: null });
let known = { folder: null };
for await (const line of createInterface({ input: process.stdin })) {
  const job = JSON.parse(line);
  try {
    await tf.setBackend(job.contender === 'tfjs-wasm' ? 'wasm' : 'cpu');
    if (known.folder !== job.folder) known = { folder: job.folder, work: await readWorkload(job.folder) };
    answer(measure(createModel(known.work), known.work, job));
    tf.disposeVariables();
  } catch (error) {
    answer({ error: error.message });
  }
}

function divided(w, direction, s, g, decay, rate, epsilon) {
  const second = tf.add(tf.mul(s, decay), tf.mul(tf.square(g), 1 - decay));
  const moved = tf.div(tf.mul(direction, rate), tf.add(tf.sqrt(second), epsilon));
  return { w: tf.sub(w, moved), s: second };
}

function measure(model, work, { warmup, epochs }) {
  const curves = { train_loss: [], test_loss: [], train_accuracy: [], test_accuracy: [] };
  let lastLoss = null;
  let started = performance.now();
  for (let epoch = 0; epoch < warmup + epochs; epoch++) {
    if (epoch === warmup) started = performance.now();
    model.train(epoch % work.recordedEpochs);
    for (const part of ['train', 'test']) {
      const [loss, accuracy] = model.evaluate(part);
      if (part === 'train') lastLoss = loss;
      if (epoch >= first) continue;
      curves[`${part}_loss`].push(loss);
      if (accuracy !== null) curves[`${part}_accuracy`].push(accuracy);
    }
  }
  const seconds = (performance.now() - started) / 1000;
  model.dispose();
  return { seconds, epochs, last_loss: lastLoss, ...curves };
}

function createModel(work) {
  const { steps, batchSize, columns, outputs, trainRows, testRows, layers } = work;
  const classifies = work.loss === 'cross_entropy';
  const part = ({ inputs, targets }, rows) => ({
    rows,
    x: tf.tensor2d(Float32Array.from(inputs), [rows, columns], 'float32'),
    y: tf.tensor2d(Float32Array.from(targets), [rows, outputs], 'float32'),
  });
  const parts = { train: part(work.train, trainRows), test: part(work.test, testRows) };
  for (const { y, rows } of Object.values(parts)) y.labels = classifies ? y.argMax(1) : tf.zeros([rows]);
  const weights = work.weights.map(({ kernel, bias }, index) => ({
    kernel: withState(
      tf.tensor2d(Float32Array.from(kernel), [kernel.length / layers[index].units, layers[index].units]),
    ),
    bias: bias === null ? null : withState(tf.tensor1d(Float32Array.from(bias))),
  }));
  const plain = work.optimizer === 'sgd';
  // With plain SGD, dC/dz is multiplied by the learning rate, so that gradients are already steps.
  const factor = tf.scalar(((classifies ? 1 : 2) * (plain ? work.learningRate : 1)) / batchSize);
  const move = optimizers[work.optimizer](work.learningRate);
  let taken = 0;
  const last = layers.length - 1;

  /** The outputs of all layers; for the last one before its activation. */
  const forward = (x) => {
    const values = [x];
    layers.forEach(({ activation }, index) => {
      const { kernel, bias } = weights[index];
      const a = values[index];
      const fused = { a, b: kernel.w, activation: activation === 'relu' ? 'relu' : 'linear' };
      values.push(tf.fused.matMul(bias === null ? fused : { ...fused, bias: bias.w }));
    });
    return values;
  };

  /** Returns the updated weights, since tensors are immutable. */
  const step = (x, y) => {
    const values = forward(x);
    const z = values[last + 1];
    let delta = tf.mul(tf.sub(classifies ? tf.softmax(z) : z, y), factor);
    const moved = [];
    taken++;
    for (let l = last; l >= 0; l--) {
      const { kernel, bias } = weights[l];
      moved.unshift({
        kernel: move(kernel, tf.matMul(values[l], delta, true), taken),
        bias: bias === null ? null : move(bias, tf.sum(delta, 0), taken),
      });
      if (l > 0) delta = tf.mul(tf.matMul(delta, kernel.w, false, true), tf.step(values[l]));
    }
    return moved;
  };

  const takeStep = (gather) => {
    const moved = tf.tidy(() => step(...gather()));
    moved.forEach(({ kernel, bias }, index) => {
      tf.dispose(weights[index]);
      weights[index] = { kernel, bias };
    });
  };

  return {
    train(epoch) {
      const { x, y } = parts.train;
      const size = steps * batchSize;
      const rows = work.batches.subarray(epoch * size, (epoch + 1) * size);
      if (size * columns <= gatheredValues) {
        const whole = tf.tidy(() => {
          const index = tf.tensor1d(rows, 'int32');
          return { xs: tf.split(tf.gather(x, index), steps), ys: tf.split(tf.gather(y, index), steps) };
        });
        for (let s = 0; s < steps; s++) takeStep(() => [whole.xs[s], whole.ys[s]]);
        tf.dispose(whole);
        return;
      }
      for (let s = 0; s < steps; s++) {
        takeStep(() => {
          const index = tf.tensor1d(rows.subarray(s * batchSize, (s + 1) * batchSize), 'int32');
          return [tf.gather(x, index), tf.gather(y, index)];
        });
      }
    },
    /** The mean loss over all rows, and the accuracy of a classifier. */
    evaluate(name) {
      const { x, y, rows } = parts[name];
      return tf.tidy(() => {
        const z = forward(x)[last + 1];
        if (!classifies) return [tf.sum(tf.square(tf.sub(z, y))).dataSync()[0] / rows, null];
        const loss = -tf.sum(tf.mul(y, tf.logSoftmax(z))).dataSync()[0] / rows;
        const correct = tf.sum(tf.equal(tf.argMax(z, 1), y.labels)).dataSync()[0];
        return [loss, correct / rows];
      });
    },
    dispose() {
      tf.dispose([weights, factor, parts]);
      for (const { y } of Object.values(parts)) y.labels.dispose();
    },
  };
}
