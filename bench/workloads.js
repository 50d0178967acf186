// The four workloads, the peers, and the target ratios of the peers' times to ours.

const hidden = { units: 128, activation: 'relu', biasInit: 'zeros' };
const softmax = { units: 10, activation: 'softmax', kernelInit: 'glorot_uniform', biasInit: 'zeros' };

/** The report's models with the report's learning rate. `targets` are ratios peer / ours with one thread each. */
export const workloads = {
  'franke-ffnn': {
    title: 'Franke FFNN 2-128-1, batch 10 (f32)',
    data: 'franke',
    dtype: 'float32',
    loss: 'mse',
    learningRate: 1e-3,
    batchSize: 10,
    layers: [
      { ...hidden, kernelInit: 'random_normal' },
      { units: 1, activation: 'linear', kernelInit: 'random_normal', biasInit: 'zeros' },
    ],
    targets: { 'torch-manual': 15, torch: 60, numpy: 9, 'tfjs-wasm': 250 },
  },
  'mnist-ffnn': {
    title: 'MNIST FFNN 784-128-10, batch 50 (f32)',
    data: 'mnist',
    dtype: 'float32',
    loss: 'cross_entropy',
    learningRate: 1e-3,
    batchSize: 50,
    layers: [{ ...hidden, kernelInit: 'glorot_uniform' }, softmax],
    targets: { 'torch-manual': 1.1, torch: 2, numpy: 1.1, 'tfjs-wasm': 35 },
  },
  'mnist-logistic': {
    title: 'MNIST logistic 784-10, batch 50 (f32)',
    data: 'mnist',
    dtype: 'float32',
    loss: 'cross_entropy',
    learningRate: 1e-3,
    batchSize: 50,
    layers: [softmax],
    targets: { 'torch-manual': 1.25, torch: 2, numpy: 1.2, 'tfjs-wasm': 60 },
  },
  ols: {
    title: 'OLS by SGD, 120 features, batch 10 (f64)',
    data: 'polynomial',
    dtype: 'float64',
    loss: 'mse',
    learningRate: 1e-3,
    batchSize: 10,
    layers: [{ units: 1, activation: 'linear', kernelInit: 'random_normal', biasInit: null }],
    targets: { 'torch-manual': 8, torch: 50, numpy: 3.5, 'tfjs-wasm': 250 },
  },
};

const networks = ['franke-ffnn', 'mnist-ffnn'];
const everywhere = Object.keys(workloads);
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
  torch: { title: 'PyTorch, idiomatic', ...torch, workloads: everywhere, checked: true },
  numpy: { title: 'NumPy, vectorised', ...numpy, workloads: everywhere, checked: true },
  'numpy-folded': { title: 'NumPy, biases folded', ...numpy, workloads: ['franke-ffnn'], checked: true },
  sklearn: { title: 'scikit-learn MLP', ...sklearn, workloads: networks, checked: false },
  'tfjs-wasm': {
    title: 'TensorFlow.js, wasm',
    ...tfjs,
    workloads: everywhere,
    checked: true,
    dtypes: ['float32'],
  },
  'tfjs-cpu': {
    title: 'TensorFlow.js, cpu',
    ...tfjs,
    workloads: everywhere,
    checked: true,
    dtypes: ['float32'],
  },
};
