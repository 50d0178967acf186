"""Backpropagation with a class, and every optimiser: backprop_class.py exercise.json mine.json

Kernels are [inputs][units], and each row of X is one row of the data. The network knows nothing of `fys-nn trace` but calls
`record` and `end_step` of what it is given, in training alone.
"""
import math
import sys

import numpy as np

from fys_trace import load


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def normal(z):
    """The probability that a standard normal number is below z."""
    return np.vectorize(math.erf)(z / math.sqrt(2)) / 2 + 0.5


def tanh_argument(z):
    return 2 * math.sqrt(2 / math.pi) * (z + 0.044715 * z ** 3)


def gelu_tanh_der(z):
    s = sigmoid(tanh_argument(z))
    return s + z * s * (1 - s) * 2 * math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * z ** 2)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


# f and f', both of z
ACTIVATIONS = {
    'sigmoid': (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
    'tanh': (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    'linear': (lambda z: z, np.ones_like),
    'relu': (lambda z: np.where(z > 0, z, 0), lambda z: np.where(z > 0, 1, 0)),
    'leaky_relu': (lambda z: np.where(z > 0, z, 0.01 * z), lambda z: np.where(z > 0, 1, 0.01)),
    'relu6': (lambda z: np.clip(z, 0, 6), lambda z: np.where((z > 0) & (z < 6), 1, 0)),
    'elu': (lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))), lambda z: np.where(z > 0, 1, np.exp(np.minimum(z, 0)))),
    'silu': (lambda z: z * sigmoid(z), lambda z: sigmoid(z) * (1 + z * (1 - sigmoid(z)))),
    'softplus': (lambda z: np.logaddexp(0, z), sigmoid),
    'gelu': (lambda z: z * normal(z), lambda z: normal(z) + z * np.exp(-z ** 2 / 2) / math.sqrt(2 * math.pi)),
    'gelu_tanh': (lambda z: z * sigmoid(tanh_argument(z)), gelu_tanh_der),
    'softmax': (softmax, None),
}


class SquaredError:
    def value(self, a, y):
        return np.sum((a - y) ** 2) / len(y)

    def derivative(self, a, y):
        return 2 * (a - y) / len(y)


class AbsoluteError:
    def value(self, a, y):
        return np.sum(np.abs(a - y)) / len(y)

    def derivative(self, a, y):
        return np.sign(a - y) / len(y)


class HuberError:
    def __init__(self, delta):
        self.width = delta

    def value(self, a, y):
        e = np.abs(a - y)
        return np.sum(np.where(e <= self.width, e ** 2 / 2, self.width * (e - self.width / 2))) / len(y)

    def derivative(self, a, y):
        return np.clip(a - y, -self.width, self.width) / len(y)


class CrossEntropy:
    """With softmax outputs: dC/dz is simpler than dC/da."""

    def value(self, a, y):
        return -np.sum(y * np.log(a)) / len(y)

    def delta(self, a, y):
        return (a - y) / len(y)


class BinaryCrossEntropy(CrossEntropy):
    """With one sigmoid output."""

    def value(self, a, y):
        return -np.sum(y * np.log(a) + (1 - y) * np.log(1 - a)) / len(y)


class SGD:
    def __init__(self, momentum=0.0, nesterov=False):
        self.momentum, self.nesterov = momentum, nesterov

    def start(self, w):
        return {} if self.momentum == 0 else {'v': np.zeros_like(w)}

    def step(self, w, g, state, rate, t):
        if self.momentum == 0:
            return w - rate * g
        state['v'] = self.momentum * state['v'] + rate * g
        return w - (self.momentum * state['v'] + rate * g if self.nesterov else state['v'])


class Adagrad:
    keep, share = 1, 1

    def __init__(self, epsilon=1e-10, momentum=0.0):
        self.epsilon, self.momentum = epsilon, momentum

    def start(self, w):
        return {'s': np.zeros_like(w), 'v': np.zeros_like(w)} if self.momentum else {'s': np.zeros_like(w)}

    def step(self, w, g, state, rate, t):
        state['s'] = self.keep * state['s'] + self.share * g ** 2
        d = rate * g / (np.sqrt(state['s']) + self.epsilon)
        if self.momentum:
            d = state['v'] = self.momentum * state['v'] + d
        return w - d


class RMSprop(Adagrad):
    def __init__(self, rho=0.99, epsilon=1e-8, momentum=0.0):
        super().__init__(epsilon, momentum)
        self.keep, self.share = rho, 1 - rho


class Adam:
    def __init__(self, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.0):
        self.beta1, self.beta2, self.epsilon, self.weight_decay = beta1, beta2, epsilon, weight_decay

    def start(self, w):
        return {'m': np.zeros_like(w), 's': np.zeros_like(w)}

    def step(self, w, g, state, rate, t):
        state['m'] = self.beta1 * state['m'] + (1 - self.beta1) * g
        state['s'] = self.beta2 * state['s'] + (1 - self.beta2) * g ** 2
        m, s = state['m'] / (1 - self.beta1 ** t), state['s'] / (1 - self.beta2 ** t)
        return w - rate * self.weight_decay * w - rate * m / (np.sqrt(s) + self.epsilon)


