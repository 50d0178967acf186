"""How a program does a job with a library, and prints the answer as JSON.

The caller keeps standard input open while it waits for the answer. When
standard input ends, this process removes the folder and exits.
"""
import json
import os
import shutil
import threading

import numpy as np


def end_with_caller(folder):
    """Waits for standard input to end, then removes the folder and exits."""
    while os.read(0, 1):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


def run(versions, methods, argument):
    """Prints the versions, or the answer of the job in a folder.

    `--versions` asks for the versions. A folder has job.json, which names
    the method, and arrays. The method gets a function that loads an array by
    its name, and the job. It returns its answer as a dictionary. A method
    may print lists as lines on the way, to report its progress.
    """
    if argument == "--versions":
        print(json.dumps(versions))
        return
    threading.Thread(target=end_with_caller, args=[argument],
                     daemon=True).start()
    with open(os.path.join(argument, "job.json"), encoding="utf-8") as file:
        job = json.load(file)

    def load(name, **options):
        return np.load(os.path.join(argument, name + ".npy"), **options)

    answer = methods[job["method"]](load, job)
    print(json.dumps({"versions": versions, **answer}))
