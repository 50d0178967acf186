// The kernel calls at the sizes of the workloads: their operations, the numbers that they read and write, and how to
// run them.
import { readMnistRows } from './mnist.js';

/** The operations in one e^x and in one tanh in float32 of the kernels, with a division counted as one. */
const exponential = 27;
const hyperbolicTangent = 38;
const batches = 400;
/** The number of rows that evaluation processes, in order. */
const sequenceLength = 40 * 128;
const sparseStride = (H) => (H % 64 === 0 ? H + 16 : H);

/**
 * Lays out one memory for all calls of a workload. It is filled with the same numbers for every implementation.
 *
 * `region` gives offsets into `floats` by name. `images` are MNIST's rows as CSR, or null.
 */
function layOut({ dtype, inputs: D, widest: H, images }) {
  let bytes = 0;
  const take = (count, kind) => {
    const width = kind === 'ints' || dtype === 'float32' ? 4 : 8;
    const offset = bytes / width;
    bytes = Math.ceil((bytes + count * width) / 128) * 128 + 128;
    return offset;
  };
  const rows = images?.rows ?? 1000;
  const largest = 128;
  const region = {
    w: take(D * sparseStride(H)),
    wide: take(128 * 16),
    b: take(D),
    x: take(largest * Math.max(D, H)),
    out: take(largest * Math.max(D, H)),
    delta: take(largest * Math.max(D, H)),
    gradient: take(D * sparseStride(H)),
    velocity: take(D * sparseStride(H)),
    square: take(D * sparseStride(H)),
    scratch: take(largest * Math.max(D, H)),
    y: take(Math.max(rows, largest * Math.max(D, H))),
    source: take(rows * (images === null ? D : 10)),
    values: take(images?.values.length ?? 0),
    entries: take(2 * D * (largest + 1)),
    floats: take(0),
    rows: take(batches * 50, 'ints'),
    sequence: take(sequenceLength, 'ints'),
    sorted: take(D, 'ints'),
    columns: take(Math.ceil((images?.columns.length ?? 0) / 2), 'ints'),
    starts: take(rows + 1, 'ints'),
  };
  const fill = (kernels) => {
    const random = uniformFrom(7);
    const every = images === null ? region.floats : region.source;
    for (let i = 0; i < every; i++) kernels.floats[i] = 0.1 * random() - 0.05;
    // A mean square is never negative.
    kernels.floats.fill(0.01, region.square, region.square + D * sparseStride(H));
    // One-hot rows, as for classification. They also work for regression.
    for (const [from, count] of [
      [region.y, largest],
      [region.source, rows],
    ]) {
      for (let n = 0; n < count; n++) {
        for (let p = 0; p < 10; p++) kernels.floats[from + n * 10 + p] = p === n % 10 ? 1 : 0;
      }
    }
    for (let i = 0; i < batches * 50; i++) kernels.ints[region.rows + i] = Math.floor(random() * rows);
    for (let i = 0; i < sequenceLength; i++) kernels.ints[region.sequence + i] = i % rows;
    if (images === null) return;
    kernels.floats.set(images.values, region.values);
    kernels.ints.set(images.starts, region.starts);
    new Uint16Array(kernels.ints.buffer).set(images.columns, 2 * region.columns);
  };
  const csr = { values: region.values, columns: region.columns, starts: region.starts };
  return {
    dtype,
    bytes,
    region,
    csr,
    images,
    fill,
    ...countsOf(images, fill, region, bytes),
  };
}

/** The mean number of entries per row, and of columns with an entry per batch, over all batches. */
function countsOf(images, fill, region, bytes) {
  if (images === null) return {};
  const buffer = new ArrayBuffer(bytes);
  const ints = new Int32Array(buffer);
  fill({ floats: new Float32Array(buffer), ints });
  const rowAt = (i) => ints[region.rows + i];
  const entriesOf = (row) => images.starts[row + 1] - images.starts[row];
  let entries = 0;
  for (let i = 0; i < batches * 50; i++) entries += entriesOf(rowAt(i));
  let touched = 0;
  for (let i = 0; i < 20; i++) {
    const columns = new Set();
    for (let n = 50 * i; n < 50 * (i + 1); n++) {
      for (const column of images.columns.subarray(images.starts[rowAt(n)], images.starts[rowAt(n) + 1]))
        columns.add(column);
    }
    touched += columns.size;
  }
  return { entriesPerRow: entries / (batches * 50), touched: touched / 20 };
}

