"""PyTorch: as its documentation writes it, and written by hand.

By hand means no autograd, all work space allocated before the first step,
and updates fused into the products (addmm_ with alpha = -rate).
"""
import os
import sys

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

import peer

aten = torch.ops.aten

CHUNK = 1000  # rows of a hand-written evaluation at a time
PIECE = 2000  # rows of a large batch at a time: they stay in the cache
MODULES = {"relu": nn.ReLU, "tanh": nn.Tanh}
OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam,
              "rmsprop": torch.optim.RMSprop}


class Idiomatic:
    """nn.Sequential, autograd and torch.optim."""

    def __init__(self, work):
        self.work = work
        modules = []
        for (w, b), layer in zip(work.weights, work.layers):
            linear = nn.Linear(*w.shape, bias=b is not None)
            with torch.no_grad():
                linear.to(torch.from_numpy(w).dtype)
                linear.weight.copy_(torch.from_numpy(w).t())
                if b is not None:
                    linear.bias.copy_(torch.from_numpy(b))
            modules.append(linear)
            if layer["activation"] in MODULES:
                modules.append(MODULES[layer["activation"]]())
        self.model = nn.Sequential(*modules)
        self.loss = nn.CrossEntropyLoss() if work.classifies else nn.MSELoss()
        self.optimizer = OPTIMIZERS[work.optimizer](
            self.model.parameters(), lr=work.learningRate)
        self.x = {part: torch.from_numpy(getattr(work, part + "_x"))
                  for part in ("train", "test")}
        target = "_labels" if work.classifies else "_y"
        self.y = {part: torch.from_numpy(getattr(work, part + target))
                  for part in ("train", "test")}

    def train(self, rows):
        x, y = self.x["train"], self.y["train"]
        if self.work.full:
            self.step(x, y)
            return
        for index in torch.from_numpy(rows):
            self.step(x[index], y[index])

    def step(self, x, y):
        self.optimizer.zero_grad()
        self.loss_of(self.model(x), y).backward()
        self.optimizer.step()

    def loss_of(self, z, y):
        """The loss of the workloads sums the squares over the outputs."""
        loss = self.loss(z, y)
        if self.work.classifies or self.work.outputs == 1:
            return loss
        return loss * self.work.outputs

    @torch.no_grad()
    def evaluate(self, part):
        y = self.y[part]
        z = self.model(self.x[part])
        loss = self.loss_of(z, y).item()
        if not self.work.classifies:
            return loss, None
        return loss, (z.argmax(1) == y).double().mean().item()


class Manual:
    """What the hand-written networks share: batches and the evaluation."""

    def __init__(self, work):
        self.work = work
        self.weights = [
            (torch.from_numpy(w.copy()),
             None if b is None else torch.from_numpy(b.copy()))
            for w, b in work.weights]
        self.x = {part: torch.from_numpy(getattr(work, part + "_x"))
                  for part in ("train", "test")}
        self.y = {part: torch.from_numpy(getattr(work, part + "_y"))
                  for part in ("train", "test")}
        if work.classifies:
            self.labels = {
                part: torch.from_numpy(getattr(work, part + "_labels"))
                for part in ("train", "test")}
        self.dtype = self.x["train"].dtype
        # dC/dz is a - y times 1 / N, or times 2 / N for the square.
        factor = 1 if work.classifies else 2
        self.alpha = -factor * work.learningRate / work.batchSize
        self.z = self.empty(work.batchSize, work.outputs)
        self.out = self.empty(CHUNK, work.outputs)
        self.ones = torch.ones(work.batchSize, dtype=self.dtype)
        self.batch_x = self.empty(work.batchSize, work.columns)
        self.batch_y = self.empty(work.batchSize, work.outputs)

    def empty(self, *shape):
        return torch.empty(shape, dtype=self.dtype)

    def batch_pairs(self, rows):
        """The inputs and targets of one mini-batch after another."""
        x, y = self.x["train"], self.y["train"]
        index = torch.from_numpy(rows)
        if self.work.gather_at_once:
            yield from zip(x[index].unbind(), y[index].unbind())
            return
        batch_x, batch_y = self.batch_x, self.batch_y
        for batch in index.unbind():
            torch.index_select(x, 0, batch, out=batch_x)
            torch.index_select(y, 0, batch, out=batch_y)
            yield batch_x, batch_y

    def outputs(self, x):
        """z of the output layer."""
        raise NotImplementedError

    @torch.inference_mode()
    def evaluate(self, part):
        inputs = self.x[part]
        count = len(inputs)
        loss, correct = 0.0, 0
        for start in range(0, count, CHUNK):
            end = min(start + CHUNK, count)
            z = self.outputs(inputs[start:end])
            if self.work.classifies:
                labels = self.labels[part][start:end]
                loss += cross_entropy(z, labels, reduction="sum").item()
                correct += (z.argmax(1) == labels).sum().item()
            else:
                z = z.sub_(self.y[part][start:end]).view(-1)
                loss += torch.dot(z, z).item()
        accuracy = correct / count if self.work.classifies else None
        return loss / count, accuracy


