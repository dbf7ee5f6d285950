"""Writes trust-score.json beside it: class by class, by scikit-learn's KDTree, as the authors' code does. Run: python trust-score.py (numpy, scikit-learn)."""
import numpy as np
from sklearn.neighbors import KDTree

from small import CLASSES, labels, logits, test, train, write

x, y = train.astype(float), logits(test).argmax(1)
distances = np.stack([
    KDTree(x[labels == c]).query(test.astype(float), k=2)[0][:, -1] for c in range(CLASSES)
], axis=1)
own = distances[np.arange(len(test)), y]
other = np.where(np.arange(CLASSES) == y[:, None], np.inf, distances).min(1)
write(__file__, [{}], [other / (own + 1e-12)])