/**
 * The offsets of successive batches of rows, as in training. The backward pass uses rows that the forward pass has
 * loaded into the cache; cycling through a few batches has the same effect. Evaluation uses every row, in order.
 */
function nextRows({ region }, N, which) {
  const rows = which === 'evaluation' ? region.sequence : region.rows;
  const end = which === 'backward' ? 4 * N : which === 'evaluation' ? sequenceLength : batches * 50;
  let at = 0;
  return () => {
    at = at + 2 * N <= end ? at + N : 0;
    return rows + at;
  };
}

// Each entry has the kernel, size, operations, elements read and written, the location of the result, and `run`, which
// makes the call. `restore` names a region whose numbers shrink towards 0. It is refilled before they become denormal.

const gatherRows = (m, N, D) => ({
  kernel: 'gatherRows',
  size: [N, D],
  operations: 0,
  read: N * D,
  written: N * D,
  leaves: ['out', N * D],
  run: (k, next = nextRows(m, N, 'forward')) => {
    const { source, out } = m.region;
    return () => k.gatherRows(source, next(), out, N, D);
  },
});

const denseForward = (m, N, D, H, biased = true) => ({
  kernel: 'denseForward',
  size: [N, D, H],
  operations: 2 * N * D * H,
  read: N * D + D * H + (biased ? H : 0),
  written: N * H,
  leaves: ['out', N * H],
  run: (k) => {
    const { x, w, b, out } = m.region;
    const bias = biased ? b : -1;
    return () => k.denseForward(x, w, bias, out, N, D, H);
  },
});

/** Each entry reads its row of w again: rows of x cannot share them in registers. */
const sparseForward = (m, N, H, phase = 'forward') => ({
  kernel: 'sparseForward',
  size: [N, 784, H],
  operations: 2 * N * m.entriesPerRow * H,
  read: N * m.entriesPerRow * (H + 1.5),
  written: N * H,
  footprint: 784 * H,
  leaves: ['out', N * H],
  run: (k, next = nextRows(m, N, phase)) => {
    const { w, b, out } = m.region;
    return () => k.sparseForward(m.csr, next(), w, b, out, N, H, sparseStride(H));
  },
});

const denseBackwardWeights = (m, N, D, H) => ({
  kernel: 'denseBackwardWeights',
  size: [N, D, H],
  operations: 2 * N * D * H,
  read: N * D + N * H,
  written: D * H,
  leaves: ['gradient', D * H],
  run: (k) => {
    const { x, delta, gradient } = m.region;
    return () => k.denseBackwardWeights(x, delta, gradient, N, D, H);
  },
});

const sparseBackwardWeights = (m, N, H) => ({
  kernel: 'sparseBackwardWeights',
  size: [N, 784, H],
  operations: 2 * N * m.entriesPerRow * H,
  read: N * (m.entriesPerRow * 1.5 + H),
  written: 784 * H,
  leaves: ['gradient', 784 * sparseStride(H)],
  run: (k, next = nextRows(m, N, 'backward')) => {
    const { delta, gradient, sorted: ints, entries: floats } = m.region;
    const room = { ints, floats };
    return () => k.sparseBackwardWeights(m.csr, next(), delta, gradient, room, N, 784, H, sparseStride(H));
  },
});