class ManualLinear(Manual):
    """No hidden layer."""

    def __init__(self, work):
        super().__init__(work)
        (self.w, self.b), = self.weights

    @torch.inference_mode()
    def train(self, rows):
        if self.b is None:
            self.train_vector(rows)
            return
        w, b, z, z_t = self.w, self.b, self.z, self.z.t()
        ones, alpha = self.ones, self.alpha
        addmm, softmax = torch.addmm, torch.softmax
        for x, y in self.batch_pairs(rows):
            z = addmm(b, x, w, out=z)
            softmax(z, 1, out=z)
            z.sub_(y)
            w.addmm_(x.t(), z, alpha=alpha)
            b.addmv_(z_t, ones, alpha=alpha)

    def train_vector(self, rows):
        """One output, no bias: products of a matrix and a vector."""
        w, alpha = self.w.view(-1), self.alpha
        addmv = torch.addmv
        for x, y in self.batch_pairs(rows):
            z = addmv(y.view(-1), x, w, beta=-1)
            w.addmv_(x.t(), z, alpha=alpha)

    def outputs(self, x):
        out = self.out[:len(x)]
        if self.b is None:
            return torch.mm(x, self.w, out=out)
        return torch.addmm(self.b, x, self.w, out=out)


class ManualOneHidden(Manual):
    """One hidden relu layer."""

    def __init__(self, work):
        super().__init__(work)
        (self.w1, self.b1), (self.w2, self.b2) = self.weights
        units = len(self.b1)
        self.h = self.empty(work.batchSize, units)
        self.delta = self.empty(work.batchSize, units)
        self.hidden = self.empty(CHUNK, units)

    @torch.inference_mode()
    def train(self, rows):
        w1, b1, w2, b2 = self.w1, self.b1, self.w2, self.b2
        h, z, delta = self.h, self.z, self.delta
        w2_t, h_t, z_t, delta_t = w2.t(), h.t(), z.t(), delta.t()
        ones, alpha, classifies = self.ones, self.alpha, self.work.classifies
        addmm, mm, softmax = torch.addmm, torch.mm, torch.softmax
        for x, y in self.batch_pairs(rows):
            addmm(b1, x, w1, out=h)
            h.relu_()
            addmm(b2, h, w2, out=z)
            if classifies:
                softmax(z, 1, out=z)
            z.sub_(y)
            mm(z, w2_t, out=delta)
            w2.addmm_(h_t, z, alpha=alpha)
            b2.addmv_(z_t, ones, alpha=alpha)
            delta.mul_(h.sign_())  # h is not needed any more
            w1.addmm_(x.t(), delta, alpha=alpha)
            b1.addmv_(delta_t, ones, alpha=alpha)

    def outputs(self, x):
        rows = len(x)
        h = torch.addmm(self.b1, x, self.w1, out=self.hidden[:rows]).relu_()
        return torch.addmm(self.b2, h, self.w2, out=self.out[:rows])


class ManualFolded(Manual):
    """The same with biases as one more row of the weights.

    The inputs get a column of ones, and the hidden layer one more unit that
    is always one: fewer calls, the same numbers.
    """

    def __init__(self, work):
        super().__init__(work)
        (w1, b1), (w2, b2) = self.weights
        inputs, units = w1.shape
        self.w1 = torch.zeros(inputs + 1, units + 1, dtype=self.dtype)
        self.w1[:inputs, :units], self.w1[inputs, :units] = w1, b1
        self.w1[inputs, units] = 1
        self.w2 = torch.cat([w2, b2[None]])
        self.x = {part: torch.cat([x, torch.ones(len(x), 1)], 1)
                  for part, x in self.x.items()}
        self.h = self.empty(work.batchSize, units + 1)
        self.delta = self.empty(work.batchSize, units)
        self.hidden = self.empty(CHUNK, units + 1)

    @torch.inference_mode()
    def train(self, rows):
        w1, w2, h, z, delta = self.w1, self.w2, self.h, self.z, self.delta
        units = delta.shape[1]
        moving, h_t, w2_t = w1[:, :units], h.t(), w2[:units].t()
        hidden, alpha, mm = h[:, :units], self.alpha, torch.mm
        for x, y in self.batch_pairs(rows):
            mm(x, w1, out=h)
            h.relu_()
            mm(h, w2, out=z)
            z.sub_(y)
            mm(z, w2_t, out=delta)
            w2.addmm_(h_t, z, alpha=alpha)
            delta.mul_(hidden.sign_())  # h is not needed any more
            moving.addmm_(x.t(), delta, alpha=alpha)

    def outputs(self, x):
        rows = len(x)
        h = torch.mm(x, self.w1, out=self.hidden[:rows]).relu_()
        return torch.mm(h, self.w2, out=self.out[:rows])


