"""Writes ssd.json beside it: by scikit-learn's covariance in float64. Run: python ssd.py (numpy, scipy, scikit-learn)."""
from sklearn.covariance import EmpiricalCovariance

from small import test, train, unit, write

write(__file__, [{}], [-EmpiricalCovariance().fit(unit(train)).mahalanobis(unit(test))])