const sparseSgdInPlace = (m, N, H) => ({
  kernel: 'sparseSgdInPlace',
  size: [N, 784, H],
  operations: 2 * N * m.entriesPerRow * H + 2 * m.touched * H,
  read: N * (m.entriesPerRow * 1.5 + H) + m.touched * H,
  written: m.touched * H,
  leaves: ['w', 784 * sparseStride(H)],
  run: (k, next = nextRows(m, N, 'backward')) => {
    const { delta, gradient, w, sorted: ints, entries: floats } = m.region;
    const room = { ints, floats };
    const stride = sparseStride(H);
    return () => k.sparseSgdInPlace(m.csr, next(), delta, gradient, w, 1e-6, room, N, 784, H, stride);
  },
});

const backwardBias = (m, N, H) => ({
  kernel: 'backwardBias',
  size: [N, H],
  operations: N * H,
  read: N * H,
  written: H,
  leaves: ['gradient', H],
  run: (k) => {
    const { delta, gradient } = m.region;
    return () => k.backwardBias(delta, gradient, N, H);
  },
});

const backwardInputs = (m, N, D, H) => ({
  kernel: 'backwardInputs',
  size: [N, D, H],
  operations: 2 * N * D * H,
  read: N * H + D * H,
  written: N * D,
  leaves: ['out', N * D],
  run: (k) => {
    const { delta, wide, scratch, out } = m.region;
    return () => k.backwardInputs(delta, wide, scratch, out, N, D, H);
  },
});

const elementwise = (kernel, size, operations, [read, written], leaves, run, restore = null) => {
  const count = size.reduce((product, n) => product * n, 1);
  return {
    kernel,
    size,
    operations: operations * count,
    read: read * count,
    written: written * count,
    // In place, except for the one that writes a third array.
    footprint: (kernel === 'scaledDifference' ? 3 : read) * count,
    leaves: leaves === null ? null : [leaves, count],
    run: (k) => run(k, count),
    restore,
  };
};

const activationForward = (m, activation, N, H, operations = 1) =>
  elementwise(`${activation.name} forward`, [N, H], operations, [1, 1], 'out', (k, count) => {
    const { out } = m.region;
    return () => k.activationForwardInPlace(activation, out, count);
  });

const activationBackward = (m, activation, N, H, operations = 2) => {
  const run = (k, count) => {
    const { x, delta } = m.region;
    return () => k.activationBackwardInPlace(activation, x, delta, count);
  };
  return elementwise(`${activation.name} backward`, [N, H], operations, [2, 1], 'delta', run, 'delta');
};

const softmaxForward = (m, N, P) =>
  elementwise('softmaxForwardInPlace', [N, P], exponential + 4, [1, 1], 'out', (k) => {
    const { out } = m.region;
    return () => k.softmaxForwardInPlace(out, N, P);
  });

const softmaxCrossEntropy = (m, N, P) =>
  elementwise('softmaxCrossEntropyInPlace', [N, P], exponential + 7, [2, 1], 'out', (k) => {
    const { out, y } = m.region;
    return () => k.softmaxCrossEntropyInPlace(out, y, N, P);
  });

const scaledDifference = (m, N, P) =>
  elementwise('scaledDifference', [N, P], 2, [2, 1], 'delta', (k, count) => {
    const { out, y, delta } = m.region;
    return () => k.scaledDifference(out, y, 2 / N, delta, count);
  });

const squaredError = (m, N, P) =>
  elementwise('squaredError', [N, P], 3, [2, 0], null, (k, count) => {
    const { out, y } = m.region;
    return () => k.squaredError(out, y, count);
  });

const countCorrect = (m, N, P) =>
  elementwise('countCorrect', [N, P], 0, [2, 0], null, (k) => {
    const { out, y } = m.region;
    return () => k.countCorrect(out, y, N, P);
  });

const sgd = (m, ...size) =>
  elementwise('sgdInPlace', size, 2, [2, 1], 'w', (k, count) => {
    const { w, gradient } = m.region;
    return () => k.sgdInPlace(w, gradient, 1e-6, count);
  });

const addPenalty = (m, ...size) =>
  elementwise('addPenalty', size, 2, [2, 1], 'gradient', (k, count) => {
    const { w, gradient } = m.region;
    return () => k.addPenalty(gradient, w, 1e-6, count);
  });

