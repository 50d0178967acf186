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

CHUNK = 1000  # rows of a hand-written evaluation at a time


class Idiomatic:
    """nn.Sequential, autograd and torch.optim.SGD."""

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
            if layer["activation"] == "relu":
                modules.append(nn.ReLU())
        self.model = nn.Sequential(*modules)
        self.loss = nn.CrossEntropyLoss() if work.classifies else nn.MSELoss()
        self.optimizer = torch.optim.SGD(self.model.parameters(),
                                         lr=work.learningRate)
        self.x = {part: torch.from_numpy(getattr(work, part + "_x"))
                  for part in ("train", "test")}
        target = "_labels" if work.classifies else "_y"
        self.y = {part: torch.from_numpy(getattr(work, part + target))
                  for part in ("train", "test")}

    def train(self, rows):
        x, y = self.x["train"], self.y["train"]
        for index in torch.from_numpy(rows):
            self.optimizer.zero_grad()
            loss = self.loss(self.model(x[index]), y[index])
            loss.backward()
            self.optimizer.step()

    @torch.no_grad()
    def evaluate(self, part):
        y = self.y[part]
        z = self.model(self.x[part])
        loss = self.loss(z, y).item()
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


def product(a, b):
    return torch.mm(torch.from_numpy(a), torch.from_numpy(b)).numpy()


def manual(work):
    return (ManualLinear if len(work.layers) == 1 else ManualOneHidden)(work)


if __name__ == "__main__":
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    peer.serve(
        {"torch": Idiomatic, "torch-manual": manual,
         "torch-folded": ManualFolded},
        {"python": sys.version.split()[0], "torch": torch.__version__,
         "numpy": np.__version__},
        product)