OPTIMIZERS = {'sgd': SGD, 'adagrad': Adagrad, 'rmsprop': RMSprop, 'adam': Adam, 'adamw': Adam}


class Layer:
    def __init__(self, kernel, bias, activation):
        self.weights = {'kernel': kernel} if bias is None else {'kernel': kernel, 'bias': bias}
        self.activate, self.derivative = ACTIVATIONS[activation]


class NeuralNetwork:
    def __init__(self, layers, loss, optimizer, l2=0.0, l1=0.0, penalize='all', clip_norm=None):
        self.layers, self.loss, self.optimizer = layers, loss, optimizer
        self.l2, self.l1, self.penalize, self.clip_norm = l2, l1, penalize, clip_norm
        self.states = [{name: optimizer.start(w) for name, w in layer.weights.items()} for layer in layers]

    def feed_forward(self, X):
        a = X
        for layer in self.layers:
            layer.input = a
            layer.z = a @ layer.weights['kernel'] + layer.weights.get('bias', 0)
            layer.a = a = layer.activate(layer.z)
        return a

    def backpropagate(self, y):
        last = self.layers[-1]
        if hasattr(self.loss, 'delta'):
            last.delta = self.loss.delta(last.a, y)
        else:
            last.delta = self.loss.derivative(last.a, y) * last.derivative(last.z)
        for layer, after in zip(self.layers[-2::-1], self.layers[:0:-1]):
            layer.delta = after.delta @ after.weights['kernel'].T * layer.derivative(layer.z)
        for layer in self.layers:
            layer.gradients = {'kernel': layer.input.T @ layer.delta, 'bias': layer.delta.sum(axis=0)}
            for name, w in layer.weights.items():
                if name == 'kernel' or self.penalize == 'all':
                    layer.gradients[name] = layer.gradients[name] + 2 * self.l2 * w + self.l1 * np.sign(w)

    def update(self, rate, t):
        factor = 1
        if self.clip_norm is not None:
            squares = sum(np.sum(layer.gradients[name] ** 2) for layer in self.layers for name in layer.weights)
            factor = min(1, self.clip_norm / (np.sqrt(squares) + 1e-6))
        for layer, states in zip(self.layers, self.states):
            for name, w in layer.weights.items():
                layer.weights[name] = self.optimizer.step(w, factor * layer.gradients[name], states[name], rate, t)

    def fit(self, X, y, epochs, learning_rate, schedule='constant', trace=None):
        t = 0
        for epoch, batches in enumerate(epochs):
            rate = learning_rate / (epoch * len(batches) + 1) if schedule == 'decay' else learning_rate
            for rows in batches:
                t += 1
                loss = self.loss.value(self.feed_forward(X[rows]), y[rows])
                self.backpropagate(y[rows])
                self.update(rate, t)
                if trace is not None:
                    trace.record(x=X[rows], y=y[rows], loss=loss)
                    self.record(trace)
                    trace.end_step()

    def record(self, trace):
        for index, (layer, states) in enumerate(zip(self.layers, self.states)):
            trace.record(index, z=layer.z, a=layer.a, delta=layer.delta, **layer.weights)
            for name, state in states.items():
                trace.record(index, **{f'{name}_gradient': layer.gradients[name]})
                trace.record(index, **{f'{name}_{slot}': values for slot, values in state.items()})


if __name__ == '__main__':
    trace = load(sys.argv[1], kernel='in-out', batch='first')
    losses = {'mse': SquaredError, 'mae': AbsoluteError, 'huber': lambda: HuberError(1 if trace.delta is None else trace.delta),
              'softmax_cross_entropy': CrossEntropy, 'binary_cross_entropy': BinaryCrossEntropy}
    if trace.optimizer['schedule'] not in ('constant', 'decay'):
        sys.exit(f'backprop_class.py has no schedule {trace.optimizer["schedule"]}')
    settings = {key: value for key, value in trace.optimizer.items()
                if key not in ('name', 'learning_rate', 'schedule', 'clip_norm')}
    clip_norm = trace.optimizer.get('clip_norm')
    network = NeuralNetwork(
        [Layer(layer.kernel, layer.bias, layer.activation) for layer in trace.layers],
        losses[trace.loss](), OPTIMIZERS[trace.optimizer['name']](**settings),
        trace.l2, trace.l1, trace.penalize, None if clip_norm == 'none' else clip_norm)
    network.fit(trace.x, trace.y, trace.epochs, trace.learning_rate, trace.optimizer['schedule'], trace)
    trace.write(sys.argv[2], program='backprop_class.py')
