"""Weights of rows and of classes that a caller of `fit` gives, checked in the terms of the caller's table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xent.arrays import numpy_array
from xent.data import Target
from xent.data.column_plan import check_target
from xent.data.pieces.encoded_reader import weight_cells
from xent.errors import DomainError, ShapeError
from xent.models.class_codes import class_codes
from xent.models.real_numbers import fact_of, float_of
from xent.models.row_weights import checked_weights, row_weights
from xent.near_names import near_names

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["check_held_out_weight", "class_factors", "given_weights", "table_weights"]


def table_weights(table: pa.Table, given: Any, goal: Target) -> tuple[NDArray[np.float64] | None, str | None]:
    """
    Weight of each row of `goal`, (n,), the rows with a class, and the name of the column that holds it.

    Both are None for `given` None; the name is None for an array or a number, which is that of every row.
    Rows without a class must have a valid weight too, but count neither as a class nor as rows of positive
    weight.

    Raises
    ------
    DataError
        If `given` names no column of numbers, or fewer than two classes have a positive weight.
    DTypeError
        If a weight is not a real number.
    ShapeError
        If `given` is not a number and does not have one entry per row of `table`.
    DomainError
        If a weight is negative or not finite, or those of all rows with a class are 0.
    """
    if given is None:
        return None, None
    given, name = _cells(table, given, caller="fit")
    weights = checked_weights(given, table.num_rows, caller="fit")[goal.rows]
    return row_weights(weights, None, goal.codes, class_codes(goal.codes), caller="fit"), name


def given_weights(table: pa.Table, given: Any, rows: NDArray[np.int64], *, caller: str) -> tuple[Any, str]:
    """
    Weights of the `rows` of `table`, an array, and their name; None and "" if `given` is None.

    `rows` are row numbers. `given` names a column, whose name is returned, or has one entry for each row of
    `table`, with the name ``"sample_weight"``; a single number is refused. The weights are not checked: they
    may be negative or infinite, and nan for a null.

    Raises
    ------
    DataError
        If `given` names no column of numbers.
    DTypeError
        If `given` is a mapping, or a tensor of PyTorch that requires gradients.
    DomainError
        If an entry is masked.
    ShapeError
        If it does not have one entry per row of `table`.
    """
    if given is None:
        return None, ""
    given, name = _cells(table, given, caller=caller)
    weights = numpy_array(given, caller=caller, argument="sample_weight")
    if weights.shape != (table.num_rows,):
        rule = f"have shape ({table.num_rows},), one entry per row"
        raise ShapeError(caller, "sample_weight", rule, got=str(weights.shape))
    return weights[rows], name or "sample_weight"


def check_held_out_weight(weights: NDArray[np.float64]) -> None:
    """Raise `DomainError` unless one of `weights`, those of the held-out rows, all >= 0, is above 0."""
    if not weights.any():
        rule, hint = "leave a held-out row of positive weight", "Give another seed, or hold out more rows."
        raise DomainError("fit", "sample_weight", rule, got="zeros only", hint=hint)


def _cells(table: pa.Table, given: Any, *, caller: str) -> tuple[Any, str | None]:
    """
    Numbers of the column of `table` that the text `given` names, and that name; else `given` itself and None.

    Raises `DataError` if there is no such column of numbers.
    """
    if not isinstance(given, str):
        return given, None
    check_target(table, given, caller=caller, argument="sample_weight")
    return weight_cells(table, given, caller=caller), given


def class_factors(given: Any, classes: Sequence[Any]) -> dict[int, float] | str | None:
    """
    Factors of the classes by their number, 1 where `given` names none; ``"balanced"`` and None are returned
    as they are.

    `given` maps classes, or their texts, to factors.

    Raises
    ------
    DomainError
        If `given` is neither None, "balanced" nor a mapping, a name is not a class, or a factor is not a
        finite number >= 0.

    Examples
    --------
    >>> class_factors({"yes": 3.0}, ["no", "yes"])
    {0: 1.0, 1: 3.0}
    """
    if given is None or (isinstance(given, str) and given == "balanced"):
        return given
    if not isinstance(given, Mapping):
        rule = 'be "balanced", or factors by class'
        raise DomainError(
            "fit", "class_weight", rule, got=repr(given) if isinstance(given, str) else "others"
        )
    places = {str(label): place for place, label in enumerate(classes)}
    factors = dict.fromkeys(range(len(classes)), 1.0)
    for label, factor in given.items():
        if str(label) not in places:
            hint = near_names(str(label), places, what="classes")
            raise DomainError("fit", "class_weight", "name classes of the target", got=repr(label), hint=hint)
        if not isinstance(factor, Real) or not 0 <= float_of(factor) < np.inf:
            fact = f"{fact_of(factor)} for class {label!r}"
            raise DomainError("fit", "class_weight", "hold finite numbers >= 0", got=fact)
        factors[places[str(label)]] = float(factor)
    return factors
