"""NumPy, written by hand and vectorised, in the workload's float type.

All work space is allocated before the first step, and every operation
writes into it.
"""
import sys

import numpy as np

import peer

CHUNK = 1000  # rows of an evaluation at a time: they stay in the cache


class Model:
    """What the networks share: batches and the evaluation."""

    def __init__(self, work):
        self.work = work
        self.weights = [(w.copy(), None if b is None else b.copy())
                        for w, b in work.weights]
        self.dtype = work.train_x.dtype.type
        size, outputs = work.batchSize, work.outputs
        # dC/dz of the loss is this factor times (a - y); the learning rate
        # is multiplied in here, so that gradients are steps already.
        factor = 1 if work.classifies else 2
        self.factor = self.dtype(factor * work.learningRate / size)
        self.ones = np.ones(size, self.dtype)
        self.z = np.empty((size, outputs), self.dtype)
        self.x = np.empty((size, work.columns), self.dtype)
        self.y = np.empty((size, outputs), self.dtype)

    def batch_pairs(self, rows):
        """The inputs and targets of one mini-batch after another."""
        work = self.work
        if work.gather_at_once:
            yield from zip(work.train_x[rows], work.train_y[rows])
            return
        x, y = self.x, self.y
        for index in rows:
            work.train_x.take(index, 0, x, "clip")
            work.train_y.take(index, 0, y, "clip")
            yield x, y

    def step_of_output(self, z, y):
        """Turns z into learning rate times dC/dz."""
        if self.work.classifies:
            softmax_in_place(z)
        np.subtract(z, y, z)
        np.multiply(z, self.factor, z)

    def outputs(self, x):
        """z of the output layer."""
        raise NotImplementedError

    def evaluate(self, part):
        """Mean loss of all rows, and the accuracy of a classifier."""
        inputs = getattr(self.work, part + "_x")
        count = len(inputs)
        loss, correct = 0.0, 0
        for start in range(0, count, CHUNK):
            end = min(start + CHUNK, count)
            z = self.outputs(inputs[start:end])
            if self.work.classifies:
                labels = getattr(self.work, part + "_labels")[start:end]
                correct += np.count_nonzero(z.argmax(1) == labels)
                right = z[np.arange(end - start), labels]
                top = z.max(1, keepdims=True)
                right -= top[:, 0]
                z -= top
                np.exp(z, z)
                sums = z.sum(1)
                loss += (np.log(sums, sums) - right).sum(dtype=np.float64)
            else:
                z -= getattr(self.work, part + "_y")[start:end]
                z = z.ravel()
                loss += float(np.dot(z, z))
        accuracy = correct / count if self.work.classifies else None
        return loss / count, accuracy


class Linear(Model):
    """No hidden layer."""

    def __init__(self, work):
        super().__init__(work)
        (self.w, self.b), = self.weights
        self.step_w = np.empty_like(self.w)
        self.step_b = None if self.b is None else np.empty_like(self.b)
        self.out = np.empty((CHUNK, work.outputs), self.dtype)

    def train(self, rows):
        if self.b is None:
            self.train_vector(rows)
            return
        w, b, z, ones = self.w, self.b, self.z, self.ones
        step_w, step_b = self.step_w, self.step_b
        dot, subtract = np.dot, np.subtract
        for x, y in self.batch_pairs(rows):
            dot(x, w, z)
            z += b
            self.step_of_output(z, y)
            subtract(w, dot(x.T, z, step_w), w)
            subtract(b, dot(ones, z, step_b), b)

    def train_vector(self, rows):
        """One output, no bias: products of a matrix and a vector."""
        w, step, z = self.w[:, 0], self.step_w[:, 0], self.z[:, 0]
        factor = self.factor
        dot, subtract, multiply = np.dot, np.subtract, np.multiply
        for x, y in self.batch_pairs(rows):
            dot(x, w, z)
            subtract(z, y[:, 0], z)
            multiply(z, factor, z)
            subtract(w, dot(z, x, step), w)

    def outputs(self, x):
        z = np.dot(x, self.w, self.out[:len(x)])
        if self.b is not None:
            z += self.b
        return z


