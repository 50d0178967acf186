"""A network with one hidden layer, trained on an exercise: mine.py exercise.json mine.json

It has two mistakes. docs/check-your-backprop.md finds them.
"""
import sys

import numpy as np

from fys_trace import load


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_derivative(z):
    return sigmoid(z) * (1 - sigmoid(z))


def train(trace):
    W1, b1 = trace.layers[0].kernel, trace.layers[0].bias
    W2, b2 = trace.layers[1].kernel, trace.layers[1].bias
    eta, lmbda = trace.learning_rate, trace.l2

    for epoch in trace.epochs:
        for rows in epoch:
            X, y = trace.x[rows], trace.y[rows]
            n = len(rows)

            # forward
            z1 = X @ W1 + b1
            a1 = sigmoid(z1)
            z2 = a1 @ W2 + b2
            cost = np.sum((z2 - y) ** 2) / n

            # backward
            delta2 = 2 * (z2 - y) / n
            delta1 = delta2 @ W2.T * sigmoid_derivative(a1)
            dW2, db2 = a1.T @ delta2, np.sum(delta2, axis=0)
            dW1, db1 = X.T @ delta1, np.sum(delta1, axis=0)

            # the penalty lmbda * sum of squares, of the kernels alone
            dW2 += lmbda * W2
            dW1 += lmbda * W1

            # what this step has computed
            trace.record(loss=cost)
            trace.record(0, z=z1, a=a1, delta=delta1, kernel_gradient=dW1, bias_gradient=db1)
            trace.record(1, z=z2, a=z2, delta=delta2, kernel_gradient=dW2, bias_gradient=db2)
            W1, b1 = W1 - eta * dW1, b1 - eta * db1
            W2, b2 = W2 - eta * dW2, b2 - eta * db2
            trace.record(0, kernel=W1, bias=b1)
            trace.record(1, kernel=W2, bias=b2)
            trace.end_step()


if __name__ == '__main__':
    trace = load(sys.argv[1])
    train(trace)
    trace.write(sys.argv[2], program='mine.py')
