"""Exports a model of timm: the same as any of PyTorch's, `get_classifier()` is its last layer. Run: python timm_export.py (timm and what pytorch_export.py needs)."""
import timm
import torch

from digits import CLASSES, SETS, export_all
from pytorch_export import export, loader_of, train

torch.manual_seed(0)
# With `pretrained=True` the published weights; without, nothing has to be downloaded here.
model = timm.create_model("test_resnet", pretrained=False, in_chans=1, num_classes=CLASSES)
train(model, *SETS["id_train"], epochs=60)
export_all("timm", lambda x, y, file: export(model, model.get_classifier(), loader_of(x, y), file))
