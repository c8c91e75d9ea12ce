"""Range of `C` and `tol` in which a fit and the report of it stay finite."""

from __future__ import annotations

from numbers import Real
from typing import Any

from xent.errors import DomainError
from xent.models.real_numbers import fact_of, float_of, is_beyond_floats

__all__ = ["check_fit_range"]

_LEAST, _LARGEST = 1e-100, 1e100


def check_fit_range(*, C: Any, tol: Any, caller: str) -> None:
    """
    Raise `DomainError` if `C` or `tol` is a number > 0 outside 1e-100 .. 1e100.

    Any other value passes: the estimator checks it itself. It also fits outside this range, but products of
    these numbers and the axes of pictures overflow.
    """
    for name, value in (("C", C), ("tol", tol)):
        if isinstance(value, Real) and float_of(value) > 0 and not _LEAST <= float_of(value) <= _LARGEST:
            rule = f"lie between {_LEAST:g} and {_LARGEST:g}"
            got = fact_of(value) if is_beyond_floats(value) else f"{float(value):g}"
            raise DomainError(caller, name, rule, got=got)
