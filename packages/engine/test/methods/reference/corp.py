"""Writes corp.json beside it: Philox4x32-10 in Python's integers, the rest by scikit-learn's PCA in float64. Run: python corp.py (numpy, scipy, scikit-learn)."""
import math

import numpy as np
from sklearn.decomposition import PCA

from small import FEATURES, test, train, unit, write
from weiper import philox

COUNT = 512
word_pairs = np.array([philox([block, 2, 0, 0], [1, 0]) for block in range(COUNT * FEATURES // 4)]).reshape(-1, 2)
normals = np.array([
    math.sqrt(-2 * math.log((a + 1) / 2**32)) * f(2 * math.pi * b / 2**32)
    for a, b in word_pairs.tolist() for f in (math.cos, math.sin)
]).reshape(COUNT, FEATURES)
phases = np.array([philox([block, 3, 0, 0], [1, 0]) for block in range(COUNT // 4)]).ravel() * 2 * np.pi / 2**32
random = lambda h: math.sqrt(2 / COUNT) * np.cos(unit(h) @ (2 * normals).T + phases)
pca = PCA().fit(random(train))
cumulative = np.cumsum(pca.explained_variance_ratio_)


def score(share):
    q = np.argmax(cumulative >= share) + 1
    off = random(test) - pca.mean_
    kept = off @ pca.components_[:q].T
    return -np.sqrt((off**2).sum(1) - (kept**2).sum(1))


write(__file__, [{"share": 0.8}, {"share": 0.5}], [score(0.8), score(0.5)])
