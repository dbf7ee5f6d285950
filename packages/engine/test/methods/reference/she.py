"""Writes she.json beside it: by scipy's distances in float64. Run: python she.py (numpy, scipy)."""
import numpy as np
from scipy.spatial.distance import cosine, euclidean

from small import CLASSES, labels, logits, test, train, write

x, said = train.astype(float), logits(train).argmax(1)
right = [(labels == c) & (said == c) for c in range(CLASSES)]
patterns = [x[one if one.any() else labels == c].mean(0) for c, one in enumerate(right)]
likeness = {
    "inner-product": np.dot,
    "euclidean": lambda h, p: -euclidean(h, p),
    "cosine": lambda h, p: 1 - cosine(h, p),
}
score = lambda of: [of(h, patterns[z.argmax()]) for h, z in zip(test.astype(float), logits(test))]
write(__file__, [{"likeness": name} for name in likeness], [score(of) for of in likeness.values()])
