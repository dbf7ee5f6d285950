"""Writes iodin.json beside it: the bundled LeNet by PyTorch's autograd, in float64, on blurred random images. Run: python iodin.py (numpy, torch, safetensors)."""
import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch.nn.functional import conv2d, cross_entropy, linear, max_pool2d, relu, softmax

model = Path(__file__).parents[5] / "models" / "lenet-fmnist.safetensors"
w = {name: value.double() for name, value in load_file(model).items()}
pixels = np.random.default_rng(3).integers(0, 256, (6, 7, 7)).repeat(4, 1).repeat(4, 2)
MEAN, STD = 0.286, 0.353


def lenet(x):
    x = relu(conv2d(x, w["conv1.weight"], w["conv1.bias"]))
    x = max_pool2d(relu(conv2d(x, w["conv2.weight"], w["conv2.bias"])), 2).flatten(1)
    return linear(relu(linear(x, w["fc1.weight"], w["fc1.bias"])), w["fc2.weight"], w["fc2.bias"])


def score(magnitude, temperature):
    x = torch.tensor((pixels / 255 - MEAN) / STD)[:, None].requires_grad_()
    logits = lenet(x)
    cross_entropy(logits / temperature, logits.argmax(1)).backward()
    moved = x.detach().clone()
    for one, gradient in zip(moved, x.grad):
        at = np.unravel_index(int(gradient.abs().argmax()), gradient.shape)
        one[at] -= magnitude / STD * (1 if gradient[at] >= 0 else -1)
    return softmax(lenet(moved) / temperature, 1).max(1).values.tolist()


settings = [{"magnitude": m, "temperature": t} for m, t in ((0.0014, 1000), (0.2, 1), (0.2, 10), (0, 1))]
result = {"pixels": pixels.astype(int)[:, ::4, ::4].reshape(6, -1).tolist(), "settings": settings,
          "scores": [score(**one) for one in settings]}
Path(__file__).with_suffix(".json").write_text(json.dumps(result))