const momentum = (m, ...size) =>
  elementwise('momentumInPlace', size, 4, [3, 2], 'w', (k, count) => {
    const { w, velocity, gradient } = m.region;
    return () => k.momentumInPlace(w, velocity, gradient, 1e-6, 0.5, count);
  });

/** A root and a division count as one operation each. */
const adam = (m, ...size) =>
  elementwise('adamInPlace', size, 14, [4, 3], 'w', (k, count) => {
    const { w, velocity, square, gradient } = m.region;
    return () => k.adamInPlace(w, velocity, square, gradient, 1e-6, 0.9, 0.999, 1e-8, 1, count);
  });

/** A complete step of a linear model. It reads rows of x once for the outputs and once for the gradient. */
const linearSgdStep = (m, N, D) => ({
  kernel: 'linearSgdStep',
  size: [N, D],
  operations: 4 * N * D + 2 * D,
  read: 2 * N * D + 2 * D,
  written: D,
  footprint: N * D + D,
  leaves: ['w', D],
  run: (k, next = nextRows(m, N, 'forward')) => {
    const { source, y, w, delta } = m.region;
    return () => k.linearSgdStep(source, y, next(), w, -1, delta, N, D, 1e-6, 0, 0);
  },
});

const relu2H1Forward = (m, N, H) => ({
  kernel: 'relu2H1Forward',
  size: [N, 2, H],
  operations: 7 * N * H,
  read: 2 * N + 4 * H,
  written: N,
  leaves: ['out', N],
  run: (k) => {
    const { x, w, b, wide, scratch, out } = m.region;
    return () => k.relu2H1Forward(x, w, b, wide, scratch, out, N, H);
  },
});

const relu2H1SgdStep = (m, N, H) => ({
  kernel: 'relu2H1SgdStep',
  size: [N, 2, H],
  operations: 16 * N * H + 8 * H,
  read: 2 * N * H + 8 * H,
  written: N * H + 4 * H,
  footprint: N * H + 4 * H,
  leaves: ['w', 2 * H],
  run: (k, next = nextRows(m, N, 'forward')) => {
    const { source, y, w, b, wide, scratch, x, out, delta } = m.region;
    return () => k.relu2H1SgdStep(source, y, next(), w, b, wide, scratch, x, out, delta, N, H, 1e-6, 0, 0);
  },
});

