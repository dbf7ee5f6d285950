"""Writes logit-gap.json beside it: by a sort in float64. Run: python logit-gap.py (numpy, scipy)."""
import numpy as np

from small import logits, test, write

z = -np.sort(-logits(test).astype(float), 1)
counts = [1, 2, 3]
write(__file__, [{"count": n} for n in counts], [(z[:, :1] - z[:, 1 : n + 1]).mean(1) for n in counts])
