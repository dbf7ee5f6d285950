"""Writes lof.json beside it: by scikit-learn itself. Run: python lof.py (scikit-learn)."""
from sklearn.neighbors import LocalOutlierFactor

from small import test, train, write

lof = LocalOutlierFactor(n_neighbors=20, novelty=True, algorithm="brute").fit(train.astype(float))
write(__file__, [{}], [lof.score_samples(test.astype(float))])
