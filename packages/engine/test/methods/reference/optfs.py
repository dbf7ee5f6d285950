"""Writes optfs.json beside it: by numpy's quantiles and searchsorted in float64. Run: python optfs.py (numpy, scipy)."""
import numpy as np
from scipy.special import logsumexp

from small import W, b, logits, test, train, write

x, w = train.astype(float), W.astype(float)
low, high = np.quantile(x, [0.001, 0.999])
edges = low + (high - low) / 100 * np.arange(101)
bins = lambda h: np.searchsorted(edges, h, side="right") - 1
contributions = w[logits(train).argmax(1)] * x
v = np.array([np.where(bins(x) == i, contributions, 0).sum(1).mean() for i in range(100)])
theta = np.append(1000 * v / np.linalg.norm(v), [0, 0])  # above all intervals, and (by -1) below them
shaped = theta[bins(test.astype(float))] * test.astype(float)
logit = (shaped * w[logits(test).argmax(1)]).sum(1)
write(__file__, [{"variant": "logit"}, {"variant": "energy"}], [logit, logsumexp(shaped @ w.T + b, axis=1)])
