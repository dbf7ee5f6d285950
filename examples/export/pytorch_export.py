"""Exports any PyTorch classifier for `ood-cli score`: `export` is all there is to it. Run: python pytorch_export.py (numpy, torch, scipy, scikit-learn)."""
import numpy as np
import torch


def export(model, last, loader, file):
    """Features, logits and labels of every sample, and the last linear layer, for example `model.fc`."""
    kept, labels = [], []
    hook = last.register_forward_hook(lambda _, inputs, output: kept.append((inputs[0], output)))
    model.eval()
    with torch.inference_mode():
        for x, *y in loader:
            model(x.to(last.weight.device))
            labels += y
    hook.remove()
    features, logits = (torch.cat(all).float().cpu().numpy() for all in zip(*kept))
    head = {"weight": last.weight.detach().cpu().numpy(), "bias": last.bias.detach().cpu().numpy()}
    known = {"labels": torch.cat(labels).cpu().numpy()} if labels else {}
    np.savez(file, features=features, logits=logits, **known, **head)


def loader_of(x, y=None):
    """Batches of images [n, 1, 8, 8], with labels where there are any."""
    tensors = [torch.tensor(x)[:, None], *([] if y is None else [torch.tensor(y)])]
    return torch.utils.data.DataLoader(torch.utils.data.TensorDataset(*tensors), batch_size=50)


def train(model, x, y, epochs):
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for _ in range(epochs):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(torch.tensor(x)[:, None]), torch.tensor(y)).backward()
        optimizer.step()


if __name__ == "__main__":
    from digits import CLASSES, SETS, export_all

    torch.manual_seed(0)
    nn = torch.nn
    model = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(288, 16), nn.ReLU(), nn.Linear(16, CLASSES))
    train(model, *SETS["id_train"], epochs=60)
    export_all("pytorch", lambda x, y, file: export(model, model[-1], loader_of(x, y), file))
