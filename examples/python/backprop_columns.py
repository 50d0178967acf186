"""Backpropagation with column vectors, one row of the data at a time: backprop_columns.py exercise.json mine.json

The notation is that of M. Nielsen, Neural networks and deep learning (2015), chapters 1 to 3: kernels are [units][inputs], x and
a are columns, delta belongs to the cost of one row, the gradients are sums over the batch, which the update divides by its number
of rows. The L2 penalty is part of the update (weight decay), not of the gradient; the velocity is without the learning rate.
`fys-nn trace check` recognises all of these and says so: they are other ways to write the same.
"""
import sys

import numpy as np

from fys_trace import load

ACTIVATIONS = {
    'sigmoid': lambda z: 1 / (1 + np.exp(-z)),
    'tanh': np.tanh,
    'linear': lambda z: z,
    'relu': lambda z: np.maximum(z, 0),
    'softmax': lambda z: np.exp(z - z.max()) / np.sum(np.exp(z - z.max())),
}
# f' in terms of a = f(z)
PRIMES = {
    'sigmoid': lambda a: a * (1 - a),
    'tanh': lambda a: 1 - a ** 2,
    'linear': lambda a: np.ones_like(a),
    'relu': lambda a: np.where(a > 0, 1, 0),
}


class Network:
    def __init__(self, weights, biases, activations, cost, momentum, l2, penalize):
        self.weights, self.biases, self.activations = weights, biases, activations
        self.cost, self.momentum, self.l2, self.penalize = cost, momentum, l2, penalize
        self.velocities = [(np.zeros_like(w), np.zeros_like(b)) for w, b in zip(weights, biases)]

    def feedforward(self, a):
        zs, activations = [], [a]
        for w, b, name in zip(self.weights, self.biases, self.activations):
            zs.append(w @ activations[-1] + b)
            activations.append(ACTIVATIONS[name](zs[-1]))
        return zs, activations

    def backprop(self, x, y):
        """z, a and delta of each layer, for the cost of one row: columns."""
        zs, activations = self.feedforward(x)
        delta = activations[-1] - y  # cross-entropy with softmax or with one sigmoid output
        if self.cost == 'mse':
            delta = 2 * delta * PRIMES[self.activations[-1]](activations[-1])
        deltas = [delta]
        for l in range(2, len(self.weights) + 1):
            delta = self.weights[-l + 1].T @ delta * PRIMES[self.activations[-l]](activations[-l])
            deltas.insert(0, delta)
        return zs, activations, deltas

    def update_mini_batch(self, batch, eta, trace):
        passes = [self.backprop(x, y) for x, y in batch]
        for l, (w, b) in enumerate(zip(self.weights, self.biases)):
            nabla_w = sum(deltas[l] @ activations[l].T for zs, activations, deltas in passes)
            nabla_b = sum(deltas[l] for zs, activations, deltas in passes)
            decay_b = 2 * self.l2 * b if self.penalize == 'all' else 0
            v, u = self.velocities[l]
            v = self.momentum * v + nabla_w / len(batch) + 2 * self.l2 * w
            u = self.momentum * u + nabla_b / len(batch) + decay_b
            self.velocities[l] = v, u
            self.weights[l] = w - eta * v
            if trace.layers[l].bias is not None:
                self.biases[l] = b - eta * u
                trace.record(l, bias_gradient=nabla_b.ravel(), bias=self.biases[l].ravel())
            trace.record(
                l, z=np.hstack([zs[l] for zs, activations, deltas in passes]),
                a=np.hstack([activations[l + 1] for zs, activations, deltas in passes]),
                delta=np.hstack([deltas[l] for zs, activations, deltas in passes]),
                kernel_gradient=nabla_w, kernel=self.weights[l])
            if self.momentum != 0:
                trace.record(l, kernel_v=v, bias_v=None if trace.layers[l].bias is None else u.ravel())
        trace.end_step()


if __name__ == '__main__':
    trace = load(sys.argv[1], kernel='out-in', batch='last')
    has = [*ACTIVATIONS, 'mse', 'softmax_cross_entropy', 'binary_cross_entropy', 'sgd', 'constant']
    for name in [trace.loss, *(layer.activation for layer in trace.layers), trace.optimizer['name'], trace.optimizer['schedule']]:
        if name not in has:
            sys.exit(f'backprop_columns.py has no {name}; backprop_class.py has more')
    if trace.l1 or trace.optimizer.get('nesterov') in (True, 'yes') or trace.optimizer.get('clip_norm') not in (None, 'none'):
        sys.exit('backprop_columns.py has no L1 penalty, Nesterov momentum or clipping; backprop_class.py has')
    network = Network(
        [layer.kernel for layer in trace.layers],
        [np.zeros((layer.units, 1)) if layer.bias is None else layer.bias.reshape(-1, 1) for layer in trace.layers],
        [layer.activation for layer in trace.layers], trace.loss, trace.optimizer.get('momentum', 0), trace.l2, trace.penalize)
    for epoch in trace.epochs:
        for rows in epoch:
            batch = [(trace.x[:, [row]], trace.y[:, [row]]) for row in rows]
            network.update_mini_batch(batch, trace.learning_rate, trace)
    trace.write(sys.argv[2], program='backprop_columns.py')
