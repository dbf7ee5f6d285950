"""Writes caref.json beside it: sample by sample in float64. Run: python caref.py (numpy, scipy)."""
import numpy as np

from small import CLASSES, logits, test, train, write

x, said = train.astype(float), logits(train).argmax(1)
means = np.array([(x[said == c] if (said == c).any() else x).mean(0) for c in range(CLASSES)])

score = lambda h, z: -np.abs(h - means[z.argmax()]).sum() / np.abs(h).sum()
write(__file__, [{}], [[score(h, z) for h, z in zip(test.astype(float), logits(test))]])
