"""Writes doctor.json beside it: from the paper's ratio of 1 - sum p^2 to sum p^2, in float64. Run: python doctor.py (numpy, scipy)."""
from scipy.special import softmax

from small import logits, test, write


def score(temperature):
    gini = 1 - (softmax(logits(test).astype(float) / temperature, 1) ** 2).sum(1)
    return 1 / (1 + gini / (1 - gini))  # of the paper's D_alpha


write(__file__, [{"temperature": 1}, {"temperature": 2}], [score(1), score(2)])
