"""Exports any Keras classifier for `ood-cli score`. Run: python keras_export.py (numpy, keras with any backend, scipy, scikit-learn)."""
import numpy as np


def export(model, last, x, y, file):
    """Features, logits and labels of every sample, and the last dense layer, for example `model.layers[-1]`."""
    import keras

    features = keras.Model(model.inputs, last.input).predict(x, verbose=0)
    # Keras has [features, classes]. Logits are made of these: the layer's own output may be a softmax.
    weight, bias = last.get_weights()
    known = {} if y is None else {"labels": y}
    np.savez(file, features=features, logits=features @ weight + bias, **known, weight=weight.T, bias=bias)


if __name__ == "__main__":
    import keras

    from digits import CLASSES, SETS, export_all

    keras.utils.set_random_seed(0)
    layers = keras.layers
    dense = layers.Dense(CLASSES, activation="softmax")
    model = keras.Sequential([keras.Input((8, 8)), layers.Flatten(), layers.Dense(16, activation="relu"), dense])
    model.compile(keras.optimizers.Adam(5e-3), "sparse_categorical_crossentropy")
    model.fit(*SETS["id_train"], epochs=60, verbose=0)
    export_all("keras", lambda x, y, file: export(model, dense, x, y, file))
