"""Writes the tables beside this file from the copies that scikit-learn ships: column and class names are added, the
numbers are copied as they are written there.

    apt-get install python3-sklearn
    python3 data/tables/make.py
"""

import csv
import gzip
import io
from pathlib import Path

import sklearn

source = Path(sklearn.__file__).parent / "datasets" / "data"
here = Path(__file__).parent
measures = [
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave_points",
    "symmetry",
    "fractal_dimension",
]


def table(header, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def with_classes(name, features, target):
    """The first line of the source has the number of rows, of columns, and the names of the classes."""
    with open(source / name, newline="") as file:
        (rows, columns, *classes), *records = csv.reader(file)
    assert (len(records), len(features)) == (int(rows), int(columns))
    return table([*features, target], [[*record[:-1], classes[int(record[-1])]] for record in records])


cancer = [f"{measure}_{statistic}" for statistic in ["mean", "se", "worst"] for measure in measures]
(here / "breast-cancer.csv").write_bytes(with_classes("breast_cancer.csv", cancer, "diagnosis"))
iris = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
(here / "iris.csv").write_bytes(with_classes("iris.csv", iris, "species"))

with gzip.open(source / "digits.csv.gz", "rt", newline="") as file:
    digits = [list(record) for record in csv.reader(file)]
packed = gzip.compress(table([*(f"pixel{i}" for i in range(64)), "digit"], digits), 9, mtime=0)
(here / "digits.csv.gz").write_bytes(packed)
