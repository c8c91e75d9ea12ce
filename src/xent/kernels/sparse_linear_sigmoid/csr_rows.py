"""Rows of a linear model with one logit in CSR format, checked for what a kernel reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.errors import DomainError, DTypeError
from xent.kernels.checks import check_memory, numbers_of
from xent.kernels.formats import format_of

__all__ = ["CsrRows"]

_CALLER = "sparse_linear_sigmoid"
_INTEGERS = (np.dtype(np.int32), np.dtype(np.int64))

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CsrRows:
    """
    Sparse rows of a linear model with one logit.

    Parameters
    ----------
    numbers : array of shape (nonzeros,)
        Numbers of X, row by row, in float64 or float32.
    columns : array of shape (nonzeros,)
        Column of each number, 0 .. p-1, in int32 or int64. Numbers of one row and column add up.
    starts : array of shape (n + 1,)
        Place of each row's first number, and last that after all, in int32 or int64.
    p : int
        Columns of X.
    targets : array of float64, of shape (n,)
        Share of the event in each row, in [0, 1].
    weights : float, or array of float64, of shape (n,)
        Factor of each row.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        If an array does not have the dtype, shape or layout stated here, or a column or start lies outside.
    """

    numbers: NDArray[np.floating[Any]]
    columns: NDArray[np.integer[Any]]
    starts: NDArray[np.integer[Any]]
    p: int
    targets: Array
    weights: Array | float = 1.0

    def __post_init__(self) -> None:
        """
        Raise unless dtypes, shapes and layouts are those above: a kernel that reads a wrong place would
        crash.

        Also raises `DomainError` unless columns lie in 0 .. p - 1, and starts ascend from 0 to at most the
        number of `numbers`. Values of numbers, targets and weights are not checked.
        """
        format_of(self.numbers, caller=_CALLER, argument="numbers")
        count, n = len(self.numbers), len(self.targets)
        check_memory(self.numbers, (count,), self.numbers.dtype, caller=_CALLER, argument="numbers")
        check_memory(self.targets, (n,), np.float64, caller=_CALLER, argument="targets")
        for name, array, size in (("columns", self.columns, count), ("starts", self.starts, n + 1)):
            if array.dtype not in _INTEGERS:
                raise DTypeError(_CALLER, name, "be int32 or int64", got=str(array.dtype))
            check_memory(array, (size,), array.dtype, caller=_CALLER, argument=name)
        numbers_of(self.weights, (n,), np.float64, caller=_CALLER, argument="weights")
        if count and (self.columns.min() < 0 or self.columns.max() >= self.p):
            got = f"{self.columns.min()}..{self.columns.max()}"
            raise DomainError(_CALLER, "columns", f"lie in 0..{self.p - 1}", got=got)
        if self.starts[0] != 0 or self.starts[-1] > count or (np.diff(self.starts) < 0).any():
            rule = f"ascend from 0 to at most {count}, the count of numbers"
            raise DomainError(_CALLER, "starts", rule, got="others")

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.targets)
