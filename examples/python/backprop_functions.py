"""Backpropagation with functions, as in the lectures: backprop_functions.py exercise.json mine.json

Kernels are [inputs][units], and each row of X is one row of the data. Plain gradient descent with mini-batches, an L2 and an L1
penalty. What was added for `fys-nn trace check` is marked with "# trace".
"""
import sys

import numpy as np

from fys_trace import load  # trace


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_der(z):
    return sigmoid(z) * (1 - sigmoid(z))


def relu(z):
    return np.where(z > 0, z, 0)


def relu_der(z):
    return np.where(z > 0, 1, 0)


def leaky_relu(z):
    return np.where(z > 0, z, 0.01 * z)


def leaky_relu_der(z):
    return np.where(z > 0, 1, 0.01)


def tanh_der(z):
    return 1 - np.tanh(z) ** 2


def linear(z):
    return z


def linear_der(z):
    return np.ones_like(z)


def softmax(z):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


activation_funcs = {'sigmoid': sigmoid, 'relu': relu, 'leaky_relu': leaky_relu, 'tanh': np.tanh, 'linear': linear, 'softmax': softmax}
activation_ders = {'sigmoid': sigmoid_der, 'relu': relu_der, 'leaky_relu': leaky_relu_der, 'tanh': tanh_der, 'linear': linear_der}


def mse(predict, target):
    return np.sum((predict - target) ** 2) / len(target)


def cross_entropy(predict, target):
    return -np.sum(target * np.log(predict)) / len(target)


def binary_cross_entropy(predict, target):
    return -np.sum(target * np.log(predict) + (1 - target) * np.log(1 - predict)) / len(target)


costs = {'mse': mse, 'softmax_cross_entropy': cross_entropy, 'binary_cross_entropy': binary_cross_entropy}


def feed_forward(X, layers, activations):
    """The inputs, z and a of each layer."""
    inputs, zs, outputs = [], [], []
    a = X
    for (W, b), activation in zip(layers, activations):
        inputs.append(a)
        z = a @ W + b
        a = activation_funcs[activation](z)
        zs.append(z)
        outputs.append(a)
    return inputs, zs, outputs


def output_delta(cost, z, predict, target, activation):
    """dC/dz of the output layer."""
    if cost in ('softmax_cross_entropy', 'binary_cross_entropy'):
        return (predict - target) / len(target)
    return 2 * (predict - target) / len(target) * activation_ders[activation](z)


def backpropagation(X, target, layers, activations, cost, trace):
    inputs, zs, outputs = feed_forward(X, layers, activations)
    gradients = [() for _ in layers]
    for i in reversed(range(len(layers))):
        if i == len(layers) - 1:
            dC_dz = output_delta(cost, zs[i], outputs[i], target, activations[i])
        else:
            W, b = layers[i + 1]
            dC_dz = dC_dz @ W.T * activation_ders[activations[i]](zs[i])
        dC_dW = inputs[i].T @ dC_dz
        dC_db = np.sum(dC_dz, axis=0)
        gradients[i] = (dC_dW, dC_db)
        trace.record(i, z=zs[i], a=outputs[i], delta=dC_dz)  # trace
    trace.record(x=X, y=target, loss=costs[cost](outputs[-1], target))  # trace
    return gradients


def add_penalty(gradients, layers, l2, l1, penalize):
    with_penalty = []
    for (dC_dW, dC_db), (W, b) in zip(gradients, layers):
        dC_dW = dC_dW + 2 * l2 * W + l1 * np.sign(W)
        if penalize == 'all':
            dC_db = dC_db + 2 * l2 * b + l1 * np.sign(b)
        with_penalty.append((dC_dW, dC_db))
    return with_penalty


def train(trace):
    layers = [(layer.kernel, 0 if layer.bias is None else layer.bias) for layer in trace.layers]
    activations = [layer.activation for layer in trace.layers]
    for epoch, batches in enumerate(trace.epochs):
        eta = trace.learning_rate
        if trace.optimizer['schedule'] == 'decay':
            eta /= epoch * len(batches) + 1
        for rows in batches:
            X, target = trace.x[rows], trace.y[rows]
            gradients = backpropagation(X, target, layers, activations, trace.loss, trace)
            gradients = add_penalty(gradients, layers, trace.l2, trace.l1, trace.penalize)
            for i, ((W, b), (dC_dW, dC_db)) in enumerate(zip(layers, gradients)):
                layers[i] = (W - eta * dC_dW, b if trace.layers[i].bias is None else b - eta * dC_db)
                trace.record(i, kernel_gradient=dC_dW, kernel=layers[i][0])  # trace
                if trace.layers[i].bias is not None:
                    trace.record(i, bias_gradient=dC_db, bias=layers[i][1])  # trace
            trace.end_step()  # trace
    return layers


if __name__ == '__main__':
    trace = load(sys.argv[1], kernel='in-out', batch='first')  # trace
    has = [*costs, *activation_funcs, 'sgd', 'constant', 'decay']
    for name in [trace.loss, *(layer.activation for layer in trace.layers), trace.optimizer['name'], trace.optimizer['schedule']]:
        if name not in has:
            sys.exit(f'backprop_functions.py has no {name}; backprop_class.py has more')
    if trace.optimizer.get('momentum') or trace.optimizer.get('clip_norm') not in (None, 'none'):
        sys.exit('backprop_functions.py has no momentum and no clipping; backprop_class.py has both')
    train(trace)
    trace.write(sys.argv[2], program='backprop_functions.py')  # trace
