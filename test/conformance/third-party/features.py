"""Features, logits and head that both libraries and this project score, and how what they give is written (numpy)."""
import json
from pathlib import Path

import numpy as np

rng = np.random.default_rng(40)
CLASSES, FEATURES, TRAIN, TEST = 5, 16, 300, 60
W = rng.normal(0, 0.5, (CLASSES, FEATURES)).round(3).astype(np.float32)
b = rng.normal(0, 0.5, CLASSES).round(3).astype(np.float32)
centres = 4 * W / np.abs(W).max()
labels = np.arange(TRAIN) % CLASSES  # the head is right about 92 % of them, some of every class
relu = lambda x: np.maximum(x, 0).round(3).astype(np.float32)
train = relu(centres[labels] + rng.normal(0.2, 0.5, (TRAIN, FEATURES)))
test = relu(rng.normal(0.3, 0.8, (TEST, FEATURES)))
logits = lambda h: h @ W.T + b


def write(library: str, results: list) -> None:
    """`results`: (method, setting, what computes it there, scores with higher = more in-distribution)."""
    numbers = lambda x, digits: [[round(float(one), digits) for one in row] for row in x]
    table = lambda h: {"h": numbers(h, 3), "z": numbers(logits(h), 6)}
    path = Path(__file__).with_name("features.json")
    path.write_text(json.dumps({"train": table(train), "test": table(test), "labels": labels.tolist(),
                                "head": {"weight": numbers(W, 3), "bias": numbers([b], 3)[0]}}))
    name, version = library.split(" ")
    rows = [{"method": m, "setting": s, "by": by, "scores": np.asarray(scores, float).round(6).tolist()}
            for m, s, by, scores in results]
    path.with_name(f"{name}.json").write_text(json.dumps({"library": name, "version": version, "results": rows}))
