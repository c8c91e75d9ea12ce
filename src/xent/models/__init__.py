"""
Linear classifiers at the exact minimum of their cross-entropy, as scikit-learn estimators.

`logistic_regression` is the estimator, `penalty_search` its choice of C by cross-validation, `linear` the
prediction of a fitted model. May import `solvers`, `formulas` and `arrays`.
"""

from xent.models.logistic_regression import LogisticRegression
from xent.models.logistic_regression_cv import LogisticRegressionCV

__all__ = ["LogisticRegression", "LogisticRegressionCV"]
