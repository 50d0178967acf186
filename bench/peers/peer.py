"""What the Python peers share: reading a workload, timing, checking BLAS.

A peer reads one job a line from standard input, as JSON, and answers each
with one line of JSON: {"contender", "folder", "warmup", "epochs"} gives
seconds for `epochs` epochs after `warmup` others, and the first losses. With
"evaluate": "end", losses are computed once, after the last epoch.
"""
import ctypes
import gc
import json
import os
import re
import sys
import time
from types import SimpleNamespace

import numpy as np

FIRST = 5  # epochs whose losses are handed back
ADAM = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}  # torch.optim's
RMSPROP = {"rho": 0.99, "epsilon": 1e-8}
GATHER_BYTES = 1 << 20  # an epoch's batches up to this size: gathered at once


def read_workload(folder):
    """The arrays that bench/data.js wrote, in the workload's float type."""
    with open(os.path.join(folder, "meta.json"), encoding="utf-8") as file:
        work = SimpleNamespace(**json.load(file))
    dtype = np.dtype(work.dtype)

    def array(name, kind, *shape):
        path = os.path.join(folder, name + ".bin")
        return np.fromfile(path, kind).reshape(shape)

    work.train_x = array("train_x", dtype, work.trainRows, work.columns)
    work.train_y = array("train_y", dtype, work.trainRows, work.outputs)
    work.test_x = array("test_x", dtype, work.testRows, work.columns)
    work.test_y = array("test_y", dtype, work.testRows, work.outputs)
    work.classifies = work.loss == "cross_entropy"
    if work.classifies:
        work.train_labels = work.train_y.argmax(1)
        work.test_labels = work.test_y.argmax(1)
    work.batches = array("batches", np.int32, work.recordedEpochs, work.steps,
                         work.batchSize).astype(np.int64)
    inputs = work.columns
    work.weights = []
    for index, layer in enumerate(work.layers):
        units = layer["units"]
        bias = layer["biasInit"] is not None
        work.weights.append((array(f"w{index}", dtype, inputs, units),
                             array(f"b{index}", dtype, units) if bias
                             else None))
        inputs = units
    epoch_bytes = work.steps * work.batchSize * work.columns * dtype.itemsize
    work.gather_at_once = epoch_bytes <= GATHER_BYTES
    return work


def serve(contenders, versions, product):
    """Answers jobs until the input ends; the last workload is kept."""
    # Other libraries may print: only answers go to standard output.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(value):
        print(json.dumps(value), file=answers, flush=True)

    answer({"versions": versions, "blas": blas(),
            "products": errors_of(product)})
    folder, work = None, None
    for line in sys.stdin:
        job = json.loads(line)
        if job["folder"] != folder:
            folder, work = job["folder"], None
            work = read_workload(folder)
        try:
            answer(measure(contenders[job["contender"]](work), work, job))
        except Exception as error:  # the caller says which peer it was
            answer({"error": f"{type(error).__name__}: {error}"})


def measure(model, work, job):
    """Trains and evaluates; the clock starts after the warm-up epochs."""
    warmup, epochs = job["warmup"], job["epochs"]
    curves = {"train_loss": [], "test_loss": [],
              "train_accuracy": [], "test_accuracy": []}
    gc.collect()
    once = job.get("evaluate") == "end"
    last = warmup + epochs - 1
    started = time.perf_counter()
    for epoch in range(warmup + epochs):
        if epoch == warmup:
            started = time.perf_counter()
        model.train(work.batches[epoch % work.recordedEpochs])
        if once and epoch < last:
            continue
        for part in ("train", "test"):
            loss, accuracy = model.evaluate(part)
            if epoch == last and part == "train":
                last_loss = float(loss)
            if epoch < FIRST and not once:
                curves[part + "_loss"].append(float(loss))
                if accuracy is not None:
                    curves[part + "_accuracy"].append(float(accuracy))
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "epochs": epochs, "last_loss": last_loss,
            **curves}


def errors_of(product):
    """Largest relative error of matrix products, against plain float64."""
    rng = np.random.default_rng(1)
    worst = {}
    for dtype in (np.float32, np.float64):
        worst[np.dtype(dtype).name] = 0.0
        for n, m, k in ((50, 784, 128), (50, 128, 10), (10, 120, 1),
                        (33, 67, 129)):
            a = rng.standard_normal((n, m)).astype(dtype)
            b = rng.standard_normal((m, k)).astype(dtype)
            exact = np.zeros((n, k))
            for i in range(m):  # no BLAS in here
                exact += a[:, i:i + 1].astype(float) * b[i].astype(float)
            error = np.abs(product(a, b) - exact).max() / np.abs(exact).max()
            name = np.dtype(dtype).name
            worst[name] = max(worst[name], float(error))
    return worst


def blas():
    """Which OpenBLAS is loaded, and for which processor it works."""
    found = []
    try:
        with open("/proc/self/maps", encoding="utf-8") as maps:
            paths = set(re.findall(r"/\S*openblas\S*", maps.read()))
    except OSError:
        return found
    for path in sorted(paths):
        library = ctypes.CDLL(path)
        for prefix in ("", "scipy_"):
            for suffix in ("", "64_"):
                name = f"{prefix}openblas_get_%s{suffix}"
                if not hasattr(library, name % "corename"):
                    continue
                core = getattr(library, name % "corename")
                core.restype = ctypes.c_char_p
                config = getattr(library, name % "config")
                config.restype = ctypes.c_char_p
                threads = getattr(library, name % "num_threads")()
                one = {"config": config().decode(), "core": core().decode(),
                       "threads": threads}
                if one not in found:  # one library may have several names
                    found.append(one)
    return found
