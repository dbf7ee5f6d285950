"""Writes residual.json beside it: lengths by scikit-learn's truncated SVD of the features around u, in float64. Run: python residual.py (numpy, scipy, scikit-learn)."""
import numpy as np
from scipy.linalg import lstsq
from sklearn.decomposition import TruncatedSVD

from small import W, b, test, train, write


def residual_lengths(dim):
    u = -lstsq(W.astype(float), b.astype(float))[0]
    svd = TruncatedSVD(dim, algorithm="arpack", tol=1e-12).fit(train - u)
    return np.linalg.norm((test - u) - svd.inverse_transform(svd.transform(test - u)), axis=1)


if __name__ == "__main__":
    dims = [6, 2, 10]
    write(__file__, [{"dim": dim} for dim in dims], [-residual_lengths(dim) for dim in dims])
