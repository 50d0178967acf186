"""Trains scikit-learn's MLPRegressor or MLPClassifier from given weights."""
import json
import math
import warnings

import numpy as np
from scipy.sparse import csr_matrix
from scipy.special import expit, logsumexp, softmax
from sklearn.neural_network import MLPClassifier, MLPRegressor

ACTIVATIONS = {"identity": lambda z: z, "logistic": expit, "tanh": np.tanh,
               "relu": lambda z: np.maximum(z, 0)}

# The loss of each row, of the outputs before their sigmoid or softmax.
LOSSES = {
    "mse": lambda z, y: ((z - y) ** 2).sum(axis=1),
    "cross_entropy": lambda z, y: logsumexp(z, axis=1) - (y * z).sum(axis=1),
    "binary_cross_entropy":
        lambda z, y: (np.logaddexp(0, z) - y * z).sum(axis=1),
}

OUTPUTS = {"mse": lambda z: z, "binary_cross_entropy": expit,
           "cross_entropy": lambda z: softmax(z, axis=1)}


def rows_of(load, part, columns):
    """The inputs [rows][columns] and the targets [rows][outputs]."""
    targets = load(part + "_targets")
    if columns is None:
        return load(part + "_inputs"), targets
    starts = load("starts")
    matrix = (load("values"), load("columns").astype(np.int32), starts)
    rows = csr_matrix(matrix, shape=(len(starts) - 1, columns))
    return rows[load(part + "_rows")], targets


def labels_of(targets, loss):
    """The targets as scikit-learn takes them."""
    if loss == "mse":
        return targets.ravel()
    if loss == "cross_entropy":
        if not targets.any(axis=0).all():
            raise ValueError("the training rows do not contain every class")
        return targets.argmax(axis=1)
    labels = targets.ravel().astype(int)
    if len(np.unique(labels)) < 2:
        raise ValueError("the training rows do not contain every class")
    return labels


def last_sums(model, inputs):
    """The outputs before their sigmoid or softmax."""
    activation = ACTIVATIONS[model.activation]
    *hidden, output = zip(model.coefs_, model.intercepts_)
    for kernel, bias in hidden:
        inputs = activation(inputs @ kernel + bias)
    return inputs @ output[0] + output[1]


def scores(model, rows, loss):
    """The loss and the accuracy; None if they are not finite."""
    inputs, targets = rows
    z = last_sums(model, inputs)
    value = LOSSES[loss](z, targets).mean()
    if loss == "cross_entropy":
        right = z.argmax(axis=1) == targets.argmax(axis=1)
    else:
        right = (z >= 0) == (targets >= 0.5)
    return [value if math.isfinite(value) else None, float(right.mean())]


def train(load, job):
    """Trains; the answer has the outputs for the rows of each part.

    The first fit only makes the arrays of the weights, which then get the
    given ones. The second one, of the first epoch, begins with a new
    optimiser. Further epochs are partial fits, which keep it.
    """
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    loss = job["loss"]
    parts = {part: rows_of(load, part, job["sparseColumns"])
             for part in job["parts"]}
    inputs, targets = parts["train"]
    labels = labels_of(targets, loss)
    kind = MLPRegressor if loss == "mse" else MLPClassifier
    # A generator of its own, so that each epoch has another order of rows.
    model = kind(**job["parameters"], max_iter=1, warm_start=True,
                 random_state=np.random.RandomState(job["randomState"]))
    model.set_params(learning_rate_init=1e-30)
    model.fit(inputs, labels)
    for index, kernel in enumerate(model.coefs_):
        kernel[...] = load(f"kernel{index}").reshape(kernel.shape)
        model.intercepts_[index][...] = load(f"bias{index}")
    model.set_params(learning_rate_init=job["learningRate"])

    def report(epoch, evaluated):
        values = [scores(model, rows, loss) for rows in evaluated]
        print(json.dumps([epoch, *sum(values, [])]), flush=True)

    report(0, [parts["train"]])
    diverged = False
    for epoch in range(1, job["epochs"] + 1):
        try:
            if not diverged:
                fit = model.fit if epoch == 1 else model.partial_fit
                fit(inputs, labels)
        except ValueError as error:
            if "non-finite" not in str(error):
                raise
            diverged = True
        is_evaluated = epoch % job["evaluateEvery"] == 0
        report(epoch, parts.values()
               if is_evaluated or epoch == job["epochs"] else [])
    return {"outputs": {
        part: OUTPUTS[loss](last_sums(model, inputs)).ravel().tolist()
        for part, (inputs, _) in parts.items()
        if part != "train" or job["keepTrainOutputs"]}}
