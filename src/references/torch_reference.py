"""Trains one network with PyTorch, in float64.

    torch_reference.py --versions    prints the version, as JSON
    torch_reference.py FOLDER        trains FOLDER/job.json, prints the
                                     outputs of the network, as JSON

Initial weights, mini-batches and learning rates are given. After each epoch
a line has its number, and where it is evaluated the loss and the second
metric of the rows of each part: train, test, and validation if there is one.
"""
import json
import math
import sys
from functools import partial

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from reference_process import run

VERSIONS = {"version": torch.__version__}
CHUNK = 1000  # rows that are evaluated at a time

ACTIVATIONS = {
    "sigmoid": nn.Sigmoid, "relu": nn.ReLU, "linear": nn.Identity,
    "leaky_relu": partial(nn.LeakyReLU, 0.01), "tanh": nn.Tanh,
    "elu": nn.ELU, "gelu": nn.GELU, "silu": nn.SiLU, "relu6": nn.ReLU6,
    "gelu_tanh": partial(nn.GELU, approximate="tanh"),
    # Above the threshold it is linear; its own, 20, shows in the ninth digit.
    "softplus": partial(nn.Softplus, threshold=40),
}


def mean(losses):
    """The mean over rows of the sum over outputs."""
    return losses.sum() / len(losses)


# Of the outputs of the network and the targets. The losses of probabilities
# get the outputs before their sigmoid or softmax.
LOSSES = {
    "mse": lambda a, y: mean((a - y) ** 2),
    "mae": lambda a, y: mean((a - y).abs()),
    "huber": lambda a, y, delta: mean(functional.huber_loss(
        a, y, reduction="none", delta=delta)),
    "sigmoid_cross_entropy": functional.binary_cross_entropy_with_logits,
    "cross_entropy": functional.cross_entropy,
    "binary_cross_entropy": functional.binary_cross_entropy_with_logits,
}

PROBABILITIES = {"cross_entropy": partial(torch.softmax, dim=1),
                 "binary_cross_entropy": torch.sigmoid,
                 "sigmoid_cross_entropy": torch.sigmoid}


def correct(a, y):
    """The share of rows that are assigned to their class."""
    if a.shape[1] == 1:
        return mean(((a >= 0.5) == (y >= 0.5)).double())
    return mean((a.argmax(1) == y.argmax(1)).double())


# What is measured along with a loss.
SECOND = {"mae": LOSSES["mse"], "huber": LOSSES["mse"],
          "sigmoid_cross_entropy": LOSSES["mse"],
          "cross_entropy": correct, "binary_cross_entropy": correct}


class Library:
    """An optimiser of torch.optim."""

    def __init__(self, optimizer):
        self.optimizer = optimizer

    def step(self, rate):
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()


class Momentum:
    """v <- momentum v + rate d; w <- w - v, or with Nesterov's momentum
    w <- w - (momentum v + rate d).

    torch.optim multiplies v by the rate instead, which is something else
    where the rate changes; and its Adagrad has no momentum.
    """

    def __init__(self, parameters, momentum, direction, nesterov=False):
        self.momentum, self.nesterov = momentum, nesterov
        self.direction = direction
        self.states = [(w, torch.zeros_like(w), torch.zeros_like(w))
                       for w in parameters]

    @torch.no_grad()
    def step(self, rate):
        for w, v, s in self.states:
            d = self.direction(w.grad, s)
            v.mul_(self.momentum).add_(d, alpha=rate)
            if self.nesterov:
                w.sub_(self.momentum * v + rate * d)
            else:
                w.sub_(v)


def sgd(parameters, rate, momentum, nesterov):
    if momentum == 0:
        return Library(torch.optim.SGD(parameters, rate))
    return Momentum(parameters, momentum, lambda g, s: g, nesterov == "yes")


def adagrad(parameters, rate, momentum, epsilon):
    if momentum == 0:
        return Library(torch.optim.Adagrad(parameters, rate, eps=epsilon))
    return Momentum(parameters, momentum, lambda g, s:
                    g / (s.add_(g * g).sqrt() + epsilon))


def rmsprop(parameters, rate, rho, momentum, epsilon):
    if momentum == 0:
        return Library(torch.optim.RMSprop(parameters, rate, alpha=rho,
                                           eps=epsilon))
    return Momentum(parameters, momentum, lambda g, s: g / (
        s.mul_(rho).add_(g * g, alpha=1 - rho).sqrt() + epsilon))


def adam(parameters, rate, beta1, beta2, epsilon):
    return Library(torch.optim.Adam(parameters, rate, betas=(beta1, beta2),
                                    eps=epsilon))


def adamw(parameters, rate, beta1, beta2, epsilon, weightDecay):
    return Library(torch.optim.AdamW(parameters, rate, betas=(beta1, beta2),
                                     eps=epsilon, weight_decay=weightDecay))


