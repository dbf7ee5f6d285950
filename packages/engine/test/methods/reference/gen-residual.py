"""Writes gen-residual.json beside it: by scipy's softmax and scikit-learn's SVD in float64. Run: python gen-residual.py (numpy, scipy, scikit-learn)."""
from scipy.special import softmax

from residual import residual_lengths
from small import logits, test, write

p = softmax(logits(test).astype(float), 1)
entropy = lambda g: (p**g * (1 - p) ** g).sum(1)
settings = [(0.1, 6), (1, 3)]
write(
    __file__,
    [{"gamma": g, "top": 100, "dim": dim} for g, dim in settings],
    [-residual_lengths(dim) * entropy(g) for g, dim in settings],
)
