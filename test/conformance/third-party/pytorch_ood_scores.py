"""Writes pytorch-ood.json beside it: scores of pytorch-ood on features.py. Run: python pytorch_ood_scores.py (numpy, torch, torchvision, pytorch-ood 0.4.0)."""
from importlib.metadata import version

import torch
from pytorch_ood import detector as ood

from features import CLASSES, FEATURES, W, b, labels, logits, test, train, write

x, y, t = torch.tensor(train), torch.tensor(labels), torch.tensor(test)
zx, zt = torch.tensor(logits(train)), torch.tensor(logits(test))
head = torch.nn.Linear(FEATURES, CLASSES)
head.weight.data, head.bias.data = torch.tensor(W), torch.tensor(b)
same = torch.nn.Identity()
loader = [(x, y)]
results = []


def add(method, setting, one, of):
    results.append((method, setting, type(one).__name__, (-of(one)).detach().numpy()))


by_logits = lambda one: one.predict_logits(zt)
by_features = lambda one: one.predict_features(t)
by_pass = lambda one: one.predict(t)

add("msp", {}, ood.MaxSoftmax(None), by_logits)
add("energy", {"temperature": 1}, ood.EnergyBased(None), by_logits)
add("energy", {"temperature": 2}, ood.EnergyBased(None, t=2.0), by_logits)
add("max-logit", {}, ood.MaxLogit(None), by_logits)
add("entropy", {}, ood.Entropy(None), by_logits)
add("kl-matching", {}, ood.KLMatching(None).fit_logits(zx, y), by_logits)
add("knn", {"k": 7}, ood.KNN(None, k=7).fit_features(x, y), by_features)
add("nnguide", {"k": 10, "share": 1}, ood.NNGuide(same, head, k=10).fit_features(x, y), by_features)
add("fdbd", {}, ood.fDBD(same, head).fit_features(x), by_features)
add("vim", {"dim": 8}, ood.ViM(None, 8, torch.tensor(W), torch.tensor(b)).fit_features(x, y), by_features)
add("relative-mahalanobis", {}, ood.RMD(None).fit_features(x, y), by_features)
add("ddu", {"combine": "sum", "prior": True}, ood.GMM(None).fit_features(x, y), by_features)
add("pnml", {}, ood.PNML(None, head).fit_features(x, y), by_features)
add("lts", {"percentile": 95}, ood.LTS(None, head, p=0.05), by_features)
add("react", {"percentile": 90}, ood.ReAct(same, head, percentile=0.9).fit(loader), by_pass)
add("dice", {"percentile": 70}, ood.DICE(None, torch.tensor(W), torch.tensor(b), p=0.7).fit_features(x, y), by_features)
as_map = torch.nn.Flatten()
on_maps = lambda one: one.predict_feature_maps(t[:, :, None, None].clone())
flat_head = torch.nn.Sequential(as_map, head)
for variant in "bsp":
    add("ash", {"percentile": 65, "variant": variant}, ood.ASH(same, flat_head, f"ash-{variant}", 0.65), on_maps)
add("scale", {"percentile": 65}, ood.SCALE(same, flat_head, percentile=0.65), on_maps)
add("gradnorm", {}, ood.GradNorm(head, param_filter=lambda name: name == "weight").to("cpu"), by_pass)
add("gradient-uncertainty", {}, ood.GradUncertainty(head, param_filter=lambda name: True).to("cpu"), by_pass)
net = torch.nn.Sequential(same, head)
add("gen", {"gamma": 0.1, "top": 5}, ood.GEN(None, gamma=0.1, M=5), by_logits)
add("nci", {"alpha": 0.1}, ood.NCI(same, head, alpha=0.1).fit_features(x, y), by_features)
add("she", {"likeness": "inner-product"}, ood.SHE(same, head).fit_features(x, y), by_features)
add("mds", {}, ood.Mahalanobis(None).fit_features(x, y), by_features)
add("openmax", {"alpha": 3}, ood.OpenMax(None, tailsize=20, alpha=3, euclid_weight=1).fit_logits(zx, y), by_logits)
add("nac", {"bins": "geometric"}, ood.NACUE(net, [same]).fit([(x.clone().requires_grad_(), y)]),
    lambda one: one.predict(t.clone().requires_grad_()))

write(f"pytorch-ood {version('pytorch-ood')}", results)
