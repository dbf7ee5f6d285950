"""Writes kl-matching.json beside it: by scipy's entropy(p, q) in float64. Run: python kl-matching.py (numpy, scipy)."""
import numpy as np
from scipy.special import softmax
from scipy.stats import entropy

from small import CLASSES, logits, test, train, write

p_train, p_test = (softmax(logits(h).astype(float), axis=1) for h in (train, test))
predicted = p_train.argmax(1)
typical = [p_train[predicted == c].mean(0) if (predicted == c).any() else np.eye(CLASSES)[c] for c in range(CLASSES)]
write(__file__, [{}], [-np.array([min(entropy(p, q) for q in typical) for p in p_test])])
