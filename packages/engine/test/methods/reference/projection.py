"""Writes projection.json beside it: sample by sample, from the definition, by numpy in float64. Run: python projection.py (numpy, scipy)."""
import numpy as np
from scipy.special import softmax

from small import CLASSES, labels, logits, test, train, write

x = train.astype(float)
means = [x[labels == c].mean(0) for c in range(CLASSES)]


def own(f, z):
    cosines = [f @ m / (np.linalg.norm(f) * np.linalg.norm(m)) for m in means]
    return sum(p * np.linalg.norm(f) * cos for p, cos in zip(softmax(z.astype(float)), cosines))


usual = np.mean([own(f, z) for f, z in zip(x, logits(train))])
write(__file__, [{}], [[own(f, z) * usual for f, z in zip(test.astype(float), logits(test))]])
