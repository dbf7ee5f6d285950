"""The data and the loop that the examples beside it share: scikit-learn's 8x8 digits, 0 to 4 known and 5 to 9 unknown."""
import json
from pathlib import Path

import numpy as np
from scipy.special import softmax
from sklearn.datasets import load_digits
from sklearn.metrics import roc_auc_score

CLASSES = 5
images, labels = load_digits(return_X_y=True)
images = (images / 16).astype(np.float32).reshape(-1, 8, 8)
known = labels < CLASSES
SETS = {
    "id_train": (images[known][:100], labels[known][:100]),
    "id_test": (images[known][600:660], labels[known][600:660]),
    "ood_digits": (images[~known][:60], None),
}


def export_all(name: str, export) -> None:
    """Calls `export(images, labels, file)` for every set, and writes what the maximum of the softmax is worth."""
    folder = Path(__file__).parent / "results" / name
    folder.mkdir(parents=True, exist_ok=True)
    for one, (x, y) in SETS.items():
        export(x, y, folder / f"{one}.npz")
    test, ood = (np.load(folder / f"{one}.npz")["logits"].astype(float) for one in ("id_test", "ood_digits"))
    scores = [softmax(z, 1).max(1) for z in (test, ood)]
    auroc = roc_auc_score(np.repeat([1, 0], [len(test), len(ood)]), np.concatenate(scores))
    accuracy = float((test.argmax(1) == SETS["id_test"][1]).mean())
    folder.with_suffix(".json").write_text(json.dumps({"accuracy": accuracy, "mspAuroc": float(auroc)}) + "\n")
