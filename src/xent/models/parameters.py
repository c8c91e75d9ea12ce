"""Checks of the parameters of `LogisticRegression`, in scikit-learn's terms."""

from __future__ import annotations

import math
import warnings
from numbers import Integral, Real
from typing import Any

from xent.errors import DomainError
from xent.models.real_numbers import fact_of, is_beyond_floats

__all__ = ["SOLVERS", "check_parameters", "is_firth", "is_number", "is_unpenalised", "l1_ratio_of"]

# Solvers of scikit-learn are wishes: all methods end at the same point, so one that is not here is replaced
# by the method that `auto` chooses.
SOLVERS = {
    "auto": "auto",
    "newton": "newton",
    "newton-cg": "newton-cg",
    "lbfgs": "lbfgs",
    "newton-cholesky": "newton",
    "liblinear": "auto",
    "sag": "auto",
    "saga": "auto",
}
_PENALTIES = ("l2", "l1", "elasticnet", "firth", None, "deprecated")


def is_firth(model: Any) -> bool:
    """True if the parameters of `model` select Firth's likelihood."""
    return bool(model.penalty == "firth")


def l1_ratio_of(model: Any) -> float:
    """Share of the absolute values in the penalty of `model`: 1 for "l1", else `l1_ratio`, None being 0."""
    return 1.0 if model.penalty == "l1" else float(model.l1_ratio or 0.0)


def is_unpenalised(model: Any) -> bool:
    """
    True for Firth's method, a `penalty` of None or an infinite `C`, under which no squared weights are
    penalised.
    """
    return is_firth(model) or model.penalty is None or (model.C != "auto" and math.isinf(model.C))


def check_parameters(model: Any, *, caller: str) -> None:
    """
    Raise `DomainError` if a parameter of `model`, an unfitted estimator, is invalid, or two contradict each
    other.

    `C` is a number > 0 or "auto", `tol` > 0 and finite, `max_iter` >= 0 and whole; with the penalty "firth"
    `C` is 1 or infinite. A `C` other than 1 and infinity beside a `penalty` of None gets a `UserWarning`, as
    scikit-learn's. Not checked here is `class_weight`.
    """
    C = model.C
    if C != "auto" and not (_is_positive(C, Real) or (isinstance(C, float) and math.isinf(C) and C > 0)):
        raise DomainError(caller, "C", 'be a number > 0, which may be infinite, or "auto"', got=fact_of(C))
    if model.penalty not in _PENALTIES:
        names = "None or " + ", ".join(repr(one) for one in _PENALTIES[:4])
        raise DomainError(caller, "penalty", f"be one of {names}", got=repr(model.penalty))
    if model.penalty == "firth" and C not in {1.0, math.inf}:
        raise DomainError(
            caller, "C", 'be left at 1 if `penalty` is "firth", which it does not affect', got=repr(C)
        )
    if model.penalty is None and C not in {1.0, math.inf}:
        warnings.warn(
            f"{caller}: Setting penalty=None will ignore the C parameter, here {C!r}.",
            UserWarning,
            stacklevel=3,
        )
    _check_accepted(model, caller)
    if not isinstance(model.solver, str) or model.solver not in SOLVERS:
        raise DomainError(caller, "solver", f"be one of {', '.join(SOLVERS)}", got=repr(model.solver))
    if not _is_positive(model.tol, Real):
        raise DomainError(caller, "tol", "be a finite number > 0", got=fact_of(model.tol))
    if (isinstance(model.max_iter, bool) or model.max_iter != 0) and not _is_positive(
        model.max_iter, Integral
    ):
        raise DomainError(caller, "max_iter", "be an integer >= 0", got=repr(model.max_iter))


def _check_accepted(model: Any, caller: str) -> None:
    """Raise `DomainError` unless `l1_ratio` is None or in 0 .. 1, `dual` false and `intercept_scaling` 1."""
    ratio: Any = model.l1_ratio
    if ratio is not None and not is_number(ratio, 0, 1):
        raise DomainError(caller, "l1_ratio", "lie between 0 and 1", got=repr(ratio))
    if model.dual:
        raise DomainError(caller, "dual", "be False", got=repr(model.dual))
    if model.intercept_scaling != 1:
        raise DomainError(
            caller,
            "intercept_scaling",
            "be 1, as intercepts are not penalised",
            got=repr(model.intercept_scaling),
        )


def is_number(value: Any, least: float, most: float) -> bool:
    """
    True if `value` is a real number in ``least .. most``, both included; False for booleans and nan.

    False too for a number beyond the range of floats, where `most` is infinite.
    """
    if isinstance(value, bool) or not isinstance(value, Real) or is_beyond_floats(value):
        return False
    return bool(least <= float(value) <= most)


def _is_positive(value: object, kind: type) -> bool:
    """
    True if `value` is a finite number > 0 of the `kind`, `Real` or `Integral`; False for booleans.

    A `Real` must lie in the range of floats.
    """
    if not isinstance(value, kind) or isinstance(value, bool):
        return False
    return bool(0 < value < math.inf) and (kind is Integral or not is_beyond_floats(value))  # type: ignore[operator] # a Real compares
