"""Likelihood-ratio test of columns: the fit against the one without them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xent.errors import DomainError
from xent.models.inference.fitted_rows import FittedRows
from xent.models.inference.results import HypothesisTest
from xent.solvers.threads import one_blas_thread

__all__ = ["likelihood_ratio_test"]


def likelihood_ratio_test(
    fit: FittedRows, without: str | Sequence[str] | None, *, caller: str
) -> HypothesisTest:
    """
    Test that the weights of the features `without` are 0 for every class; of all features for None.

    `without` is a name or several. The statistic is twice the difference of the log-likelihoods of the fit
    and of one without them, chi-squared with K - 1 degrees of freedom for each.

    Raises
    ------
    DomainError
        If a feature is unknown, none is named, or the fit is penalised, since the statistic then has no known
        distribution.
    """
    if without is None:
        columns = np.arange(len(fit.features))
    else:
        columns = np.asarray([_place(fit, name, caller) for name in _names(without)], dtype=np.intp)
        if not len(columns):
            rule = "name at least one feature, or be None for all"
            raise DomainError(caller, "without", rule, got="no name")
    with one_blas_thread():
        test = fit.test_without(columns)
    if test is None:
        rule = "be fitted without a penalty for a likelihood-ratio test"
        hint = 'Fit with `C=inf` or `penalty="firth"`.'
        raise DomainError(caller, "C", rule, got=f"{fit.C:g}", hint=hint)
    return test


def _names(without: str | Sequence[str]) -> list[str]:
    """Names in `without` as a list; a text is one name."""
    return [without] if isinstance(without, str) else list(without)


def _place(fit: FittedRows, name: str, caller: str) -> int:
    """
    Column number of the feature `name`, without the intercept; `DomainError` if there is none of that
    name.
    """
    if name not in fit.features:
        raise DomainError(caller, "without", "be names of features of the fit", got=repr(name))
    return fit.features.index(name)
