"""Writes feature-norm.json beside it: by numpy in float64. Run: python feature-norm.py (numpy)."""
import numpy as np

from small import test, write

write(__file__, [{"order": "l1"}, {"order": "l2"}],
      [np.linalg.norm(test.astype(float), order, axis=1) for order in (1, 2)])