class OneHidden(Model):
    """One hidden relu layer."""

    def __init__(self, work):
        super().__init__(work)
        (self.w1, self.b1), (self.w2, self.b2) = self.weights
        size, units = work.batchSize, len(self.b1)
        self.h = np.empty((size, units), self.dtype)
        self.delta = np.empty((size, units), self.dtype)
        self.mask = np.empty((size, units), bool)
        self.hidden = np.empty((CHUNK, units), self.dtype)
        self.out = np.empty((CHUNK, work.outputs), self.dtype)

    def train(self, rows):
        w1, b1, w2, b2 = self.w1, self.b1, self.w2, self.b2
        h, z, delta, mask = self.h, self.z, self.delta, self.mask
        ones, w2_t, h_t = self.ones, w2.T, h.T
        step1, step2 = np.empty_like(w1), np.empty_like(w2)
        step_b1, step_b2 = np.empty_like(b1), np.empty_like(b2)
        zero = self.dtype(0)
        dot, add, subtract = np.dot, np.add, np.subtract
        maximum, multiply, greater = np.maximum, np.multiply, np.greater
        for x, y in self.batch_pairs(rows):
            dot(x, w1, h)
            add(h, b1, h)
            maximum(h, zero, out=h)
            dot(h, w2, z)
            add(z, b2, z)
            self.step_of_output(z, y)
            dot(z, w2_t, delta)
            multiply(delta, greater(h, zero, mask), delta)
            subtract(w2, dot(h_t, z, step2), w2)
            subtract(b2, dot(ones, z, step_b2), b2)
            subtract(w1, dot(x.T, delta, step1), w1)
            subtract(b1, dot(ones, delta, step_b1), b1)

    def outputs(self, x):
        h = np.dot(x, self.w1, self.hidden[:len(x)])
        h += self.b1
        np.maximum(h, self.dtype(0), out=h)
        z = np.dot(h, self.w2, self.out[:len(x)])
        z += self.b2
        return z


class OneHiddenFolded(Model):
    """The same with biases as one more row of the weights.

    The inputs get a column of ones, and the hidden layer one more unit that
    is always one: fewer calls, the same numbers.
    """

    def __init__(self, work):
        super().__init__(work)
        (w1, b1), (w2, b2) = self.weights
        inputs, units = w1.shape
        size = work.batchSize
        self.w1 = np.zeros((inputs + 1, units + 1), self.dtype)
        self.w1[:inputs, :units], self.w1[inputs, :units] = w1, b1
        self.w1[inputs, units] = 1
        self.w2 = np.concatenate([w2, b2[None]])
        self.x = {part: with_ones(getattr(work, part + "_x"))
                  for part in ("train", "test")}
        self.h = np.empty((size, units + 1), self.dtype)
        self.delta = np.empty((size, units), self.dtype)
        self.mask = np.empty((size, units), bool)
        self.hidden = np.empty((CHUNK, units + 1), self.dtype)
        self.out = np.empty((CHUNK, work.outputs), self.dtype)

    def train(self, rows):
        w1, w2, h, z, delta = self.w1, self.w2, self.h, self.z, self.delta
        units = delta.shape[1]
        moving, h_t, w2_t = w1[:, :units], h.T, w2[:units].T
        hidden, mask = h[:, :units], self.mask
        step1, step2 = np.empty(moving.shape, self.dtype), np.empty_like(w2)
        zero, factor = self.dtype(0), self.factor
        dot, subtract, greater = np.dot, np.subtract, np.greater
        maximum, multiply = np.maximum, np.multiply
        for x, y in zip(self.x["train"][rows], self.work.train_y[rows]):
            dot(x, w1, h)
            maximum(h, zero, out=h)
            dot(h, w2, z)
            subtract(z, y, z)
            multiply(z, factor, z)
            dot(z, w2_t, delta)
            multiply(delta, greater(hidden, zero, mask), delta)
            subtract(w2, dot(h_t, z, step2), w2)
            subtract(moving, dot(x.T, delta, step1), moving)

    def outputs(self, x):
        h = np.dot(with_ones(x), self.w1, self.hidden[:len(x)])
        np.maximum(h, self.dtype(0), out=h)
        return np.dot(h, self.w2, self.out[:len(x)])


def with_ones(x):
    """x with a column of ones behind it."""
    return np.concatenate([x, np.ones((len(x), 1), x.dtype)], 1)


def softmax_in_place(z):
    """Each row of z becomes its softmax."""
    np.subtract(z, np.maximum.reduce(z, 1, keepdims=True), z)
    np.exp(z, z)
    np.divide(z, np.add.reduce(z, 1, keepdims=True), z)


def plain(work):
    return (Linear if len(work.layers) == 1 else OneHidden)(work)


if __name__ == "__main__":
    peer.serve({"numpy": plain, "numpy-folded": OneHiddenFolded},
               {"python": sys.version.split()[0], "numpy": np.__version__},
               np.dot)
