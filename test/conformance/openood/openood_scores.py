"""OpenOOD v1.5's own score files (kai422/SCALE, MIT: results/cifar10_resnet18_32x32_base_e100_lr0.1_default/s{0,1,2}/scores/scale.pkl).

    python openood_scores.py fixture S0.pkl S1.pkl S2.pkl > scale-fixture.json   the committed fixture
    python openood_scores.py all S0.pkl S1.pkl S2.pkl OUT                        all scores, for check-openood.mjs

The fixture has every k-th sample of each set, so that every set, seed and tie group is there, and what OpenOOD's formulas over
scikit-learn give for these. Needs numpy and scikit-learn; pickles are read by a list of what they may name.
"""
import io, json, pickle, sys
import numpy as np
from sklearn.metrics import auc, precision_recall_curve, roc_curve


class Restricted(pickle.Unpickler):
    def find_class(self, module, name):
        if name in ("_frombuffer", "_reconstruct") and module.startswith("numpy"):
            return getattr(__import__("numpy._core.numeric" if name == "_frombuffer" else "numpy._core.multiarray", fromlist=[name]), name)
        if (module, name) in (("numpy", "dtype"), ("numpy", "ndarray")):
            return getattr(np, name)
        if (module, name) == ("collections", "OrderedDict"):
            return dict
        if module.startswith("torch"):  # id_preds and id_labels, as tensors
            return tensor if name == "_rebuild_tensor_v2" else storage
        raise pickle.UnpicklingError(f"{module}.{name}")


def storage(data):
    """The int64 numbers of a legacy torch storage: they end the stream, after a count of 8 bytes."""
    return np.frombuffer(data[-72000:], dtype="<i8")


def tensor(values, offset, size, *_):
    return values[offset : offset + size[0]]


def read(path):
    with open(path, "rb") as f:
        s = Restricted(f).load()
    accuracy = float(np.mean(s["id_preds"] == s["id_labels"]))
    sets = {f"{group}/{name}": one[1] for group in ("near", "far") for name, one in s["ood"][group].items()}
    return s["id"]["test"][1], accuracy, sets


def openood(id_conf, ood_conf):
    """evaluators/metrics.py: FPR@95, AUROC, AUPR_IN, AUPR_OUT."""
    conf = np.concatenate([id_conf, ood_conf])
    is_ood = np.r_[np.zeros(len(id_conf)), np.ones(len(ood_conf))]
    fpr, tpr, _ = roc_curve(is_ood, -conf)
    precision_in, recall_in, _ = precision_recall_curve(1 - is_ood, conf)
    precision_out, recall_out, _ = precision_recall_curve(is_ood, -conf)
    return [float(v) for v in (fpr[np.argmax(tpr >= 0.95)], auc(fpr, tpr), auc(recall_in, precision_in), auc(recall_out, precision_out))]


def main():
    mode, paths = sys.argv[1], sys.argv[2:5]
    seeds = [read(path) for path in paths]
    if mode == "all":
        for i, (id_conf, accuracy, sets) in enumerate(seeds):
            np.savez(f"{sys.argv[5]}/s{i}.npz", accuracy=np.array([accuracy], np.float64), id=id_conf, **sets)
        return
    few = lambda conf: conf[:: max(1, len(conf) // 90)][:90].astype(np.float32)
    out = []
    for id_conf, accuracy, sets in seeds:
        # Rounded on one set in two, so that ties are there.
        cut = {n: np.round(few(c)) if k % 2 else few(c) for k, (n, c) in enumerate(sets.items())}
        own = np.round(few(id_conf) * 2) / 2
        out.append({"accuracy": accuracy, "id": [float(v) for v in own],
                    "sets": {n: {"scores": [float(v) for v in c], "openood": openood(own, c)} for n, c in cut.items()}})
    rows = {}
    for name in out[0]["sets"]:
        rows[name] = [s["sets"][name]["openood"] + [s["accuracy"]] for s in out]
    for group in ("near", "far"):
        own = [np.array(v) for n, v in rows.items() if n.startswith(group + "/")]
        rows[f"{group}ood"] = np.mean(own, axis=0)
    order = [n for n in rows if n.startswith("near/")] + ["nearood"] + [n for n in rows if n.startswith("far/")] + ["farood"]
    csv = [",FPR@95,AUROC,AUPR_IN,AUPR_OUT,ACC"]
    for name in order:
        v = 100 * np.array(rows[name])
        csv.append(",".join([name.split("/")[-1]] + ["{:.2f} ± {:.2f}".format(m, s) for m, s in zip(v.mean(0), v.std(0))]))
    json.dump({"source": "kai422/SCALE (MIT), every k-th sample; see openood_scores.py", "csv": csv, "seeds": out}, sys.stdout, ensure_ascii=False)


main()
