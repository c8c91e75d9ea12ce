"""
Linear classifiers at the exact minimum of their cross-entropy, as scikit-learn estimators.

`logistic_regression` is the estimator, `penalty_search` its choice of C by cross-validation, `linear` the
prediction of a fitted model. May import `solvers`,
`formulas` and `arrays`, and the split by groups of `scoring`.
"""

from xent.models.logistic_regression import LogisticRegression

__all__ = ["LogisticRegression"]
