"""Logistic and softmax regression at the exact maximum of the penalised likelihood."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model._base import SparseCoefMixin
from sklearn.utils.metadata_routing import UNUSED
from sklearn.utils.validation import check_is_fitted

from xent.formulas.sigmoid import sigmoid
from xent.formulas.softmax import softmax
from xent.models.batch_methods import BatchFitMixin
from xent.models.convergence import warn_of
from xent.models.fit_callbacks import FitCallbacks
from xent.models.fit_outcome import named_overflow, outcome
from xent.models.fit_rows import checked_features, checked_offset, fit_rows
from xent.models.inference.methods import InferenceMixin
from xent.models.linear import linear_log_probs, linear_logits
from xent.models.parameters import check_parameters
from xent.models.penalty_search import PenaltyCandidate, PenaltySearch
from xent.solvers.feature_rows import is_sparse
from xent.solvers.iteration import Iteration
from xent.solvers.solution import Solution

__all__ = ["LogisticRegression"]

Array = NDArray[np.float64]

_FIT = "LogisticRegression.fit"


class LogisticRegression(BatchFitMixin, InferenceMixin, SparseCoefMixin, ClassifierMixin, BaseEstimator):
    r"""
    Linear classifier of least penalised cross-entropy, certified to `tol` nats per row.

    Two classes give logistic regression, more give softmax (multinomial) regression. Parameters,
    attributes and objective are those of scikit-learn's estimator of the same name with an L2
    penalty. The stopping rule differs: the fit stops when a proven bound on the distance from the minimum
    is within `tol`, and warns if that is not reached.

    Parameters
    ----------
    C : float or "auto", default 1.0
        Inverse strength of the penalty, > 0. ``"auto"`` selects the value with the least 5-fold
        cross-validated cross-entropy, to within half a decade. ``inf`` means maximum likelihood: no penalty,
        and a `DomainError` that names the columns if they separate the classes, so that there is no maximum.
    penalty : {"l2", "l1", "elasticnet", "firth"} or None, default "l2"
        ``"l2"`` and ``"elasticnet"`` are the penalty in Notes, whose kind `l1_ratio` chooses; ``"l1"`` is
        that of ``l1_ratio=1``; None is the same as ``C=inf``. ``"firth"`` maximises the likelihood with
        Jeffreys' prior instead, whose maximum is finite also for separated classes and has less bias; `C`
        must then be left at 1.
    l1_ratio : float, default 0.0
        Share r of the absolute values in the penalty, between 0 and 1; None means 0.
    fit_intercept : bool, default True
        True to fit an intercept for each class, which is never penalised.
    class_weight : dict or "balanced", optional
        Factor of the loss of each class: a dict of them by class, or ``"balanced"`` for weights inversely
        proportional to the class frequencies. None means 1.
    solver : str, default "auto"
        Method; all methods end at the same point. ``"newton"`` is damped Newton on all rows, ``"newton-cg"``
        the same by conjugate gradients, without a Hessian, and ``"lbfgs"`` preconditioned L-BFGS; ``"auto"``
        chooses by the number of coefficients and rows and the features' correlations (`solver_report_`).
        Names of scikit-learn's other solvers are wishes: ``"newton-cholesky"`` is ``"newton"``, all others
        are ``"auto"``. Elastic nets, offsets, maximum likelihood and Firth's method have a method each.
    tol : float, default 1e-8
        Bound on the distance of the objective from its minimum at which the fit stops, in nats per unit of
        sample weight; for ``penalty="firth"``, which has no such bound, the length of the last step in
        standard errors.
    max_iter : int, default 1000
        Most steps, >= 0; reaching it before `tol` gives a `ConvergenceWarning` with the bound reached.
    warm_start : bool, default False
        True to start `fit` from the last solution, if its shape fits the new data.
    dual, intercept_scaling, random_state, verbose, n_jobs
        Accepted for scikit-learn's sake. The first two must be left at their defaults, False and 1; the
        others have no effect: fits are deterministic, and `on_iteration` of `fit` reports them.

    Attributes
    ----------
    classes_ : ndarray of shape (K,)
        Classes, sorted.
    coef_ : ndarray of shape (1, p) or (K, p)
        Weights; for two classes one row, that of ``classes_[1]``.
    intercept_ : ndarray of shape (1,) or (K,)
        Intercepts; for K > 2 classes they sum to 0.
    C_ : float
        Value of `C` that was used; ``inf`` for maximum likelihood and Firth's method.
    estimation_ : str
        ``"penalised likelihood"``, ``"maximum likelihood"`` or ``"Firth"``.
    penalty_search_ : PenaltySearch or None
        Candidates that ``C="auto"`` compared; None for a given `C`.
    loss_ : float
        Mean cross-entropy of the training rows in nats, without the penalty.
    gap_ : float
        Certified bound on the distance of the objective from its minimum, in nats per row; nan for
        ``penalty="firth"``.
    history_ : tuple of Iteration
        Loss, objective, gap and gradient after every step.
    n_iter_ : ndarray of shape (1,)
        Number of steps.
    solver_report_ : SolverReport or None
        Method and the reason for it, passes over the rows, and seconds of each phase; None for elastic nets,
        offsets, maximum likelihood and Firth's method, and dense features of integers.
    n_passes_ : int
        Passes over the rows, the first scan included; only defined by `fit_batches`.
    n_features_in_ : int
        Number of features, p.
    feature_names_in_ : ndarray of shape (p,)
        Names of the features; only defined if X has string column names.

    Raises
    ------
    DTypeError
        If a sample weight, a class weight, an offset or a probability in y is not a real number, or groups do
        not compare.
    DomainError
        If a parameter, sample weight or offset is out of range, an entry is masked, a row of several columns
        of y is no distribution, or separated classes leave a likelihood without penalty without a maximum.
    DataError
        If y holds fewer than two classes in rows of positive weight; if without a penalty, or with balanced
        classes, a class has no such row; or if for ``C="auto"`` all rows are of one group, one is of
        none, or no class has rows in two folds.
    ShapeError
        If `sample_weight`, `groups` or `offset` does not have one entry per row, or a y of distributions not
        as many rows as X.

    Warns
    -----
    ConvergenceWarning
        If the fit ends with a gap above `tol`, with the gap it reached.
    UserWarning
        If `penalty` is None and `C` neither 1 nor infinite: it is not used.

    Notes
    -----
    **Definition.** With weights :math:`s_i`, the minimum over W and b of

    .. math:: C \sum_i s_i\,\ell(W x_i + b, y_i) + \tfrac{1 - r}{2} \lVert W \rVert^2
              + r \lVert W \rVert_1,

    :math:`\ell` being cross-entropy and r `l1_ratio`. `objective` in `history_` and `tol` refer to this
    divided by :math:`C \sum_i s_i`.

    **Gradient.** :math:`C \sum_i s_i (p_i - y_i) x_i^T + W` for r = 0.

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

    # Callbacks are no metadata: scikit-learn's meta-estimators route none of them.
    __metadata_request__fit: ClassVar = dict.fromkeys(("on_trial", "on_candidate", "on_iteration"), UNUSED)

    def __init__(
        self,
        *,
        C: float | str = 1.0,
        penalty: str | None = "l2",
        fit_intercept: bool = True,
        class_weight: dict[Any, float] | str | None = None,
        solver: str = "auto",
        tol: float = 1e-8,
        max_iter: int = 1000,
        warm_start: bool = False,
        l1_ratio: float | None = 0.0,
        dual: bool = False,
        intercept_scaling: float = 1,
        random_state: Any = None,
        verbose: int = 0,
        n_jobs: int | None = None,
    ) -> None:
        self.C = C
        self.penalty = penalty
        self.fit_intercept = fit_intercept
        self.class_weight = class_weight
        self.solver = solver
        self.tol = tol
        self.max_iter = max_iter
        self.warm_start = warm_start
        self.l1_ratio = l1_ratio
        self.dual = dual
        self.intercept_scaling = intercept_scaling
        self.random_state = random_state
        self.verbose = verbose
        self.n_jobs = n_jobs

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        groups: Any = None,
        offset: Any = None,
        on_trial: Callable[[float], None] | None = None,
        on_candidate: Callable[[PenaltyCandidate], None] | None = None,
        on_iteration: Callable[[Iteration], None] | None = None,
    ) -> Self:
        """
        Fit to the rows of X and their classes y.

        Parameters
        ----------
        X : array, DataFrame or sparse array of shape (n, p)
            Finite numbers. Every real dtype up to 64 bits, every order and CSR, for elastic nets CSC too, are
            used as they are, without a copy; floats in C order are fastest. Maximum likelihood and Firth's
            method take a copy.
        y : array of shape (n,) or (n, K)
            Class of each row, of any type that sorts; or a distribution in each row, over classes 0 .. K-1 or
            the columns of a DataFrame. Of a distribution every positive probability costs a copy of the row.
        sample_weight : array of shape (n,), optional
            Factor of each row's loss, finite and >= 0; default 1.
        groups : array of shape (n,), optional
            Group of each row. The folds of ``C="auto"`` consist of whole groups; a given `C` ignores them.
        offset : array of shape (n,), or (n, K) for more than two classes, optional
            Numbers added to the logits, finite; None means 0. ``C="auto"`` takes none.
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

        Raises
        ------
        DTypeError
            If a sample weight, a class weight, an offset or a probability in y is not a real number, or
            groups do not compare.
        DomainError
            If a parameter, sample weight or offset is out of range, an entry is masked, a row of several
            columns of y is no distribution, or separated classes leave a likelihood without penalty without
            a maximum; for ``C="auto"`` with offsets or absolute values; for Firth's method of more than 1,000
            coefficients; or if squares of features overflow.
        ShapeError
            If `sample_weight`, `groups` or `offset` does not have one entry per row, or a y of distributions
            not as many rows as X. Other faults of X, y and `class_weight`, such as nan, or factors for
            unknown classes alone, raise scikit-learn's `ValueError`.
        DataError
            If y holds fewer than two classes in rows of positive weight; if without a penalty, or with
            balanced classes, a class has no such row; or if for ``C="auto"`` all rows are of one group,
            one is of none, or no class has rows in two folds.

        Warns
        -----
        ConvergenceWarning
            If `max_iter` or rounding ends the fit with a gap above `tol`.
        UserWarning
            If `penalty` is None and `C` neither 1 nor infinite: it is not used.
        """
        check_parameters(self, caller=_FIT)
        groups = groups if self.C == "auto" else None
        rows = fit_rows(self, X, y, sample_weight, offset, groups=groups, caller=_FIT)
        self.classes_ = rows.classes
        start = self._warm_start((1 if len(rows.classes) == 2 else len(rows.classes), rows.X.shape[1] + 1))
        callbacks = FitCallbacks(on_trial, on_candidate, on_iteration)
        with named_overflow(_FIT):
            found = outcome(self, rows, start, callbacks, caller=_FIT)
        self._settle(found.solution, found.C, found.estimation, found.search)
        if not found.solution.converged:
            warn_of(found.solution, self.tol, self.max_iter, caller=_FIT)
        return self

    def decision_function(self, X: Any, *, offset: Any = None) -> Array:
        """
        Logits of the rows of X: of shape (n,) for two classes, those of ``classes_[1]``, else (n, K).

        `offset` is added to them, as in `fit`; None means 0. Raises scikit-learn's `NotFittedError` before
        `fit` and `ValueError` for other columns, `DTypeError` for an offset that is no real number,
        `ShapeError` for one of another shape, and `DomainError` for one that is not finite or a masked entry.
        """
        logits = self._logits(X, offset)
        return logits[:, 0] if len(self.classes_) == 2 else np.ascontiguousarray(logits)

    def predict(self, X: Any, *, offset: Any = None) -> NDArray[Any]:
        """
        Most probable class of each row of X, (n,), the first of equal ones; `offset` as in
        `decision_function`.
        """
        logits = self._logits(X, offset)
        if len(self.classes_) == 2:
            return np.asarray(self.classes_[(logits[:, 0] > 0).astype(int)])
        return np.asarray(self.classes_[logits.argmax(axis=1)])

    def predict_proba(self, X: Any, *, offset: Any = None) -> Array:
        """Probability of every class for each row of X, (n, K); `offset` as in `decision_function`."""
        logits = self._logits(X, offset)
        if len(self.classes_) == 2:
            return np.stack(sigmoid(logits[:, 0], xp=np)[::-1], axis=1)
        return np.ascontiguousarray(softmax(logits, xp=np).probs)

    def predict_log_proba(self, X: Any, *, offset: Any = None) -> Array:
        """
        Logarithm of every class's probability in nats, (n, K), accurate for probabilities near 1.

        `offset` as in `decision_function`.
        """
        return linear_log_probs(self._logits(X, offset))

    def _logits(self, X: Any, offset: Any) -> Array:
        """
        Logits of the rows of X, (n, M), with the `offset` added, which has shape (n,) for two classes, else
        (n, K).

        M is 1 for two classes, the logit of the second, else K; an `offset` of None adds nothing. Raises
        scikit-learn's `NotFittedError` before `fit` and `ValueError` for other columns or nan, `DTypeError`
        for an offset that is no real number, `ShapeError` for one of another shape, and `DomainError` for one
        that is not finite or a masked entry.
        """
        check_is_fitted(self)
        X = checked_features(self, X)
        given: Any = self.coef_
        coefficients = given.toarray() if is_sparse(given) else given
        logits = linear_logits(X, np.column_stack([coefficients, self.intercept_]))
        offsets = checked_offset(offset, X.shape[0], len(self.classes_), caller="LogisticRegression")
        return logits if offsets is None else logits + offsets.T

    def __sklearn_tags__(self) -> Any:
        """Tags of scikit-learn: sparse features are accepted."""
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _settle(self, solution: Solution, C: float, estimation: str, search: PenaltySearch | None) -> None:
        """
        Set the attributes of a fitted estimator from a `solution` and the other arguments.

        They are `coef_`, (M, p), and `intercept_`, (M,), copies of its point, `history_`, all its iterations,
        `loss_`, in nats, without the penalty, and `gap_` of the last one, `n_iter_`, an array of its number,
        `solver_report_`, or None, `C_`, infinite without a penalty, `estimation_` and `penalty_search_`, None
        without a search.
        """
        self.C_, self.estimation_, self.penalty_search_ = C, estimation, search
        self.coef_, self.intercept_ = solution.point[:, :-1].copy(), solution.point[:, -1].copy()
        self.history_ = solution.iterations
        self.loss_, self.gap_ = solution.iterations[-1].loss, solution.iterations[-1].gap
        self.n_iter_ = np.array([solution.iterations[-1].step])
        self.solver_report_ = solution.report

    def _warm_start(self, shape: tuple[int, int]) -> Array | None:
        """
        Last solution, (M, p + 1) with the intercepts last, if `warm_start` is True and it has this `shape`;
        else None.

        Classes and features are not compared.
        """
        if not (self.warm_start and hasattr(self, "coef_")):
            return None
        given: Any = self.coef_
        point = np.column_stack([given.toarray() if is_sparse(given) else given, self.intercept_])
        return point if point.shape == shape else None
