"""Writes vim.json beside it: ViM by NumPy and SciPy in float64. Run: python vim.py (numpy, scipy)."""
import json
from pathlib import Path

import numpy as np
from scipy.special import logsumexp

rng = np.random.default_rng(3)
mix = rng.normal(0, 1, (5, 8))
train = np.maximum(rng.normal(0, 1, (80, 5)) @ mix, 0).round(3).astype(np.float32)
test = np.maximum(rng.normal(0.2, 1, (10, 8)), 0).round(3).astype(np.float32)
train[:, 7] = train[:, 6] = 0  # two dead units, which only test samples wake: 7 dimensions are filled, with -u
W = rng.normal(0, 1, (3, 8)).round(3).astype(np.float32)
b = rng.normal(0, 1, 3).round(3).astype(np.float32)
logits = lambda h: (h.astype(float) @ W.T.astype(float) + b).astype(np.float32)

u = -np.linalg.pinv(W.astype(float)) @ b
_, axes = np.linalg.eigh((train - u).T @ (train - u) / len(train))
axes = axes[:, ::-1]  # largest eigenvalue first
dims, scores, alphas = [4, 1, 6], [], []
for dim in dims:
    residual = lambda h: np.linalg.norm((h - u) @ axes[:, dim:], axis=1)
    alpha = logits(train).max(1).astype(float).mean() / residual(train).mean()
    alphas.append(alpha)
    scores.append((logsumexp(logits(test).astype(float), axis=1) - alpha * residual(test)).tolist())
result = {
    "train": {"h": train.tolist(), "z": logits(train).tolist()},
    "test": {"h": test.tolist(), "z": logits(test).tolist()},
    "weight": W.tolist(), "bias": b.tolist(), "dims": dims, "alphas": alphas, "scores": scores,
}
Path(__file__).with_suffix(".json").write_text(json.dumps(result))
