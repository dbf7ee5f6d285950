"""Writes gradnorm.json beside it: the L1 norm of the gradient by the weights, by central differences. Run: python gradnorm.py (numpy, scipy)."""
import numpy as np
from scipy.special import logsumexp

from small import W, b, test, write


def loss(w, h):
    """Cross-entropy to targets of 1 for every class, as the authors' code has them."""
    z = w @ h + b
    return (logsumexp(z) - z).sum()


def gradient(h, step=1e-5):
    out = np.zeros(W.shape)
    for place in np.ndindex(*W.shape):
        away = np.zeros(W.shape)
        away[place] = step
        out[place] = (loss(W + away, h) - loss(W - away, h)) / (2 * step)
    return out


write(__file__, [{}], [[np.abs(gradient(h.astype(float))).sum() for h in test]])
