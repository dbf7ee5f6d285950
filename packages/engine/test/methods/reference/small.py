"""Small inputs that the scripts beside it share, and how they write what they compute (numpy, scipy)."""
import json
from pathlib import Path

import numpy as np
from scipy.linalg import pinvh

rng = np.random.default_rng(11)
CLASSES, FEATURES = 4, 12
W = rng.normal(0, 1, (CLASSES, FEATURES)).round(3).astype(np.float32)
b = rng.normal(0, 1, CLASSES).round(3).astype(np.float32)
centres = rng.normal(0, 1, (CLASSES, FEATURES))
labels = np.arange(60) % CLASSES
relu = lambda x: np.maximum(x, 0).round(3).astype(np.float32)
train = relu(centres[labels] + rng.normal(0, 0.7, (60, FEATURES)))
test = relu(rng.normal(0.2, 1, (10, FEATURES)))  # about half of them are tied at 0
logits = lambda h: (h.astype(float) @ W.T.astype(float) + b.astype(float)).astype(np.float32)

# Logits of stochastic passes over the test samples.
passes = (logits(test) + np.random.default_rng(12).normal(0, 2, (5, len(test), CLASSES))).round(3).astype(np.float32)

unit = lambda x: x.astype(float) / np.linalg.norm(x.astype(float), axis=1, keepdims=True)


def tied_gaussian(x):
    """Means of the classes of the train samples, and the pseudo-inverse of the covariance that they share."""
    means = np.array([x[labels == c].mean(0) for c in range(CLASSES)])
    return means, pinvh(np.cov((x - means[labels]).T, bias=True))


def write(script: str, settings: list, scores: list, dropout=None) -> None:
    """`scores`: a list for each setting; `dropout`: logits of stochastic passes, [passes, n, classes]."""
    table = lambda h: {"h": h.tolist(), "z": logits(h).tolist()}
    result = {
        "train": table(train), "test": table(test), "labels": labels.tolist(),
        "head": {"weight": W.tolist(), "bias": b.tolist()},
        "settings": settings, "scores": [np.asarray(one, float).tolist() for one in scores],
    }
    if dropout is not None:
        result["dropout"] = dropout.tolist()
    Path(script).with_suffix(".json").write_text(json.dumps(result))
