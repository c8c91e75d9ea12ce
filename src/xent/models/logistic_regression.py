"""Logistic and softmax regression at the exact maximum of the penalised likelihood."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from xent.arrays import check_unmasked
from xent.errors import DomainError
from xent.formulas.sigmoid import sigmoid
from xent.formulas.softmax import softmax
from xent.models.class_codes import class_codes
from xent.models.linear import linear_log_probs, linear_logits
from xent.models.penalty_search import PenaltyCandidate, search_penalty
from xent.models.row_weights import row_weights
from xent.solvers.feature_rows import is_sparse
from xent.solvers.iteration import Iteration
from xent.solvers.maximum_likelihood import minimise
from xent.solvers.objective_in_memory import ObjectiveInMemory
from xent.solvers.solution import Solution
from xent.solvers.standardisation import distant_centre

__all__ = ["LogisticRegression"]

Array = NDArray[np.float64]

_SOLVERS = ("auto", "newton", "newton-cg", "lbfgs")


class LogisticRegression(ClassifierMixin, BaseEstimator):
    r"""
    Linear classifier of least penalised cross-entropy, certified to `tol` nats per row.

    Two classes give logistic regression, more give softmax (multinomial) regression. Parameters,
    attributes and objective are those of scikit-learn's estimator of the same name with an L2
    penalty. The stopping rule differs: the fit stops when a proven bound on the distance from the minimum
    is within `tol`, and warns if that is not reached.

    Parameters
    ----------
    C : float or "auto", default 1.0
        Inverse strength of the penalty, finite and > 0. ``"auto"`` selects the value with the least 5-fold
        cross-validated cross-entropy, to within half a decade.
    fit_intercept : bool, default True
        True to fit an intercept for each class, which is never penalised.
    class_weight : dict or "balanced", optional
        Factor of the loss of each class: a dict of them by class, or ``"balanced"`` for weights inversely
        proportional to the class frequencies. None means 1.
    solver : {"auto", "newton", "newton-cg", "lbfgs"}, default "auto"
        Method; all methods end at the same point. ``"newton"`` is damped Newton on all rows, ``"newton-cg"``
        the same by conjugate gradients, without a Hessian, and ``"lbfgs"`` preconditioned L-BFGS; ``"auto"``
        chooses by the number of coefficients and rows and the features' correlations (`solver_report_`).
    tol : float, default 1e-8
        Bound on the distance of the objective from its minimum at which the fit stops, in nats per unit of
        sample weight.
    max_iter : int, default 1000
        Most steps; reaching it before `tol` gives a `ConvergenceWarning` with the bound reached.
    warm_start : bool, default False
        True to start `fit` from the last solution, if its shape fits the new data.

    Attributes
    ----------
    classes_ : ndarray of shape (K,)
        Classes, sorted.
    coef_ : ndarray of shape (1, p) or (K, p)
        Weights; for two classes one row, that of ``classes_[1]``.
    intercept_ : ndarray of shape (1,) or (K,)
        Intercepts; for K > 2 classes they sum to 0.
    C_ : float
        Value of `C` that was used.
    penalty_search_ : PenaltySearch or None
        Candidates that ``C="auto"`` compared; None for a given `C`.
    loss_ : float
        Mean cross-entropy of the training rows in nats, without the penalty.
    gap_ : float
        Certified bound on the distance of the objective from its minimum, in nats per row.
    history_ : tuple of Iteration
        Loss, objective, gap and gradient after every step.
    n_iter_ : ndarray of shape (1,)
        Number of steps.
    solver_report_ : SolverReport
        Method and the reason for it, passes over the rows, and seconds of each phase.
    n_features_in_ : int
        Number of features, p.
    feature_names_in_ : ndarray of shape (p,)
        Names of the features; only defined if X has string column names.

    Raises
    ------
    DomainError
        If a parameter or sample weight is out of range.
    DataError
        If y holds fewer than two classes in rows of positive weight.
    ShapeError
        If `sample_weight` does not have one entry per row.

    Warns
    -----
    ConvergenceWarning
        If the fit ends with a gap above `tol`, with the gap it reached.

    Notes
    -----
    **Definition.** With weights :math:`s_i`, the minimum over W and b of

    .. math:: C \sum_i s_i\,\ell(W x_i + b, y_i) + \tfrac12 \lVert W \rVert^2,

    :math:`\ell` being cross-entropy. `objective` in `history_` and `tol` refer to this divided by
    :math:`C \sum_i s_i`.

    **Gradient.** :math:`C \sum_i s_i (p_i - y_i) x_i^T + W`.

    **Edge cases.** Separable classes have a finite optimum for every finite C. A constant
    feature gets weight 0. Rows of weight 0 are ignored.

    **Numerics.** Losses and gradients keep their relative accuracy for probabilities near 0 and 1, and the
    gap is a sum of terms >= 0 (see `xent.solvers.optimality_gap`), so it can be
    certified to below 1e-15 nats. On scikit-learn's bundled data the result agrees with its
    ``newton-cholesky`` at ``tol=1e-12`` to 1e-9 in the objective and 1e-5 in the coefficients.

    References
    ----------
    .. [1] Bishop, C. M. (2006). Pattern Recognition and Machine Learning, Springer. Section 4.3.
    .. [2] Boyd, S. and Vandenberghe, L. (2004). Convex Optimization, Cambridge. Section 5.5.1
       (duality gap as a stopping rule).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from xent import LogisticRegression
    >>> X, y = load_iris(return_X_y=True)
    >>> model = LogisticRegression().fit(X, y)
    >>> bool(model.gap_ < 1e-8)
    True
    >>> print(f"{model.loss_:.4f} nats")
    0.1196 nats
    """

    def __init__(
        self,
        *,
        C: float | str = 1.0,
        fit_intercept: bool = True,
        class_weight: dict[Any, float] | str | None = None,
        solver: str = "auto",
        tol: float = 1e-8,
        max_iter: int = 1000,
        warm_start: bool = False,
    ) -> None:
        self.C = C
        self.fit_intercept = fit_intercept
        self.class_weight = class_weight
        self.solver = solver
        self.tol = tol
        self.max_iter = max_iter
        self.warm_start = warm_start

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        on_trial: Callable[[float], None] | None = None,
        on_candidate: Callable[[PenaltyCandidate], None] | None = None,
        on_iteration: Callable[[Iteration], None] | None = None,
    ) -> Self:
        """
        Fit to the rows of X and their classes y.

        Parameters
        ----------
        X : array, DataFrame or sparse matrix of shape (n, p)
            Finite numbers; float64, and a sparse matrix in CSR format, is used as it is, without a copy.
        y : array of shape (n,)
            Class of each row, of any type that sorts.
        sample_weight : array of shape (n,), optional
            Factor of each row's loss, finite and >= 0; default 1.
        on_trial : callable, optional
            Called by ``C="auto"`` with each C before it is tried.
        on_candidate : callable, optional
            Called by ``C="auto"`` with each `PenaltyCandidate` after it is tried.
        on_iteration : callable, optional
            Called with each `Iteration` of the final fit.

        Returns
        -------
        LogisticRegression
            The estimator itself.
        """
        self._check_parameters()
        for argument, array in (("X", X), ("y", y)):
            check_unmasked(array, caller="LogisticRegression.fit", argument=argument)
        X, y = validate_data(self, X, y, dtype=np.float64, accept_sparse="csr")
        if y.dtype.kind not in "biu":
            # Integers and truth values are classes, and this check would sort them.
            check_classification_targets(y)
        self.classes_, codes = class_codes(y)
        weights = row_weights(
            sample_weight, self.class_weight, y, (self.classes_, codes), caller="LogisticRegression.fit"
        )
        centre = None
        if self.fit_intercept and not is_sparse(X):
            centre = distant_centre(X[:: max(1, len(X) // 1000)])
        problem = ObjectiveInMemory(
            X, codes, len(self.classes_), weights=weights, fit_intercept=self.fit_intercept, centre=centre
        )
        search = None
        if self.C == "auto":
            search = search_penalty(problem, on_trial=on_trial, on_candidate=on_candidate)
        self.penalty_search_ = search
        self.C_ = float(self.C) if search is None else search.C
        solution = minimise(
            problem.penalised(self.C_),
            solver=self.solver,
            tol=self.tol,
            max_iter=self.max_iter,
            start=self._warm_start(problem),
            on_iteration=on_iteration,
        )
        self.coef_, self.intercept_ = solution.point[:, :-1].copy(), solution.point[:, -1].copy()
        if centre is not None:
            self.intercept_ -= self.coef_ @ centre
        self.history_ = solution.iterations
        self.loss_, self.gap_ = solution.iterations[-1].loss, solution.iterations[-1].gap
        self.n_iter_ = np.array([solution.iterations[-1].step])
        self.solver_report_ = solution.report
        if not solution.converged:
            _warn_of(solution, self.tol)
        return self

    def __sklearn_tags__(self) -> Any:
        """scikit-learn's tags of the estimator: it reads sparse matrices."""
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def decision_function(self, X: Any) -> Array:
        """Logits of the rows of X: of shape (n,) for two classes, those of ``classes_[1]``, else (n, K)."""
        logits = self._logits(X)
        return logits[:, 0] if len(self.classes_) == 2 else np.ascontiguousarray(logits)

    def predict(self, X: Any) -> NDArray[Any]:
        """Most probable class of each row of X, of shape (n,)."""
        logits = self._logits(X)
        if len(self.classes_) == 2:
            return np.asarray(self.classes_[(logits[:, 0] > 0).astype(int)])
        return np.asarray(self.classes_[logits.argmax(axis=1)])

    def predict_proba(self, X: Any) -> Array:
        """Probability of every class for each row of X, of shape (n, K)."""
        logits = self._logits(X)
        if len(self.classes_) == 2:
            return np.stack(sigmoid(logits[:, 0], xp=np)[::-1], axis=1)
        return np.ascontiguousarray(softmax(logits, xp=np).probs)

    def predict_log_proba(self, X: Any) -> Array:
        """Logarithm of every class's probability in nats, (n, K), accurate for probabilities near 1."""
        return linear_log_probs(self._logits(X))

    def _logits(self, X: Any) -> Array:
        """Logits of the rows of X, of shape (n, M); scikit-learn's NotFittedError before `fit`."""
        check_is_fitted(self)
        check_unmasked(X, caller="LogisticRegression", argument="X")
        X = validate_data(self, X, dtype=np.float64, accept_sparse="csr", reset=False)
        return linear_logits(X, np.column_stack([self.coef_, self.intercept_]))

    def _check_parameters(self) -> None:
        """Raise `DomainError` if `C`, `solver`, `tol` or `max_iter` is invalid."""
        caller = "LogisticRegression.fit"
        if self.C != "auto" and not _is_positive(self.C, Real):
            raise DomainError(
                caller,
                "C",
                'be a finite number > 0, or "auto"',
                got=repr(self.C),
                hint="Without a penalty the optimum may lie at infinity; a large C such as 1e6 comes close.",
            )
        if self.solver not in _SOLVERS:
            raise DomainError(caller, "solver", f"be one of {', '.join(_SOLVERS)}", got=repr(self.solver))
        if not _is_positive(self.tol, Real):
            raise DomainError(caller, "tol", "be a finite number > 0", got=repr(self.tol))
        if not _is_positive(self.max_iter, Integral):
            raise DomainError(caller, "max_iter", "be an integer > 0", got=repr(self.max_iter))

    def _warm_start(self, problem: ObjectiveInMemory) -> Array | None:
        """Last solution if `warm_start` is True and its shape fits `problem`, else None."""
        if not (self.warm_start and hasattr(self, "coef_")):
            return None
        point = np.column_stack([self.coef_, self.intercept_])
        if point.shape != problem.shape:
            return None
        if problem.centre is not None:
            point[:, -1] += self.coef_ @ problem.centre
        return point


def _is_positive(value: object, kind: type) -> bool:
    """True if `value` is a finite number > 0 of the given kind; False for booleans."""
    return isinstance(value, kind) and not isinstance(value, bool) and bool(0 < value < math.inf)  # type: ignore[operator] # a Real compares


def _warn_of(solution: Solution, tol: float) -> None:
    """Issue a `ConvergenceWarning` with the reason and the gap of an unfinished fit."""
    last = solution.iterations[-1]
    warnings.warn(
        f"LogisticRegression.fit: stopped after {last.step} steps because {solution.reason}; the objective "
        f"is certified only to {last.gap:.2g} nats per row of its minimum, and tol={tol:g} was asked for.",
        ConvergenceWarning,
        stacklevel=3,
    )
