"""Writes weiper.json beside it: Philox4x32-10 and the Box-Muller method in Python's integers, the rest in numpy. Run: python weiper.py (numpy, scipy)."""
import math

import numpy as np
from scipy.special import softmax

from small import CLASSES, FEATURES, W, logits, test, write

COPIES = 100


def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        first, second = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [second >> 32 ^ c[1] ^ k[0], second & 0xFFFFFFFF, first >> 32 ^ c[3] ^ k[1], first & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


assert philox([0] * 4, [0] * 2) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]  # of the authors' known answers
count = COPIES * CLASSES * FEATURES
words = np.array([philox([block, 1, 0, 0], [1, 0]) for block in range(count // 4)]).reshape(-1, 2)
normals = np.array([
    math.sqrt(-2 * math.log((a + 1) / 2**32)) * f(2 * math.pi * b / 2**32)
    for a, b in words.tolist() for f in (math.cos, math.sin)
]).reshape(COPIES, CLASSES, FEATURES)
w = W.astype(float)
noise = normals / np.linalg.norm(normals, axis=2, keepdims=True) * np.linalg.norm(w, axis=1)[:, None]
z, h = logits(test).astype(float), test.astype(float)


def score(distance):
    moved = [softmax(z + distance * h @ one.T, axis=1).max(1) for one in noise]
    return np.mean(moved, axis=0)


write(__file__, [{"distance": 1.8}, {"distance": 0.1}], [score(1.8), score(0.1)])
