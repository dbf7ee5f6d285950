"""Writes ras.json beside it: sample by sample, by Python's sort. Run: python ras.py (numpy, scipy)."""
import numpy as np
from scipy.special import logsumexp

from small import FEATURES, W, b, test, train, write

profile = np.mean([sorted(map(float, h), reverse=True) for h in train], axis=0)


def score(h):
    shifted = np.empty(FEATURES)
    for rank, j in enumerate(sorted(range(FEATURES), key=lambda j: (-h[j], j))):
        shifted[j] = profile[rank]
    return logsumexp(W.astype(float) @ shifted + b)


write(__file__, [{}], [[score(h) for h in test]])
