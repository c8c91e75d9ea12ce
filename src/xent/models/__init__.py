"""
Linear classifiers at the exact minimum of their cross-entropy, as scikit-learn estimators.

`logistic_regression` is the estimator, `fit_outcome` the choice of its method, `penalty_search` its choice of
C by cross-validation, `logistic_regression_cv` that among given values, `linear` the prediction of a fitted
model; `inference` is about its coefficients, `batch_fit` a fit of rows that are read in batches.

May import `streams`, `solvers`, `formulas` and `arrays`, and the split by groups of `scoring`.
"""

from xent.models.logistic_regression import LogisticRegression
from xent.models.logistic_regression_cv import LogisticRegressionCV

__all__ = ["LogisticRegression", "LogisticRegressionCV"]
