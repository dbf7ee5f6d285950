"""Writes entropy.json beside it: by scipy's entropy in float64. Run: python entropy.py (numpy, scipy)."""
from scipy.special import softmax
from scipy.stats import entropy

from small import logits, test, write

write(__file__, [{}], [-entropy(softmax(logits(test).astype(float), 1), axis=1)])
