"""
Linear classifiers at the exact minimum of their cross-entropy, and how they got there.

`logistic_regression` is the scikit-learn estimator. Below it: `objective` (value, gradient, Hessian
and certified gap of one problem), `maximum_likelihood` (which solver), `newton` and `lbfgs` (how to
choose a direction) over `descent` (what every solver does with one), `kronecker` and `cholesky`
(inverse Hessians), `penalty_search` (C by cross-validation) and `descent_race` (cross-entropy
against squared error). May import `losses`, `formulas`, `arrays` and `errors`; the loss itself is
always the formula, never written again here.
"""

from xent.models.logistic_regression import LogisticRegression

__all__ = ["LogisticRegression"]
