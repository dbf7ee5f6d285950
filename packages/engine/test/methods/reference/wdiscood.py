"""Writes wdiscood.json beside it: by numpy's unsymmetric eigenvalue solver, as the paper states the problem. Run: python wdiscood.py (numpy, scipy)."""
import numpy as np
from scipy.linalg import pinvh, sqrtm

from small import CLASSES, FEATURES, labels, test, train, write

x = train.astype(float)
means = np.stack([x[labels == c].mean(0) for c in range(CLASSES)])
V = sqrtm(pinvh((x - means[labels]).T @ (x - means[labels]) / len(x))).real
g, centres = x @ V.T, means @ V.T
within = (g - centres[labels]).T @ (g - centres[labels]) / len(g)
off = centres - centres.mean(0)
values, vectors = np.linalg.eig(np.linalg.inv(within + 1e-5 * np.eye(FEATURES)) @ (off.T @ off / CLASSES))
G = vectors[:, np.argsort(-values.real)[: CLASSES - 1]].real.T
B = np.linalg.svd(G, full_matrices=False)[2]
R = np.eye(FEATURES) - B.T @ B


def score(weight):
    t = test.astype(float) @ V.T
    near = np.linalg.norm((t[:, None] - centres) @ B.T, axis=2).min(1)
    return -near - weight * np.linalg.norm((t - g.mean(0)) @ R.T, axis=1)


settings = [{"weight": 1}, {"weight": 0.5}, {"weight": 5}]
write(__file__, settings, [score(**one) for one in settings])
