"""Writes gradient-uncertainty.json beside it: by central differences of -sum log p over weights and bias, in float64. Run: python gradient-uncertainty.py (numpy, scipy)."""
import numpy as np
from scipy.special import log_softmax

from small import W, b, test, write

loss = lambda w, c, h: -log_softmax(w @ h + c).sum()
w, bias, eps = W.astype(float), b.astype(float), 1e-5


def score(h):
    total = 0.0
    for parameter, of in ((w, lambda x: loss(x, bias, h)), (bias, lambda x: loss(w, x, h))):
        for at in np.ndindex(parameter.shape):
            step = np.zeros_like(parameter)
            step[at] = eps
            total += ((of(parameter + step) - of(parameter - step)) / (2 * eps)) ** 2
    return total


write(__file__, [{}], [[score(h) for h in test.astype(float)]])