OPTIMIZERS = {"sgd": sgd, "adagrad": adagrad, "rmsprop": rmsprop,
              "adam": adam, "adamw": adamw}


def create_model(load, job):
    """The network with its initial weights, without a loss's own output."""
    modules, inputs = [], job["columns"]
    for index, layer in enumerate(job["layers"]):
        units, bias = layer["units"], layer["bias"]
        linear = nn.Linear(inputs, units, bias=bias)
        with torch.no_grad():
            kernel = load(f"kernel{index}").reshape(inputs, units)
            linear.weight.copy_(torch.from_numpy(kernel).t())
            if bias:
                linear.bias.copy_(torch.from_numpy(load(f"bias{index}")))
        modules.append(linear)
        is_last = index == len(job["layers"]) - 1
        if not (is_last and job["loss"] in PROBABILITIES):
            modules.append(ACTIVATIONS[layer["activation"]]())
        inputs = units
    return nn.Sequential(*modules)


def rows_of(load, part, columns):
    """The inputs [rows][columns] and the targets [rows][outputs]."""
    targets = torch.from_numpy(load(part + "_targets"))
    if columns is None:
        return torch.from_numpy(load(part + "_inputs")), targets
    starts, rows = load("starts"), load(part + "_rows")
    values, indices = load("values"), load("columns")
    dense = np.zeros((len(rows), columns))
    for index, row in enumerate(rows):
        own = slice(starts[row], starts[row + 1])
        dense[index, indices[own]] = values[own]
    return torch.from_numpy(dense), targets


class Measures:
    """Losses, second metrics and outputs, without the penalty."""

    def __init__(self, model, job):
        name, delta = job["loss"], job["delta"]
        loss = LOSSES[name]
        self.model = model
        self.loss = loss if delta is None else partial(loss, delta=delta)
        self.second = SECOND.get(name, lambda a, y: torch.zeros(()))
        self.probabilities = PROBABILITIES.get(name, lambda a: a)

    @torch.no_grad()
    def outputs(self, x):
        outputs = torch.cat([self.model(part) for part in x.split(CHUNK)])
        return self.probabilities(outputs).flatten().tolist()

    @torch.no_grad()
    def scores(self, x, y):
        """The loss and the second metric; None if they are not finite."""
        sums = np.zeros(2)
        for rows, targets in zip(x.split(CHUNK), y.split(CHUNK)):
            z = self.model(rows)
            second = self.second(self.probabilities(z), targets)
            loss = self.loss(z, targets)
            sums += len(rows) * np.array([loss.item(), second.item()])
        return [value if math.isfinite(value) else None
                for value in sums / len(x)]


def train(load, job):
    """Trains; the answer has the outputs for the rows of each part."""
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    model = create_model(load, job)
    parts = {part: rows_of(load, part, job["sparseColumns"])
             for part in job["parts"]}
    x, y = parts["train"]
    parameters = list(model.parameters())
    penalized = [w for name, w in model.named_parameters()
                 if job["penalizeBiases"] or name.endswith("weight")]
    name, settings = job["optimizer"], job["hyperparameters"]
    optimizer = OPTIMIZERS[name](parameters, job["learningRate"], **settings)
    measures = Measures(model, job)
    rates = load("rates")
    batches = None if job["full"] else load("batches", mmap_mode="r")

    def step(x, y, rate):
        model.zero_grad(set_to_none=True)
        loss = measures.loss(model(x), y)
        if job["lambda"] != 0:
            loss = loss + job["lambda"] * sum((w ** 2).sum()
                                              for w in penalized)
        if job["l1"] != 0:
            loss = loss + job["l1"] * sum(w.abs().sum() for w in penalized)
        loss.backward()
        if job["clipNorm"] is not None:
            nn.utils.clip_grad_norm_(parameters, job["clipNorm"])
        optimizer.step(rate)

    def report(epoch, scores):
        print(json.dumps([epoch, *scores]), flush=True)

    report(0, measures.scores(x, y))
    for epoch, of_steps in enumerate(rates, 1):
        if batches is None:
            step(x, y, of_steps[0])
        else:
            drawn = torch.from_numpy(batches[epoch - 1].astype(np.int64))
            for rows, rate in zip(drawn, of_steps):
                step(x[rows], y[rows], rate)
        evaluated = epoch % job["evaluateEvery"] == 0 or epoch == len(rates)
        report(epoch, [value for rows in parts.values() if evaluated
                       for value in measures.scores(*rows)])
    return {"outputs": {part: measures.outputs(rows)
                        for part, (rows, _) in parts.items()
                        if part != "train" or job["keepTrainOutputs"]}}


if __name__ == "__main__":
    run(VERSIONS, {"train": train}, sys.argv[1])
