"""Writes neco.json beside it: by scikit-learn's StandardScaler and PCA in float64 (scikit-learn). Run: python neco.py (numpy, scipy)."""
import numpy as np
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from small import logits, test, train, write

scaler = StandardScaler().fit(train.astype(float))
pca = PCA().fit(scaler.transform(train.astype(float)))
s, z = scaler.transform(test.astype(float)), logits(test).astype(float)
cumulative = np.cumsum(pca.explained_variance_ratio_)


def score(share, logit):
    q = np.argmax(cumulative >= share) + 1
    ratio = np.linalg.norm(pca.transform(s)[:, :q], axis=1) / np.linalg.norm(s, axis=1)
    return ratio * z.max(1) if logit else ratio


settings = [{"share": 0.9, "logit": True}, {"share": 0.5, "logit": False}]
write(__file__, settings, [score(**one) for one in settings])
