"""Writes openood.json beside it: scores of OpenOOD's postprocessors on features.py. Run: python openood_scores.py CHECKOUT (numpy, torch, scipy, scikit-learn, faiss-cpu, tqdm; a checkout of Jingkang50/OpenOOD)."""
import importlib
import subprocess
import sys
import types
from pathlib import Path
from types import SimpleNamespace

import torch

from features import CLASSES, FEATURES, W, b, labels, test, train, write

checkout = Path(sys.argv[1])
# The packages' own __init__ files import every network and postprocessor there is; modules are loaded alone.
for package in ("openood", "openood.postprocessors", "openood.networks", "openood.utils"):
    module = types.ModuleType(package)
    module.__path__ = [str(checkout.joinpath(*package.split(".")))]
    sys.modules[package] = module
sys.modules["openood.utils.comm"] = types.ModuleType("openood.utils.comm")
sys.modules["openood.preprocessors"] = SimpleNamespace()
sys.modules["openood.preprocessors.transform"] = SimpleNamespace(normalization_dict={})
sys.modules["openood.utils"].comm = sys.modules["openood.utils.comm"]
torch.Tensor.cuda = lambda self, *_, **__: self
torch.nn.Module.cuda = lambda self, *_, **__: self


class Net(torch.nn.Module):
    """A network whose input is its features."""

    def __init__(self):
        super().__init__()
        self.fc = torch.nn.Linear(FEATURES, CLASSES)
        self.fc.weight.data, self.fc.bias.data = torch.tensor(W), torch.tensor(b)

    def forward(self, x, return_feature=False):
        # Some postprocessors normalise the features that they are given in place.
        return (self.fc(x), x.clone()) if return_feature else self.fc(x)

    def get_fc(self):
        return self.fc.weight.detach().numpy(), self.fc.bias.detach().numpy()

    def get_fc_layer(self):
        return self.fc


class Loader(list):
    batch_size = len(train)
    dataset = train


loader = Loader([{"data": torch.tensor(train), "label": torch.tensor(labels)}])
loaders = {"train": loader, "val": loader, "test": loader}
results = []


def add(method, setting, module, name, wrap=None, **arguments):
    config = SimpleNamespace(
        dataset=SimpleNamespace(name="small"),
        postprocessor=SimpleNamespace(postprocessor_args=SimpleNamespace(**arguments), postprocessor_sweep=None),
    )
    code = importlib.import_module(f"openood.postprocessors.{module}")
    if hasattr(code, "num_classes_dict"):
        code.num_classes_dict = {"small": CLASSES}
    net = Net()
    if wrap is not None:
        network, kind = wrap
        net = getattr(importlib.import_module(f"openood.networks.{network}"), kind)(net)
    one = getattr(code, name)(config)
    one.setup(net, loaders, loaders)
    results.append((method, setting, name, one.postprocess(net, torch.tensor(test))[1].detach().numpy()))


add("msp", {}, "base_postprocessor", "BasePostprocessor")
add("energy", {"temperature": 2}, "ebo_postprocessor", "EBOPostprocessor", temperature=2)
add("max-logit", {}, "maxlogit_postprocessor", "MaxLogitPostprocessor")
add("kl-matching", {}, "kl_matching_postprocessor", "KLMatchingPostprocessor")
add("knn", {"k": 7}, "knn_postprocessor", "KNNPostprocessor", K=7)
add("nnguide", {"k": 10, "share": 1}, "nnguide_postprocessor", "NNGuidePostprocessor", K=10, alpha=1)
add("fdbd", {}, "fdbd_postprocessor", "fDBDPostprocessor", distance_as_normalizer=True)
add("vim", {"dim": 8}, "vim_postprocessor", "VIMPostprocessor", dim=8)
add("relative-mahalanobis", {}, "rmds_postprocessor", "RMDSPostprocessor")
add("react", {"percentile": 90}, "react_postprocessor", "ReactPostprocessor", ("react_net", "ReactNet"), percentile=90)
add("dice", {"percentile": 70}, "dice_postprocessor", "DICEPostprocessor", p=70)
add("ash", {"percentile": 65, "variant": "b"}, "ash_postprocessor", "ASHPostprocessor", ("ash_net", "ASHNet"), percentile=65)
add("scale", {"percentile": 65}, "scale_postprocessor", "ScalePostprocessor", ("scale_net", "ScaleNet"), percentile=65)
add("gradnorm", {}, "gradnorm_postprocessor", "GradNormPostprocessor")
add("cfood", {"share": 0.01}, "cfood_postprocessor", "CFOODPostprocessor", alpha=1, k=0.01)
add("vra", {"variant": "openood", "high": 90, "low": 60}, "vra_postprocessor", "VRAPostprocessor", percentile_high=90, percentile_low=60)
add("nci", {"alpha": 0.1}, "nci_postprocessor", "NCIPostprocessor", alpha=0.1)
for likeness in ("inner-product", "euclidean", "cosine"):
    add("she", {"likeness": likeness}, "she_postprocessor", "SHEPostprocessor", metric=likeness.replace("-", "_"))
for power in (1, 4):
    add("relation", {"power": power}, "relation_postprocessor", "RelationPostprocessor", pow=power)
add("gen", {"gamma": 0.1, "top": 5}, "gen_postprocessor", "GENPostprocessor", gamma=0.1, M=5)
add("mds", {}, "mds_postprocessor", "MDSPostprocessor")
add("residual", {"dim": 8}, "residual_postprocessor", "ResidualPostprocessor", dim=8)

commit = subprocess.run(["git", "-C", checkout, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
write(f"openood {commit}", results)