/** The calls of each workload: first those of a training step, in order, then those of the evaluation. */
export async function createWorkloads({ relu, sigmoid, tanh, leaky_relu: leakyRelu }, mnistRows) {
  const images = await readMnistRows(mnistRows);
  const franke = layOut({ dtype: 'float32', inputs: 128, widest: 128, images: null });
  const mnist = layOut({ dtype: 'float32', inputs: 784, widest: 128, images });
  const ols = layOut({ dtype: 'float64', inputs: 128, widest: 128, images: null });
  const workload = (title, memory, training, evaluation) => ({
    title,
    memory,
    calls: [
      ...training.map((call) => ({ ...call, phase: 'training' })),
      ...evaluation.map((call) => ({ ...call, phase: 'evaluation' })),
    ],
  });
  return {
    'franke-ffnn': workload(
      'Franke FFNN 2-128-1, batch 10, f32',
      franke,
      [relu2H1SgdStep(franke, 10, 128)],
      [relu2H1Forward(franke, 128, 128), squaredError(franke, 128, 1)],
    ),
    layers: workload(
      'The same layer by layer, as for other networks on the Franke function, f32',
      franke,
      [
        gatherRows(franke, 10, 2),
        denseForward(franke, 10, 2, 128),
        activationForward(franke, relu, 10, 128),
        denseForward(franke, 10, 128, 1),
        scaledDifference(franke, 10, 1),
        backwardBias(franke, 10, 1),
        denseBackwardWeights(franke, 10, 128, 1),
        backwardInputs(franke, 10, 128, 1),
        activationBackward(franke, relu, 10, 128),
        sgd(franke, 128, 1),
        backwardBias(franke, 10, 128),
        denseBackwardWeights(franke, 10, 2, 128),
        sgd(franke, 2, 128),
      ],
      [
        denseForward(franke, 128, 2, 128),
        activationForward(franke, relu, 128, 128),
        denseForward(franke, 128, 128, 1),
      ],
    ),
    'mnist-ffnn': workload(
      'MNIST FFNN 784-128-10, batch 50, f32',
      mnist,
      [
        gatherRows(mnist, 50, 10),
        sparseForward(mnist, 50, 128),
        activationForward(mnist, relu, 50, 128),
        denseForward(mnist, 50, 128, 10),
        softmaxForward(mnist, 50, 10),
        scaledDifference(mnist, 50, 10),
        backwardBias(mnist, 50, 10),
        denseBackwardWeights(mnist, 50, 128, 10),
        backwardInputs(mnist, 50, 128, 10),
        activationBackward(mnist, relu, 50, 128),
        sgd(mnist, 128, 10),
        backwardBias(mnist, 50, 128),
        sparseSgdInPlace(mnist, 50, 128),
      ],
      [
        sparseForward(mnist, 128, 128, 'evaluation'),
        activationForward(mnist, relu, 128, 128),
        denseForward(mnist, 128, 128, 10),
        softmaxCrossEntropy(mnist, 128, 10),
        countCorrect(mnist, 128, 10),
      ],
    ),
    'mnist-logistic': workload(
      'MNIST logistic 784-10, batch 50, f32',
      mnist,
      [sparseForward(mnist, 50, 10), softmaxForward(mnist, 50, 10), sparseSgdInPlace(mnist, 50, 10)],
      [sparseForward(mnist, 128, 10, 'evaluation')],
    ),
    ols: workload(
      'OLS by SGD, 120 features, batch 10, f64',
      ols,
      [linearSgdStep(ols, 10, 120)],
      [denseForward(ols, 128, 120, 1, false), squaredError(ols, 128, 1)],
    ),
    'small-mlp': workload(
      'Network 4-32-16-4, tanh, full batch in parts of 128 rows, f32',
      franke,
      [
        denseForward(franke, 128, 4, 32),
        activationForward(franke, tanh, 128, 32, hyperbolicTangent),
        denseForward(franke, 128, 32, 16),
        activationForward(franke, tanh, 128, 16, hyperbolicTangent),
        denseForward(franke, 128, 16, 4),
        squaredError(franke, 128, 4),
        scaledDifference(franke, 128, 4),
        backwardBias(franke, 128, 4),
        denseBackwardWeights(franke, 128, 16, 4),
        backwardInputs(franke, 128, 16, 4),
        activationBackward(franke, tanh, 128, 16, 3),
        backwardBias(franke, 128, 16),
        denseBackwardWeights(franke, 128, 32, 16),
        backwardInputs(franke, 128, 32, 16),
        activationBackward(franke, tanh, 128, 32, 3),
        backwardBias(franke, 128, 32),
        denseBackwardWeights(franke, 128, 4, 32),
        adam(franke, 32, 16),
      ],
      [],
    ),
    others: workload(
      'Other settings of MNIST: dense inputs, momentum, Adam, lambda, other activations, f32',
      mnist,
      [
        denseForward(mnist, 50, 784, 128),
        denseBackwardWeights(mnist, 50, 784, 128),
        sparseBackwardWeights(mnist, 50, 128),
        addPenalty(mnist, 784, 144),
        sgd(mnist, 784, 144),
        momentum(mnist, 784, 144),
        adam(mnist, 784, 144),
        activationForward(mnist, sigmoid, 50, 128, exponential + 2),
        activationBackward(mnist, sigmoid, 50, 128, 3),
        activationForward(mnist, leakyRelu, 50, 128, 2),
        activationBackward(mnist, leakyRelu, 50, 128, 2),
      ],
      [denseForward(mnist, 128, 784, 128)],
    ),
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
