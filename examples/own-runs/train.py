"""Trains a network with one hidden layer on y = sin(3x) + noise, once for each seed, learning rate and width.

    python3 train.py > runs.csv
    python3 train.py 21 22 23    only these seeds

One row for each seed and cell: which run it is, what was varied, what came out. It needs NumPy.
"""

import sys

import numpy as np

SEEDS = [int(seed) for seed in sys.argv[1:]] or range(1, 21)
RATES = (0.01, 0.05, 0.2)
WIDTHS = (20, 80)


def train(seed, rate, width, epochs=400):
    """Test MSE after gradient descent on 300 of 400 points."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (400, 1))
    y = np.sin(3 * x) + 0.1 * rng.normal(size=(400, 1))
    rows = rng.permutation(400)
    fit, test = rows[:300], rows[300:]
    w1, b1 = rng.normal(size=(1, width)), np.zeros(width)
    w2, b2 = rng.normal(size=(width, 1)) / np.sqrt(width), np.zeros(1)
    for _ in range(epochs):
        a = np.tanh(x[fit] @ w1 + b1)
        error = 2 * (a @ w2 + b2 - y[fit]) / len(fit)
        back = error @ w2.T * (1 - a**2)
        w2 -= rate * a.T @ error
        b2 -= rate * error.sum(axis=0)
        w1 -= rate * x[fit].T @ back
        b1 -= rate * back.sum(axis=0)
    residual = np.tanh(x[test] @ w1 + b1) @ w2 + b2 - y[test]
    mse = np.mean(residual**2)
    return f"{mse:.12g}" if np.isfinite(mse) else "diverged"


if __name__ == "__main__":
    np.seterr(over="ignore", invalid="ignore")  # runs that diverge say so in the table
    print("seed,learning_rate,width,test_mse")
    for seed in SEEDS:
        for rate in RATES:
            for width in WIDTHS:
                print(f"{seed},{rate},{width},{train(seed, rate, width)}")
