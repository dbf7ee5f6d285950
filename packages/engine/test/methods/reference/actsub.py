"""Writes actsub.json beside it: by PyTorch's singular value decomposition and projectors, in float64. Run: python actsub.py (numpy, torch)."""
import torch
from torch.nn.functional import normalize

from small import CLASSES, FEATURES, W, b, test, train, write

w, bias = torch.tensor(W).double(), torch.tensor(b).double()
x, t = torch.tensor(train).double(), torch.tensor(test).double()
V = torch.linalg.svd(w)[2]
projector = lambda k: V[:k].T @ V[:k]
gap = [abs((x @ projector(k)).norm(dim=1).mean() - (x - x @ projector(k)).norm(dim=1).mean()) for k in range(CLASSES + 1)]
P = projector(int(torch.tensor(gap).argmin()))
cosines = normalize(t - t @ P) @ normalize(x - x @ P).T
familiar = -torch.log(1 - cosines.topk(10, dim=1).values.mean(1))


def score(percentile, power):
    a = t @ P
    kept = max(1, FEATURES - round(FEATURES * percentile / 100))
    ratio = (a.sum(1) / a.topk(kept, dim=1).values.sum(1)).clamp(0, FEATURES / kept)
    energy = torch.logsumexp((a * ratio.exp()[:, None]) @ w.T + bias, 1)
    return energy * familiar ** power


settings = [{"percentile": 85, "power": 2}, {"percentile": 65, "power": 0.5}]
write(__file__, settings, [score(**one).numpy() for one in settings])
