"""Synthetic images of given random words, by NumPy and SciPy: quantiles, filters and turns as the libraries have them.

Run: python synthetic.py > synthetic.json
"""

import json

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.stats import norm

rng = np.random.default_rng(7)
H, W, C = 12, 16, 3


def words(count):
    return rng.integers(0, 2**32, count, dtype=np.uint64)


def case(kind, size, values, image, before=None):
    own = {"kind": kind, "size": list(size), "words": [int(v) for v in values], "image": image.ravel().tolist()}
    return own if before is None else {**own, "before": before.ravel().tolist()}


cases = []
n = H * W * C
# Four bytes of a word, the lowest first.
w = words(n // 4)
cases.append(case("uniform", (H, W, C), w, np.frombuffer(w.astype("<u4").tobytes(), np.uint8)))
# The quantile of a word, cut and rounded.
w = words(n)
z = norm.ppf((w + 0.5) / 2**32, loc=0.5, scale=0.5)
cases.append(case("gaussian", (H, W, C), w, np.floor(255 * np.clip(z, 0, 1) + 0.5).astype(int)))
w = words(n // 32)
bits = np.unpackbits(w.astype("<u4").view(np.uint8), bitorder="little")
cases.append(case("rademacher", (H, W, C), w, 255 * bits.astype(int)))
w = words(n)
ones = (w / 2**32 < 0.7).astype(float).reshape(H, W, C)
blurred = gaussian_filter(ones, 1.5, mode="nearest", truncate=4.0)
blurred[blurred < 0.75] = 0
cases.append(case("blobs", (H, W, C), w, np.floor(255 * blurred + 0.5).astype(int)))
grey = np.arange(8 * 8 * C).reshape(8, 8, C) % 256
cases.append(case("inverted", (8, 8, C), [], 255 - grey, grey))
for turns in (1, 2, 3):
    cases.append(case("rotated", (8, 8, C), [3 * 1000 + turns - 1], np.rot90(grey, turns), grey))
w = words(64)
cases.append(case("permuted-pixels", (8, 8, C), w, grey.reshape(64, C)[np.argsort(w, kind="stable")], grey))
w = words(16)
patches = grey.reshape(4, 2, 4, 2, C).swapaxes(1, 2).reshape(16, 2, 2, C)[np.argsort(w, kind="stable")]
whole = patches.reshape(4, 4, 2, 2, C).swapaxes(1, 2).reshape(8, 8, C)
cases.append(case("shuffled-patches", (8, 8, C), w, whole, grey))
print(json.dumps(cases))
