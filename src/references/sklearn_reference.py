"""Fits one scikit-learn model to the arrays of a folder.

    sklearn_reference.py --versions    prints the versions, as JSON
    sklearn_reference.py FOLDER        fits FOLDER/job.json, prints the
                                       coefficients, as JSON
"""
import sys
import warnings

import numpy as np
import scipy
import sklearn
from scipy.sparse import csr_matrix, hstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import (ElasticNet, Lasso, LinearRegression,
                                  LogisticRegression, Ridge, SGDRegressor)

import sklearn_network
from reference_process import run

VERSIONS = {"version": sklearn.__version__, "numpy": np.__version__,
            "scipy": scipy.__version__}


def sgd_regressor(load, job):
    """Runs one partial fit per row of `batches`, which holds row indices."""
    inputs, targets = load("inputs"), load("targets")
    model = SGDRegressor(**job["parameters"], random_state=job["randomState"])
    for rows in load("batches"):
        model.partial_fit(inputs[rows], targets[rows])
    return {"coefficients": model.coef_.tolist()}


def linear_regression(load, job):
    """Fits a linear model without intercept to all rows."""
    kinds = {kind.__name__: kind
             for kind in (LinearRegression, Ridge, Lasso, ElasticNet)}
    model = kinds[job["model"]](**job["parameters"], fit_intercept=False)
    converged = fit_and_tell(model, load("inputs"), load("targets"))
    iterations = getattr(model, "n_iter_", None)
    return {"coefficients": model.coef_.tolist(), "iterations": iterations,
            "converged": None if iterations is None else converged}


def fit_and_tell(model, inputs, targets):
    """Fits a model and tells whether it reached its tolerance."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(inputs, targets)
    return not any(issubclass(warning.category, ConvergenceWarning)
                   for warning in caught)


def logistic_regression(load, job):
    """Fits one-hot targets; the kernel is [inputs][classes]."""
    inputs = sparse_rows(load, job) if job["sparse"] else load("inputs")
    targets = load("targets")
    if not targets.any(axis=0).all():
        raise ValueError("the training rows do not contain every class")
    penalized = job["penalizeBiases"]
    if penalized:
        # A bias is the weight of a column of ones.
        ones = np.ones((len(targets), 1))
        inputs = hstack([inputs, ones]).tocsr() if job["sparse"] \
            else np.hstack([inputs, ones])
    model = LogisticRegression(**job["parameters"],
                               fit_intercept=not penalized)
    converged = fit_and_tell(model, inputs, targets.argmax(axis=1))
    kernel, bias = model.coef_.T, model.intercept_
    if penalized:
        kernel, bias = kernel[:-1], kernel[-1]
    return {"kernel": kernel.ravel().tolist(), "bias": bias.tolist(),
            "converged": converged, "iterations": int(model.n_iter_.max())}


def sparse_rows(load, job):
    """Selects rows, by index, of a compressed sparse row (CSR) matrix."""
    starts = load("starts")
    parts = (load("values"), load("columns").astype(np.int32), starts)
    shape = (len(starts) - 1, job["columns"])
    return csr_matrix(parts, shape=shape)[load("rows")]


METHODS = {"SGDRegressor": sgd_regressor,
           "linear": linear_regression,
           "network": sklearn_network.train,
           "LogisticRegression": logistic_regression}


if __name__ == "__main__":
    run(VERSIONS, METHODS, sys.argv[1])
