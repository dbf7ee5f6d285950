"""Exports a classifier in JAX for `ood-cli score`. Run: python jax_export.py (numpy, jax, optax, scipy, scikit-learn)."""
import numpy as np


def export(features_of, weight, bias, x, y, file):
    """Features, logits and labels of every sample, and the last layer: `weight` [classes, features], `bias` [classes]."""
    features = np.asarray(features_of(x))
    known = {} if y is None else {"labels": y}
    np.savez(file, features=features, logits=features @ weight.T + bias, **known, weight=weight, bias=bias)


if __name__ == "__main__":
    import jax
    import jax.numpy as jnp
    import optax

    from digits import CLASSES, SETS, export_all

    keys = jax.random.split(jax.random.key(0))
    params = {
        "hidden": (0.15 * jax.random.normal(keys[0], (64, 16)), jnp.zeros(16)),
        "last": (0.2 * jax.random.normal(keys[1], (16, CLASSES)), jnp.zeros(CLASSES)),
    }
    features = lambda params, x: jax.nn.relu(x.reshape(len(x), -1) @ params["hidden"][0] + params["hidden"][1])
    logits = lambda params, x: features(params, x) @ params["last"][0] + params["last"][1]
    x, y = SETS["id_train"]
    loss = lambda params: optax.softmax_cross_entropy_with_integer_labels(logits(params, x), y).mean()
    adam = optax.adam(1e-2)
    state = adam.init(params)
    for _ in range(100):
        updates, state = adam.update(jax.grad(loss)(params), state)
        params = optax.apply_updates(params, updates)
    weight, bias = np.asarray(params["last"][0]).T, np.asarray(params["last"][1])
    export_all("jax", lambda x, y, file: export(lambda x: features(params, x), weight, bias, x, y, file))
