"""scikit-learn's multi-layer perceptron with its own mini-batches.

It draws batches and first weights itself (each epoch a permutation), so
only its time is compared, not its losses.
"""
import sys
import warnings

import numpy as np
import sklearn
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier, MLPRegressor

import peer


class Mlp:
    """partial_fit is one epoch over all rows."""

    def __init__(self, work):
        self.work = work
        # Its square loss has a factor 1/2, and its steps are half of ours.
        rate = work.learningRate * (1 if work.classifies else 2)
        model = MLPClassifier if work.classifies else MLPRegressor
        self.model = model(
            hidden_layer_sizes=(work.layers[0]["units"],), solver="sgd",
            alpha=0, batch_size=work.batchSize, learning_rate_init=rate,
            momentum=0, nesterovs_momentum=False, random_state=0)
        if work.classifies:
            self.y = {"train": work.train_labels, "test": work.test_labels}
            self.classes = np.arange(work.outputs)
        else:
            self.y = {"train": work.train_y.ravel(),
                      "test": work.test_y.ravel()}

    def train(self, _rows):
        x, y = self.work.train_x, self.y["train"]
        if self.work.classifies:
            self.model.partial_fit(x, y, self.classes)
        else:
            self.model.partial_fit(x, y)

    def evaluate(self, part):
        x, y = getattr(self.work, part + "_x"), self.y[part]
        if not self.work.classifies:
            return np.square(self.model.predict(x) - y).mean(), None
        share = self.model.predict_proba(x)
        return (log_loss(y, share, labels=self.classes),
                (share.argmax(1) == y).mean())


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    peer.serve({"sklearn": Mlp},
               {"python": sys.version.split()[0], "numpy": np.__version__,
                "sklearn": sklearn.__version__},
               np.dot)
