// The workloads, the peers, and the target ratios of the peers' times to ours.

const hidden = { units: 128, activation: 'relu', biasInit: 'zeros' };
const softmax = { units: 10, activation: 'softmax', kernelInit: 'glorot_uniform', biasInit: 'zeros' };

const franke = {
  data: 'franke',
  dtype: 'float32',
  loss: 'mse',
  learningRate: 1e-3,
  batchSize: 10,
  layers: [
    { ...hidden, kernelInit: 'random_normal' },
    { units: 1, activation: 'linear', kernelInit: 'random_normal', biasInit: 'zeros' },
  ],
};
const mnist = { data: 'mnist', dtype: 'float32', loss: 'cross_entropy', learningRate: 1e-3, batchSize: 50 };
const mnistLayers = [{ ...hidden, kernelInit: 'glorot_uniform' }, softmax];
const glorot = { kernelInit: 'glorot_uniform', biasInit: 'zeros' };
/**
 * Lux's and SimpleChains' published test: the exponential of 2 x 2 matrices, 10,000 rows in one batch, 10,000 epochs.
 * github.com/PumasAI/SimpleChains.jl, docs/src/examples/smallmlp.md
 */
const smallMlp = {
  group: 'full batch',
  data: 'exponential',
  dtype: 'float32',
  loss: 'mse',
  learningRate: 1e-3,
  optimizer: 'adam',
  batchSize: 'all',
  layers: [
    { units: 32, activation: 'tanh', ...glorot },
    { units: 16, activation: 'tanh', ...glorot },
    { units: 4, activation: 'linear', ...glorot },
  ],
  epochs: 10_000,
  targets: { 'torch-manual': 3, torch: 3.5 },
};

/**
 * `group` names the table that a workload is in. `optimizer` is sgd if it is left out, with the defaults of torch.optim.
 * `evaluate` says when the losses of all rows are computed: after every epoch if it is left out, or once, at the end.
 * `epochs` is the number of epochs of a measurement, if it is fixed. `targets` are ratios peer / ours with one thread
 * each.
 */
export const workloads = {
  // The report's models with the report's learning rate.
  'franke-ffnn': {
    title: 'Franke FFNN 2-128-1, batch 10 (f32)',
    group: 'sgd',
    ...franke,
    targets: { 'torch-manual': 15, torch: 60, numpy: 9, 'tfjs-wasm': 250 },
  },
  'mnist-ffnn': {
    title: 'MNIST FFNN 784-128-10, batch 50 (f32)',
    group: 'sgd',
    ...mnist,
    layers: mnistLayers,
    targets: { 'torch-manual': 1.1, torch: 2, numpy: 1.1, 'tfjs-wasm': 35 },
  },
  'mnist-logistic': {
    title: 'MNIST logistic 784-10, batch 50 (f32)',
    group: 'sgd',
    ...mnist,
    layers: [softmax],
    targets: { 'torch-manual': 1.25, torch: 2, numpy: 1.2, 'tfjs-wasm': 60 },
  },
  ols: {
    title: 'OLS by SGD, 120 features, batch 10 (f64)',
    group: 'sgd',
    data: 'polynomial',
    dtype: 'float64',
    loss: 'mse',
    learningRate: 1e-3,
    batchSize: 10,
    layers: [{ units: 1, activation: 'linear', kernelInit: 'random_normal', biasInit: null }],
    targets: { 'torch-manual': 8, torch: 50, numpy: 3.5, 'tfjs-wasm': 250 },
  },
  // The report's networks with other optimisers.
  'franke-adam': { title: 'Franke FFNN, Adam', group: 'adaptive', ...franke, optimizer: 'adam', targets: {} },
  'franke-rmsprop': {
    title: 'Franke FFNN, RMSprop',
    group: 'adaptive',
    ...franke,
    optimizer: 'rmsprop',
    targets: {},
  },
  'mnist-adam': {
    title: 'MNIST FFNN, Adam',
    group: 'adaptive',
    ...mnist,
    layers: mnistLayers,
    optimizer: 'adam',
    targets: {},
  },
  'mnist-rmsprop': {
    title: 'MNIST FFNN, RMSprop',
    group: 'adaptive',
    ...mnist,
    layers: mnistLayers,
    optimizer: 'rmsprop',
    targets: {},
  },
  'small-mlp': { title: 'evaluated after every epoch', ...smallMlp },
  'small-mlp-once': { title: 'evaluated once, at the end', ...smallMlp, evaluate: 'end' },
};

/** What is measured together: a file of results each, with the groups of workloads in it. */
export const sets = { latest: ['sgd'], optimisers: ['adaptive', 'full batch'] };

/** Whether a workload is one of the report's, with plain SGD. Others are only measured with the fastest settings. */
export const isReports = (name) => workloads[name].group === 'sgd';

const networks = ['franke-ffnn', 'mnist-ffnn'];
const everywhere = Object.keys(workloads);
const shortOnes = everywhere.filter((name) => workloads[name].epochs === undefined);
const reports = everywhere.filter(isReports);
const numpy = { program: 'numpy_peer.py', needs: ['numpy'], blas: true, threads: true };
const torch = { program: 'torch_peer.py', needs: ['torch', 'numpy'], blas: true, threads: true };
const sklearn = { program: 'sklearn_peer.py', needs: ['sklearn', 'numpy'], blas: true, threads: true };
const tfjs = { program: 'tfjs_peer.js', needs: [], blas: false, threads: false };

/**
 * `blas`: whether its speed depends on OpenBLAS. `threads`: whether it can use two threads. `checked`: whether it
 * accepts given weights and batches. `dtypes`: the float types that it supports, if not all.
 */
export const peers = {
  'torch-manual': { title: 'PyTorch, hand-written', ...torch, workloads: everywhere, checked: true },
  'torch-folded': { title: 'PyTorch, biases folded', ...torch, workloads: ['franke-ffnn'], checked: true },
  'torch-pieces': {
    title: 'PyTorch, in pieces',
    ...torch,
    workloads: everywhere.filter((name) => workloads[name].group === 'full batch'),
    checked: true,
  },
  torch: { title: 'PyTorch, idiomatic', ...torch, workloads: everywhere, checked: true },
  numpy: { title: 'NumPy, vectorised', ...numpy, workloads: everywhere, checked: true },
  'numpy-folded': { title: 'NumPy, biases folded', ...numpy, workloads: ['franke-ffnn'], checked: true },
  sklearn: { title: 'scikit-learn MLP', ...sklearn, workloads: networks, checked: false },
  'tfjs-wasm': {
    title: 'TensorFlow.js, wasm',
    ...tfjs,
    workloads: shortOnes,
    checked: true,
    dtypes: ['float32'],
  },
  'tfjs-cpu': {
    title: 'TensorFlow.js, cpu',
    ...tfjs,
    workloads: reports,
    checked: true,
    dtypes: ['float32'],
  },
};
