"""Writes gem.json beside it: by scipy's distances in float64. Run: python gem.py (numpy, scipy)."""
import numpy as np
from scipy.linalg import pinvh
from scipy.spatial.distance import mahalanobis
from scipy.special import logsumexp

from small import CLASSES, labels, test, train, write

x = train.astype(float)
means = np.array([x[labels == c].mean(0) for c in range(CLASSES)])
tied = pinvh(np.cov((x - means[labels]).T, bias=True))
score = lambda h: logsumexp([-0.5 * mahalanobis(h, m, tied) ** 2 for m in means])
write(__file__, [{}], [[score(h) for h in test.astype(float)]])
