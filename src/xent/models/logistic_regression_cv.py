"""Logistic and softmax regression with a penalty chosen by cross-validation among given values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import check_cv
from sklearn.utils.metadata_routing import UNUSED

from xent.errors import DataError, DomainError
from xent.models.cross_validated_path import Fold, PathResult, cross_validated_path
from xent.models.finite_squares import check_squares
from xent.models.fit_rows import FitRows, fit_rows
from xent.models.logistic_regression import LogisticRegression
from xent.models.parameters import check_parameters, is_number
from xent.models.penalty_search import PenaltyCandidate
from xent.models.real_numbers import fact_of, is_beyond_floats
from xent.solvers.feature_rows import is_sparse
from xent.solvers.iteration import Iteration

__all__ = ["LogisticRegressionCV"]

Array = NDArray[np.float64]

_FIT = "LogisticRegressionCV.fit"
_RULES = ("minimum", "one standard error")


class LogisticRegressionCV(LogisticRegression):
    r"""
    `LogisticRegression` whose `C` and `l1_ratio` have the least cross-validated cross-entropy, in nats.

    Parameters
    ----------
    Cs : int or sequence of float, default 10
        Values of `C` to compare; an integer stands for so many from 1e-4 to 1e4, evenly spaced on a
        logarithmic scale.
    l1_ratios : sequence of float, default (0.0,)
        Shares of the absolute values in the penalty to compare.
    cv : int, splitter or iterable of (training rows, held-out rows), default 5
        Folds: an integer for so many stratified folds, or as scikit-learn's ``check_cv`` takes them.
    rule : {"minimum", "one standard error"}, default "minimum"
        ``"minimum"`` selects the least mean loss; ``"one standard error"`` the smallest C, and then the
        largest share of absolute values, whose mean is at most one standard error of the least above it.
    fit_intercept, class_weight, solver, tol, max_iter
        As in `LogisticRegression`, for the final fit on all rows.

    Attributes
    ----------
    C_ : float
        Selected value of `C`.
    l1_ratio_ : float
        Selected share of the absolute values.
    Cs_ : ndarray of shape (values of C,)
        Values that were compared, ascending.
    l1_ratios_ : ndarray
        Shares that were compared.
    paths_ : tuple of PathResult
        Losses along the values of C, for each share: `candidates` with means and standard errors of the
        held-out rows, `fold_losses` for each fold.
    n_folds_ : int
        Number of folds.
    classes_, coef_, intercept_, loss_, gap_, history_, n_iter_, n_features_in_, feature_names_in_
        As in `LogisticRegression`, of the final fit.

    Raises
    ------
    DomainError
        If a parameter is out of range.
    DataError
        If the training rows of a fold lack a class, or its held-out rows have no weight.

    Notes
    -----
    **Definition.** The mean loss of a pair of `C` and `l1_ratio` is the weighted mean of the cross-entropy
    of every held-out row under the fit to the training rows of its fold; its standard error takes rows as
    independent.

    **Numerics.** Fits of folds are certified to 1e-8 nats. Along the values of C each fit starts from the
    last, and a factored Hessian of the first fold preconditions the others.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from xent import LogisticRegressionCV
    >>> model = LogisticRegressionCV(Cs=(1.0, 10.0, 100.0, 1000.0)).fit(*load_iris(return_X_y=True))
    >>> model.C_
    100.0
    """

    __metadata_request__fit: ClassVar = dict.fromkeys(("on_candidate", "on_iteration"), UNUSED)

    def __init__(
        self,
        *,
        Cs: int | Sequence[float] = 10,
        l1_ratios: Sequence[float] = (0.0,),
        cv: Any = 5,
        rule: str = "minimum",
        fit_intercept: bool = True,
        class_weight: dict[Any, float] | str | None = None,
        solver: str = "auto",
        tol: float = 1e-8,
        max_iter: int = 1000,
    ) -> None:
        self.Cs = Cs
        self.l1_ratios = l1_ratios
        self.cv = cv
        self.rule = rule
        self.fit_intercept = fit_intercept
        self.class_weight = class_weight
        self.solver = solver
        self.tol = tol
        self.max_iter = max_iter

    def fit(  # type: ignore[override] # groups belong to the folds, trials to a search
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        groups: Any = None,
        offset: Any = None,
        on_candidate: Callable[[PenaltyCandidate], None] | None = None,
        on_iteration: Callable[[Iteration], None] | None = None,
    ) -> Self:
        """
        Compare the penalties on folds of the rows, then fit the best one to all rows.

        Parameters
        ----------
        X : array, DataFrame or sparse array of shape (n, p)
            Finite numbers.
        y : array of shape (n,) or (n, K)
            Class of each row, or a distribution in each row, whose rows are held out together.
        sample_weight : array of shape (n,), optional
            Factor of each row's loss, finite and >= 0, in training and in the held-out means; default 1.
        offset : array of shape (n,), or (n, K) for more than two classes, optional
            Numbers added to the logits, finite; None means 0.
        groups : array of shape (n,), optional
            Group of each row of X, for a `cv` that keeps groups together; others ignore it.
        on_candidate : callable, optional
            Called with each `PenaltyCandidate` after it is tried.
        on_iteration : callable, optional
            Called with each `Iteration` of the final fit.

        Returns
        -------
        LogisticRegressionCV
            The estimator itself.

        Raises
        ------
        DTypeError
            If a sample weight, a class weight, an offset or a probability in y is not a real number.
        DomainError
            If a parameter, sample weight or offset is out of range, an entry is masked, or a row of several
            columns of y is no distribution.
        DataError
            If the training rows of a fold lack a class, its held-out rows have no weight, y holds fewer than
            two classes in rows of positive weight, or a class to be balanced has no such row.
        ShapeError
            If `sample_weight` or `offset` does not have one entry per row, or a y of distributions not as
            many rows as X. Other faults, such as nan, an invalid `cv` or `class_weight`, or `groups` of
            another length or missing for such a `cv`, raise scikit-learn's `ValueError`.

        Warns
        -----
        ConvergenceWarning
            If the final fit ends with a gap above `tol`; of fits to folds that do so is not warned.
        """
        Cs, ratios = self._values()
        # Before the folds, which take longest.
        final = self._final()
        rows = fit_rows(self, X, y, sample_weight, offset, caller=_FIT)
        check_squares(rows.X, caller=_FIT)
        folds = self._folds(rows, groups)
        self.paths_ = tuple(
            cross_validated_path(
                rows,
                folds,
                Cs,
                l1_ratio=ratio,
                fit_intercept=self.fit_intercept,
                on_candidate=on_candidate,
            )
            for ratio in ratios
        )
        self.Cs_, self.l1_ratios_, self.n_folds_ = np.asarray(Cs), np.asarray(ratios), len(folds)
        C, self.l1_ratio_ = _selected(self.paths_, ratios, self.rule)
        final.set_params(C=C, l1_ratio=self.l1_ratio_)
        final.fit(X, y, sample_weight, offset=offset, on_iteration=on_iteration)
        for name, value in vars(final).items():
            if name.endswith("_"):
                setattr(self, name, value)
        return self

    def fit_batches(self, source: Any, **options: Any) -> Self:  # noqa: ARG002 - always refused
        """
        Refuse rows in batches, of which there are no folds: raises `DomainError`, whatever `source` and
        `options`.

        `LogisticRegression` with ``C="auto"`` compares penalties on a sample of such rows.
        """
        hint = 'Use `LogisticRegression(C="auto").fit_batches`, which compares penalties on a sample.'
        got = f"batches, of type {type(source).__name__}"
        raise DomainError(
            f"{type(self).__name__}.fit_batches",
            "source",
            "be rows in memory, given to `fit`",
            got=got,
            hint=hint,
        )

    def _final(self) -> LogisticRegression:
        """
        Estimator of the final fit, of the default penalty, by the other parameters; `DomainError` if one is
        invalid.
        """
        final = LogisticRegression(
            fit_intercept=self.fit_intercept,
            class_weight=self.class_weight,
            solver=self.solver,
            tol=self.tol,
            max_iter=self.max_iter,
        )
        check_parameters(final, caller=_FIT)
        return final

    def _values(self) -> tuple[list[float], list[float]]:
        """
        Values of C, ascending, and shares of absolute values, in the order given, as floats; repeated ones
        stay.

        An integer `Cs` > 0 stands for that many values from 1e-4 to 1e4, evenly in the logarithm. Raises
        `DomainError` if `Cs` or `l1_ratios` is empty, no list of numbers or out of range (C > 0 and finite,
        shares in 0 .. 1), or `rule` is unknown.
        """
        given: Any = self.Cs
        if not isinstance(given, bool) and isinstance(given, Integral) and int(given) > 0:
            Cs = [float(C) for C in np.logspace(-4, 4, int(given))]
        else:
            Cs = sorted(_numbers(self.Cs, "Cs", "be an integer > 0 or hold finite numbers > 0"))
            if not all(0 < C < np.inf for C in Cs):
                raise DomainError(
                    _FIT, "Cs", "be an integer > 0 or hold finite numbers > 0", got=repr(self.Cs)
                )
        ratios = _numbers(self.l1_ratios, "l1_ratios", "hold numbers between 0 and 1")
        if not all(0 <= ratio <= 1 for ratio in ratios):
            raise DomainError(_FIT, "l1_ratios", "hold numbers between 0 and 1", got=repr(self.l1_ratios))
        if self.rule not in _RULES:
            raise DomainError(_FIT, "rule", f"be one of {', '.join(_RULES)}", got=repr(self.rule))
        return Cs, ratios

    def _folds(self, rows: FitRows, groups: Any) -> list[Fold]:
        """
        Folds by `cv`, each a pair of the numbers of its training rows and of its held-out rows in `rows`.

        A distribution, of which `rows` has several, is one row for the splitter, of its most probable class,
        and all its rows stay together. `groups`, for the splitter, has one entry for each row given, or is
        None. Raises `DataError` if in a fold no training row of positive weight has some class, or no
        held-out row has a positive weight, and `ValueError` of scikit-learn for an invalid `cv`.
        """
        weights = np.ones(len(rows.codes)) if rows.weights is None else rows.weights
        given, codes = rows.X, rows.codes
        if rows.origins is not None:
            # Folds are of the rows that were given: those of one distribution stay together.
            order = np.lexsort((weights, rows.origins))
            likely = order[np.append(np.diff(rows.origins) > 0, True)]
            given, codes = (rows.X.tocsr() if is_sparse(rows.X) else rows.X)[likely], codes[likely]
        splitter = check_cv(self.cv, codes, classifier=True)
        folds = [
            (_places(train, len(codes), rows.origins), _places(out, len(codes), rows.origins))
            for train, out in splitter.split(given, codes, groups)
        ]
        for number, (train, out) in enumerate(folds):
            counts = np.bincount(rows.codes[train[weights[train] > 0]], minlength=len(rows.classes))
            if not counts.all():
                empty = str(rows.classes[int(np.argmin(counts))])
                raise DataError(
                    _FIT,
                    "cv",
                    "leave every class in the training rows of every fold",
                    got=f"a fold, number {number}, without class {empty!r}",
                    hint="Use fewer folds, or leave out the class.",
                )
            if not weights[out].any():
                rule = "hold out a row of positive weight in every fold"
                raise DataError(_FIT, "cv", rule, got=f"a fold, number {number}, without one")
        return folds


def _places(given: Any, count: int, origins: NDArray[np.intp] | None) -> NDArray[np.intp]:
    """
    Numbers of the rows that `given`, numbers or a mask, selects among `count` rows, in its order.

    With `origins`, the rising numbers of the distributions that the rows come from, `given` selects among
    distributions, and the result has all rows of each. Repeated numbers give repeated rows. Raises NumPy's
    `IndexError` for a number out of range and a mask of another length.
    """
    chosen: NDArray[np.intp] = np.arange(count)[np.asarray(given)]
    if origins is None:
        return chosen
    own = np.unique(origins)[chosen]
    first = np.searchsorted(origins, own)
    lengths = np.searchsorted(origins, own, side="right") - first
    return np.asarray(np.repeat(first - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum()))


def _numbers(values: Any, name: str, rule: str) -> list[float]:
    """
    The `values` as a list of floats in their order, infinities included; their range is not checked.

    Raises `DomainError` of argument `name` with the `rule` unless `values` is an iterable, not text, of at
    least one real number, none nan.
    """
    if not isinstance(values, Iterable) or isinstance(values, str):
        raise DomainError(_FIT, name, rule, got=repr(values))
    numbers = list(values)
    beyond = [one for one in numbers if isinstance(one, Real) and is_beyond_floats(one)]
    if beyond or not numbers or not all(is_number(one, -np.inf, np.inf) for one in numbers):
        raise DomainError(_FIT, name, rule, got=fact_of(beyond[0]) if beyond else repr(values))
    return [float(one) for one in numbers]


def _selected(paths: Sequence[PathResult], ratios: Sequence[float], rule: str) -> tuple[float, float]:
    """
    C and share of the absolute values that `rule` selects from `paths`, one for each of `ratios`, those
    shares.

    "minimum" selects the least mean loss, of equal ones the first ratio and then the smallest C; "one
    standard error" the smallest C whose loss is at most that least one plus its standard error and, among
    equal C, the largest share.
    """
    tried = [(one, ratio) for path, ratio in zip(paths, ratios, strict=True) for one in path.candidates]
    best, best_ratio = min(tried, key=lambda pair: pair[0].cross_entropy)
    if rule == "minimum":
        return best.C, best_ratio
    limit = best.cross_entropy + best.standard_error
    near = [(one.C, -ratio) for one, ratio in tried if one.cross_entropy <= limit]
    C, ratio = min(near)
    return C, -ratio