class ManualNetwork(Manual):
    """Any layers of relu or tanh, and any of the optimisers.

    All weights are one vector and so are all gradients and each state of the
    optimiser, so that a step of the optimiser is a few calls. `piece` is the
    number of rows of a full batch at a time; None for all of them.
    """

    def __init__(self, work, piece=None):
        super().__init__(work)
        count = sum(w.numel() + b.numel() for w, b in self.weights)
        self.flat = self.empty(count)
        self.gradient, self.root = self.empty(count), self.empty(count)
        self.first = torch.zeros(count, dtype=self.dtype)
        self.second = torch.zeros(count, dtype=self.dtype)
        self.steps = 0
        layers, start = [], 0
        for (w, b), layer in zip(self.weights, work.layers):
            views = []
            for values in (w, b):
                end = start + values.numel()
                self.flat[start:end] = values.view(-1)
                views += [self.flat[start:end].view(values.shape),
                          self.gradient[start:end].view(values.shape)]
                start = end
            layers.append((layer["activation"], *views))
        self.layers = layers
        self.scale = (1 if work.classifies else 2) / work.batchSize
        self.move = {"adam": self.adam, "rmsprop": self.rmsprop}[
            work.optimizer]
        self.spaces = {}
        if work.full:
            x, y = self.x["train"], self.y["train"]
            self.pieces = list(zip(x.split(piece or len(x)),
                                   y.split(piece or len(x))))

    def space(self, rows):
        """Work space for `rows` rows: a and delta of every layer."""
        if rows not in self.spaces:
            self.spaces[rows] = [
                (self.empty(rows, len(b)), self.empty(rows, len(b)))
                for _, _, _, b, _ in self.layers]
            self.spaces[rows].append(torch.ones(rows, dtype=self.dtype))
        return self.spaces[rows]

    @torch.inference_mode()
    def train(self, rows):
        if self.work.full:
            for index, (x, y) in enumerate(self.pieces):
                self.differentiate(x, y, 0 if index == 0 else 1)
            self.move()
            return
        for x, y in self.batch_pairs(rows):
            self.differentiate(x, y, 0)
            self.move()

    def differentiate(self, x, y, beta):
        """Adds the gradients of these rows to beta times the gradients."""
        *space, ones = self.space(len(x))
        self.forward(x, space)
        layers, scale = self.layers, self.scale
        last = len(layers) - 1
        a, delta = space[last]
        if self.work.classifies:
            torch.softmax(a, 1, out=a)
        torch.sub(a, y, out=delta)
        for index in range(last, -1, -1):
            _, w, grad_w, _, grad_b = layers[index]
            below = space[index - 1][0] if index > 0 else x
            grad_w.addmm_(below.t(), delta, beta=beta, alpha=scale)
            grad_b.addmv_(delta.t(), ones, beta=beta, alpha=scale)
            if index > 0:
                a, lower = space[index - 1]
                torch.mm(delta, w.t(), out=lower)
                if layers[index - 1][0] == "tanh":
                    aten.tanh_backward.grad_input(lower, a, grad_input=lower)
                else:
                    aten.threshold_backward.grad_input(
                        lower, a, 0, grad_input=lower)
                delta = lower

    def forward(self, x, space):
        """a of every hidden layer and z of the last."""
        for (activation, w, _, b, _), (a, _) in zip(self.layers, space):
            torch.addmm(b, x, w, out=a)
            if activation == "tanh":
                a.tanh_()
            elif activation == "relu":
                a.relu_()
            x = a

    def adam(self):
        self.steps += 1
        beta1, beta2, epsilon = peer.ADAM.values()
        w, g, m, s = self.flat, self.gradient, self.first, self.second
        root = (1 - beta2 ** self.steps) ** 0.5
        rate = self.work.learningRate * root / (1 - beta1 ** self.steps)
        m.lerp_(g, 1 - beta1)
        s.mul_(beta2).addcmul_(g, g, value=1 - beta2)
        torch.sqrt(s, out=self.root).add_(epsilon * root)
        w.addcdiv_(m, self.root, value=-rate)

    def rmsprop(self):
        rho, epsilon = peer.RMSPROP.values()
        g, s = self.gradient, self.second
        s.mul_(rho).addcmul_(g, g, value=1 - rho)
        torch.sqrt(s, out=self.root).add_(epsilon)
        self.flat.addcdiv_(g, self.root, value=-self.work.learningRate)

    def outputs(self, x):
        space = self.space(len(x))
        self.forward(x, space[:-1])
        return space[-2][0]


def product(a, b):
    return torch.mm(torch.from_numpy(a), torch.from_numpy(b)).numpy()


def manual(work):
    if work.optimizer != "sgd":
        return ManualNetwork(work)
    return (ManualLinear if len(work.layers) == 1 else ManualOneHidden)(work)


if __name__ == "__main__":
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    peer.serve(
        {"torch": Idiomatic, "torch-manual": manual,
         "torch-folded": ManualFolded,
         "torch-pieces": lambda work: ManualNetwork(work, PIECE)},
        {"python": sys.version.split()[0], "torch": torch.__version__,
         "numpy": np.__version__},
        product)
