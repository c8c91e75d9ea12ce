"""Inference about the coefficients of a fitted model, from the rows that it was fitted to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, norm

from xent.arrays import check_level, check_unmasked
from xent.errors import DataError, DomainError, ShapeError
from xent.models.inference.covariance import sandwich
from xent.models.inference.fitted_rows import FittedRows
from xent.models.inference.notes import notes_of
from xent.models.inference.results import INTERCEPT, CoefficientEstimate, Inference
from xent.solvers.threads import one_blas_thread

__all__ = ["InferenceOptions", "coefficient_inference"]

Array = NDArray[np.float64]

_COVARIANCES = ("model", "robust", "clustered")
_WEIGHTS = ("frequencies", "probabilities")
_INTERVALS = ("wald", "profile")


@dataclass(frozen=True, slots=True)
class InferenceOptions:
    """
    Options of `coefficient_inference`; see `LogisticRegression.inference`.

    Parameters
    ----------
    covariance : {"model", "robust", "clustered"}
        Kind of the covariance matrix.
    groups : array of shape (n,) or None
        Cluster of each row, for ``"clustered"``.
    correction : bool
        True for the correction of robust matrices for few rows or clusters.
    weights : {"frequencies", "probabilities"}
        Meaning of the sample weights.
    intervals : {"wald", "profile"}
        Kind of the intervals and tests.
    level : float
        Nominal coverage of the intervals.
    """

    covariance: str = "model"
    groups: Any = None
    correction: bool = False
    weights: str = "frequencies"
    intervals: str = "wald"
    level: float = 0.95

    def check(self, estimation: str, caller: str) -> None:
        """
        Raise `DomainError` if an option is unknown or out of range, or two contradict each other.

        A "clustered" covariance needs `groups`, and no other one takes them; weights that are "probabilities"
        do not go with the covariance of the "model", and "profile" intervals neither with an `estimation` of
        "penalised likelihood" nor with another covariance than that of the model.
        """
        for name, known in (("covariance", _COVARIANCES), ("weights", _WEIGHTS), ("intervals", _INTERVALS)):
            if getattr(self, name) not in known:
                raise DomainError(
                    caller, name, f"be one of {', '.join(known)}", got=repr(getattr(self, name))
                )
        if (self.groups is not None) != (self.covariance == "clustered"):
            got = "None" if self.groups is None else "an array"
            rule = 'be given exactly if `covariance` is "clustered"'
            raise DomainError(caller, "groups", rule, got=got)
        if self.weights == "probabilities" and self.covariance == "model":
            raise DomainError(
                caller,
                "covariance",
                'be "robust" or "clustered" for weights that are inverse probabilities of sampling',
                got="'model'",
            )
        if self.intervals == "profile" and (
            estimation == "penalised likelihood" or self.covariance != "model"
        ):
            rule = 'be "wald" for a penalised fit or a robust covariance, which have no likelihood to profile'
            raise DomainError(caller, "intervals", rule, got="'profile'")
        check_level(self.level, caller=caller)


def coefficient_inference(fit: FittedRows, options: InferenceOptions, *, caller: str) -> Inference:
    """
    Standard errors, tests and intervals of the contrasts with the reference class, the first of `fit`.

    `options` name the covariance ("model", "robust", "clustered" by their groups), the meaning of weights,
    and Wald's or profile intervals. Coefficients are in units of the features, class by class, each with the
    intercept first, and have no entry for the reference. Rows of weight 0 do not count.

    Raises
    ------
    DataError
        If columns depend linearly on others, so that their coefficients have no standard errors, the
        information matrix is singular in double precision, or rows of positive weight are of one cluster.
    DomainError
        If an option is out of range or contradicts another, or rows are too few for the correction.
    DTypeError
        If the level is not a number.
    ShapeError
        If `groups` does not have one entry for each row.
    """
    options.check(fit.estimation, caller)
    groups = None if options.groups is None else _group_numbers(options.groups, fit, caller)
    with one_blas_thread():
        bread = fit.inverse_information(caller)
        covariance = bread
        if options.covariance != "model":
            frequencies = options.weights == "frequencies"
            covariance = sandwich(
                fit.likelihood,
                fit.theta,
                bread,
                groups=groups,
                frequencies=frequencies,
                correction=options.correction,
                caller=caller,
            )
        covariance = fit.in_units_of_features(covariance)
        coefficients = _coefficients(fit, covariance, options)
        test = fit.test_of_all_weights()
        null = fit.null_log_likelihood()
    return Inference(
        estimation=fit.estimation,
        classes=fit.classes,
        coefficients=coefficients,
        covariance=covariance,
        covariance_kind=options.covariance,
        interval_kind=options.intervals,
        level=options.level,
        log_likelihood=fit.log_likelihood,
        null_log_likelihood=null,
        test=test,
        rows=len(fit.likelihood.X),
        notes=notes_of(fit, options.covariance),
    )


def _coefficients(
    fit: FittedRows, covariance: Array, options: InferenceOptions
) -> tuple[CoefficientEstimate, ...]:
    """
    Every coefficient of `fit`, in the order of `covariance`, (M, M): class by class, the intercept first.

    `covariance` and the results are in units of the features. The reference class has no coefficients. A
    statistic is the estimate over its error, p-values are two-sided and intervals normal, of the level in
    `options`; under "profile" intervals statistic, p-value and interval come from the profile likelihood,
    with a chi-squared statistic, and ends may be infinite, or nan if a maximum was not reached. Errors stay
    those of `covariance`.
    """
    errors = np.sqrt(covariance.diagonal())
    values = fit.values()
    names = ([INTERCEPT] if fit.has_intercept else []) + list(fit.features)
    table = []
    for place, (value, error) in enumerate(zip(values, errors, strict=True)):
        k, j = divmod(place, len(names))
        if options.intervals == "profile":
            profile = fit.profile(k, j)
            statistic = profile.deviance(0.0)
            p_value = float(chi2.sf(statistic, 1))
            low, high = profile.interval(float(chi2.ppf(options.level, 1)), float(error))
        else:
            statistic = float(value / error)
            p_value = 2 * float(norm.sf(abs(statistic)))
            half = float(norm.ppf((1 + options.level) / 2)) * float(error)
            low, high = float(value) - half, float(value) + half
        label = fit.classes[k + 1]
        table.append(
            CoefficientEstimate(label, names[j], float(value), float(error), statistic, p_value, low, high)
        )
    return tuple(table)


def _group_numbers(groups: Any, fit: FittedRows, caller: str) -> NDArray[np.intp]:
    """
    Number of the cluster, 0 .. G-1 in the order of sorted names, of each row of positive weight of `fit`, in
    order.

    `groups` has an entry for every row of the fit, also those of weight 0. Raises `DomainError` for a masked
    entry, `ShapeError` unless it has so many, and `DataError` if the rows of positive weight are of fewer
    than two clusters.
    """
    check_unmasked(groups, caller=caller, argument="groups")
    array = np.asarray(groups)
    if array.shape != fit.kept.shape:
        raise ShapeError(
            caller, "groups", f"have shape {fit.kept.shape}, one entry per row", got=str(array.shape)
        )
    names, numbers = np.unique(array[fit.kept], return_inverse=True)
    if len(names) < 2:
        raise DataError(caller, "groups", "hold at least two clusters", got=str(len(names)))
    return np.asarray(numbers, dtype=np.intp)
