"""Writes knn.json beside it: KNN by scikit-learn in float64. Run: python knn.py (numpy, scikit-learn)."""
import json
from pathlib import Path

import numpy as np
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import normalize

rng = np.random.default_rng(2)
train = np.maximum(rng.normal(0, 1, (60, 6)), 0).round(3).astype(np.float32)
test = np.maximum(rng.normal(0.3, 1, (10, 6)), 0).round(3).astype(np.float32)
train[0] = test[0] = 0  # a sample whose units are all dead
ks = [7, 1, 60]
search = NearestNeighbors(n_neighbors=60, algorithm="brute", metric="euclidean")
distances, _ = search.fit(normalize(train.astype(float))).kneighbors(normalize(test.astype(float)))
scores = [(-distances[:, k - 1]).tolist() for k in ks]
result = {"train": train.tolist(), "test": test.tolist(), "ks": ks, "scores": scores}
Path(__file__).with_suffix(".json").write_text(json.dumps(result))
