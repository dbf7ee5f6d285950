"""Writes cosine-softmax.json beside it: by scipy's cosine distance and softmax in float64. Run: python cosine-softmax.py (numpy, scipy)."""
from scipy.spatial.distance import cdist
from scipy.special import softmax

from small import W, test, write

cosines = 1 - cdist(test.astype(float), W.astype(float), "cosine")
write(__file__, [{"scale": 1}, {"scale": 10}], [softmax(cosines * s, 1).max(1) for s in (1, 10)])
