"""NumPy, written by hand and vectorised, in the workload's float type.

All work space is allocated before the first step, and every operation
writes into it.
"""
import sys

import numpy as np

import peer

CHUNK = 1000  # rows at a time: they stay in the cache


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


class Network(Model):
    """Any layers of relu or tanh, and any of the optimisers.

    All weights are one vector and so are all gradients and each state of the
    optimiser, so that a step of the optimiser is a few calls.
    """

    def __init__(self, work):
        super().__init__(work)
        count = sum(w.size + b.size for w, b in self.weights)
        self.flat, self.gradient, self.one, self.two = (
            np.empty(count, self.dtype) for _ in range(4))
        self.first, self.second = (
            np.zeros(count, self.dtype) for _ in range(2))
        self.steps = 0
        self.layers, start = [], 0
        for (w, b), layer in zip(self.weights, work.layers):
            views = []
            for values in (w, b):
                end = start + values.size
                self.flat[start:end] = values.ravel()
                views += [self.flat[start:end].reshape(values.shape),
                          self.gradient[start:end].reshape(values.shape)]
                start = end
            self.layers.append((layer["activation"], *views))
        self.scale = self.dtype((1 if work.classifies else 2)
                                / work.batchSize)
        self.move = {"adam": self.adam, "rmsprop": self.rmsprop}[
            work.optimizer]
        self.spaces = {}

    def space(self, rows):
        """Work space for `rows` rows."""
        if rows not in self.spaces:
            self.spaces[rows] = (
                [tuple(np.empty((rows, b.size), self.dtype)
                       for _ in range(3)) for _, _, _, b, _ in self.layers],
                np.ones(rows, self.dtype))
        return self.spaces[rows]

    def train(self, rows):
        if self.work.full:
            x, y = self.work.train_x, self.work.train_y
            self.gradient.fill(0)
            for at in range(0, len(x), CHUNK):
                self.differentiate(x[at:at + CHUNK], y[at:at + CHUNK], True)
            self.move()
            return
        for x, y in self.batch_pairs(rows):
            self.differentiate(x, y, False)
            self.move()

    def differentiate(self, x, y, add):
        """Writes the gradients of these rows, or adds them."""
        space, ones = self.space(len(x))
        self.forward(x, space)
        layers, last = self.layers, len(self.layers) - 1
        a, delta, _ = space[last]
        if self.work.classifies:
            softmax_in_place(a)
        np.subtract(a, y, delta)
        np.multiply(delta, self.scale, delta)
        for index in range(last, -1, -1):
            _, w, grad_w, _, grad_b = layers[index]
            below = space[index - 1][0] if index > 0 else x
            if add:
                grad_w += np.dot(below.T, delta)
                grad_b += np.dot(ones, delta)
            else:
                np.dot(below.T, delta, grad_w)
                np.dot(ones, delta, grad_b)
            if index > 0:
                a, lower, slope = space[index - 1]
                np.dot(delta, w.T, lower)
                if layers[index - 1][0] == "tanh":
                    np.multiply(a, a, slope)
                    np.subtract(self.dtype(1), slope, slope)
                    np.multiply(lower, slope, lower)
                else:
                    np.multiply(lower, a > self.dtype(0), lower)
                delta = lower

    def forward(self, x, space):
        """a of every hidden layer and z of the last."""
        for (activation, w, _, b, _), (a, _, _) in zip(self.layers, space):
            np.dot(x, w, a)
            np.add(a, b, a)
            if activation == "tanh":
                np.tanh(a, a)
            elif activation == "relu":
                np.maximum(a, self.dtype(0), out=a)
            x = a

    def adam(self):
        self.steps += 1
        beta1, beta2, epsilon = peer.ADAM.values()
        m, one, dtype = self.first, self.one, self.dtype
        root = (1 - beta2 ** self.steps) ** 0.5
        rate = self.work.learningRate * root / (1 - beta1 ** self.steps)
        np.multiply(m, dtype(beta1), m)
        np.multiply(self.gradient, dtype(1 - beta1), one)
        np.add(m, one, m)
        self.divide(m, beta2, rate, epsilon * root)

    def rmsprop(self):
        rho, epsilon = peer.RMSPROP.values()
        self.divide(self.gradient, rho, self.work.learningRate, epsilon)

    def divide(self, direction, decay, rate, epsilon):
        """w -= rate direction / (root of the mean square + epsilon)."""
        g, s, one, two = self.gradient, self.second, self.one, self.two
        dtype = self.dtype
        np.multiply(s, dtype(decay), s)
        np.multiply(g, g, one)
        np.multiply(one, dtype(1 - decay), one)
        np.add(s, one, s)
        np.sqrt(s, one)
        np.add(one, dtype(epsilon), one)
        np.divide(direction, one, two)
        np.multiply(two, dtype(rate), two)
        np.subtract(self.flat, two, self.flat)

    def outputs(self, x):
        space, _ = self.space(len(x))
        self.forward(x, space)
        return space[-1][0]


def with_ones(x):
    """x with a column of ones behind it."""
    return np.concatenate([x, np.ones((len(x), 1), x.dtype)], 1)


def softmax_in_place(z):
    """Each row of z becomes its softmax."""
    np.subtract(z, np.maximum.reduce(z, 1, keepdims=True), z)
    np.exp(z, z)
    np.divide(z, np.add.reduce(z, 1, keepdims=True), z)


def plain(work):
    if work.optimizer != "sgd":
        return Network(work)
    return (Linear if len(work.layers) == 1 else OneHidden)(work)


if __name__ == "__main__":
    peer.serve({"numpy": plain, "numpy-folded": OneHiddenFolded},
               {"python": sys.version.split()[0], "numpy": np.__version__},
               np.dot)
