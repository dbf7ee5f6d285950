"""Prints, as JSON, processor seconds of fit and scores of pytorch-ood's detectors on a folder of features, in batches of 512 on one thread (numpy, torch, pytorch-ood)."""
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from pytorch_ood import detector as ood

torch.set_num_threads(1)
folder = Path(sys.argv[1])
load = lambda name: {key: torch.tensor(value) for key, value in np.load(folder / f"{name}.npz").items()}
train, test, last = load("id_train"), load("ood_1"), load("head")
x, y, zx = train["features"], train["labels"].long(), train["logits"]
t, zt = test["features"], test["logits"]
w, b = last["weight"], last["bias"]
head = torch.nn.Linear(w.shape[1], w.shape[0])
head.weight.data, head.bias.data = w, b
same = torch.nn.Identity()
flat = torch.nn.Sequential(torch.nn.Flatten(), head)
logits = lambda one: (one, one.predict_logits, zt)
features = lambda one: (one, one.predict_features, t)
maps = lambda one: (one, one.predict_feature_maps, t[:, :, None, None])
pass_ = lambda one: (one, one.predict, t)
graded = lambda one: (one, one.predict, t.clone().requires_grad_())
DETECTORS = {
    "msp": lambda: logits(ood.MaxSoftmax(None)),
    "energy": lambda: logits(ood.EnergyBased(None)),
    "max-logit": lambda: logits(ood.MaxLogit(None)),
    "entropy": lambda: logits(ood.Entropy(None)),
    "kl-matching": lambda: logits(ood.KLMatching(None).fit_logits(zx, y)),
    "knn": lambda: features(ood.KNN(None, k=50).fit_features(x, y)),
    "nnguide": lambda: features(ood.NNGuide(same, head, k=10).fit_features(x, y)),
    "fdbd": lambda: features(ood.fDBD(same, head).fit_features(x)),
    "vim": lambda: features(ood.ViM(None, w.shape[1] // 2, w, b).fit_features(x, y)),
    "relative-mahalanobis": lambda: features(ood.RMD(None).fit_features(x, y)),
    "ddu": lambda: features(ood.GMM(None).fit_features(x, y)),
    "pnml": lambda: features(ood.PNML(None, head).fit_features(x, y)),
    "lts": lambda: features(ood.LTS(None, head, p=0.05)),
    "react": lambda: pass_(ood.ReAct(same, head, percentile=0.9).fit([(x, y)])),
    "dice": lambda: features(ood.DICE(None, w, b, p=0.7).fit_features(x, y)),
    "ash": lambda: maps(ood.ASH(same, flat, "ash-s", 0.65)),
    "scale": lambda: maps(ood.SCALE(same, flat, percentile=0.65)),
    "gradnorm": lambda: pass_(ood.GradNorm(head, param_filter=lambda name: name == "weight").to("cpu")),
    "gradient-uncertainty": lambda: pass_(ood.GradUncertainty(head, param_filter=lambda name: True).to("cpu")),
    "nac": lambda: graded(ood.NACUE(torch.nn.Sequential(same, head), [same]).fit([(x.clone().requires_grad_(), y)])),
}


def seconds(make):
    start = time.process_time()
    _, predict, data = make()
    fitted = time.process_time()
    for batch in data.split(512):
        predict(batch.clone() if batch.is_leaf else batch)
    return {"fit": fitted - start, "score": time.process_time() - fitted}


chosen = sys.argv[2:] or list(DETECTORS)
times = {}
for name in chosen:
    try:
        times[name] = seconds(DETECTORS[name])
    except Exception as error:  # what fails there is no time
        times[name] = f"{type(error).__name__}: {error}"
print(json.dumps(times))
