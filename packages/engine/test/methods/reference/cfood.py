"""Writes cfood.json beside it: from the definition, by SciPy's distances. Run: python cfood.py (numpy, scipy)."""
import numpy as np
from scipy.spatial.distance import cdist

from small import test, train, write

unit = lambda h: h.astype(float) / np.linalg.norm(h.astype(float), axis=1, keepdims=True)
reference = unit(train)  # fewer than 500: all of them
n = len(reference)
of_reference = np.sort(cdist(reference, reference), axis=1)[:, 1:]
to_reference = cdist(unit(test), reference)
fractions = np.concatenate([np.linspace(0.001, 0.1, 100), np.linspace(0.105, 0.5, 81), np.linspace(0.51, 0.99, 49)])


def score(row, share):
    last = -1
    for fraction in fractions:
        place = int(fraction * n - 1)
        if last >= 0 and place <= last:
            continue
        last = place
        if np.mean(of_reference[:, place] >= row) >= share:
            return -fraction
    return -1


shares = [0.01, 0.2, 0.6]
write(__file__, [{"share": share} for share in shares],
      [[score(row, share) for row in to_reference] for share in shares])
