"""Writes pnml.json beside it: by numpy's pinv in float64. Run: python pnml.py (numpy, scipy)."""
import numpy as np
from scipy.special import softmax

from small import CLASSES, W, b, test, train, write

unit = lambda x: x / np.linalg.norm(x, axis=1, keepdims=True)
x = unit(train.astype(float))
inverse = np.linalg.pinv(x.T @ x, rcond=12 * 2**-52, hermitian=True)


def score(u):
    t = u @ inverse @ u
    p = softmax(W.astype(float) @ u + b)
    return -np.log((p / (p + (1 - p) * p ** (t / (1 + t)))).sum()) / np.log(CLASSES)


write(__file__, [{}], [[score(u) for u in unit(test.astype(float))]])
