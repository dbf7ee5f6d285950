"""Writes nnguide.json beside it: sample by sample in float64. Run: python nnguide.py (numpy, scipy)."""
import numpy as np
from scipy.special import logsumexp

from small import logits, test, train, write

settings = [{"k": k, "share": share} for share in (1, 0.31) for k in (1, 5, 10)]
unit = lambda h: h / np.linalg.norm(h)
energy = lambda h: logsumexp(logits(h[None]).astype(float))
bank = np.array([energy(h) * unit(h.astype(float)) for h in train])


def score(h, k, share):
    some = bank[: int(np.ceil(share * len(bank)))]
    return energy(h) * np.sort(some @ unit(h.astype(float)))[-k:].mean()


write(__file__, settings, [[score(h, **one) for h in test] for one in settings])
