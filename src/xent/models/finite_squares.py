"""Check that squares of features, of which every Hessian consists, are finite in double precision."""

from __future__ import annotations

from typing import Any

import numpy as np

from xent.errors import DomainError
from xent.solvers.feature_rows import is_sparse

__all__ = ["HINT", "RULE", "check_squares"]

RULE = "hold features whose squares are finite in double precision"
HINT = "Divide large features by a constant."


def check_squares(X: Any, *, caller: str) -> None:
    """
    Raise `DomainError` if the sum of the squares of `X`, dense or sparse, is beyond double precision.

    The error names the largest number. A Hessian would be infinite, and a solver without a finite step would
    end at its first point, which some would certify.
    """
    if X.dtype != np.float64:
        return  # shorter floats and integers have finite squares
    values = X.data if is_sparse(X) else X
    with np.errstate(over="ignore"):
        flat = values.ravel(order="K") if values.flags.forc else None
        total = np.einsum("ij,ij->", values, values) if flat is None else np.dot(flat, flat)
    if not np.isfinite(total):
        got = f"{values.flat[int(np.abs(values).argmax())]:g}"
        raise DomainError(caller, "X", RULE, got=got, hint=HINT)
