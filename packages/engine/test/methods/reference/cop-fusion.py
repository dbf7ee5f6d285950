"""Writes cop-fusion.json beside it: by scikit-learn's PCA of unit features in float64. Run: python cop-fusion.py (numpy, scipy, scikit-learn)."""
import numpy as np
from scipy.special import logsumexp, softmax
from sklearn.decomposition import PCA
from sklearn.preprocessing import normalize

from small import logits, test, train, write

pca = PCA().fit(normalize(train.astype(float)))
u, z = normalize(test.astype(float)), logits(test).astype(float)
cumulative = np.cumsum(pca.explained_variance_ratio_)


def score(share, base):
    q = np.argmax(cumulative >= share) + 1
    kept = pca.transform(u)
    kept[:, q:] = 0
    residual = np.linalg.norm(u - pca.inverse_transform(kept), axis=1)
    return (1 - residual) * (logsumexp(z, axis=1) if base == "energy" else softmax(z, axis=1).max(1))


settings = [{"share": 0.85, "base": "energy"}, {"share": 0.5, "base": "msp"}]
write(__file__, settings, [score(**one) for one in settings])
