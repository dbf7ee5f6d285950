"""Writes cop.json beside it: by numpy's SVD in float64. Run: python cop.py (numpy, scipy)."""
import numpy as np

from small import test, train, write

unit = lambda x: x / np.linalg.norm(x, axis=1, keepdims=True)
x = unit(train.astype(float))
mean = x.mean(0)
_, s, v = np.linalg.svd(x - mean, full_matrices=False)
cumulative = np.cumsum(s**2) / (s**2).sum()


def score(share):
    kept = v[: np.argmax(cumulative >= share) + 1]
    y = unit(test.astype(float)) - mean
    return -np.linalg.norm(y - y @ kept.T @ kept, axis=1)


write(__file__, [{"share": 0.85}, {"share": 0.5}], [score(0.85), score(0.5)])
