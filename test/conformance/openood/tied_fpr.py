"""FPR95 of tied scores by scikit-learn's roc_curve, points dropped (its default) and kept:  python tied_fpr.py > tied-fpr.json"""
import json
import numpy as np
from sklearn.metrics import roc_curve

rng = np.random.default_rng(0)
same, other = [], []
while len(other) < 12:
    n, m = rng.integers(5, 40, 2)
    a, b = (np.round(rng.normal(mean, 1, size) * 2) / 2 for mean, size in ((1, n), (0, m)))
    y, s = np.r_[np.zeros(n), np.ones(m)], np.r_[a, b]
    dropped, kept = ((lambda f, t, _: float(f[np.argmax(t >= 0.95)]))(*roc_curve(y, -s, drop_intermediate=drop)) for drop in (True, False))
    (same if dropped == kept else other).append({"id": a.tolist(), "ood": b.tolist(), "dropped": dropped, "kept": kept})
print(json.dumps(same[:12] + other))
