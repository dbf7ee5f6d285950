"""Writes mahalanobis-plus-plus.json beside it: by scipy's distances in float64. Run: python mahalanobis-plus-plus.py (numpy, scipy)."""
import numpy as np
from scipy.linalg import pinvh
from scipy.spatial.distance import mahalanobis

from small import CLASSES, labels, test, train, write

unit = lambda x: x / np.linalg.norm(x, axis=1, keepdims=True)
x = unit(train.astype(float))
means = np.array([x[labels == c].mean(0) for c in range(CLASSES)])
tied = pinvh(np.cov((x - means[labels]).T, bias=True))
write(__file__, [{}], [[-min(mahalanobis(h, m, tied) ** 2 for m in means) for h in unit(test.astype(float))]])
