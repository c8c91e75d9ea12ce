"""Weight of each row in a fit: its sample weight times the weight of its class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.class_weight import compute_class_weight

from xent.arrays import BEYOND, real_numbers
from xent.errors import DataError, DomainError, DTypeError, ShapeError

__all__ = [
    "check_factors",
    "check_no_class_is_empty",
    "check_numbers",
    "checked_weights",
    "given_factors",
    "row_weights",
]

Array = NDArray[np.float64]
Coded = tuple[NDArray[Any], NDArray[np.integer[Any]]]


def row_weights(
    sample_weight: Any,
    class_weight: Any,
    y: NDArray[Any],
    coded: Coded,
    *,
    caller: str,
) -> Array | None:
    """
    Nonnegative weight of each row, of shape (n,): sample weight times class weight. None if neither is given.

    Parameters
    ----------
    sample_weight : array of shape (n,), number or None
        Finite and >= 0. A number applies to every row; None means 1.
    class_weight : dict, "balanced" or None
        Weight of each class as a dict by class, 1 for one that it lacks; ``"balanced"`` for weights inversely
        proportional to the weighted class frequencies; None for 1.
    y : ndarray of shape (n,)
        Class of each row.
    coded : tuple
        All classes, some of which may have no row, and the index of each row's among them.
    caller : str
        Name of the calling function, for errors.

    Raises
    ------
    DTypeError
        If a sample weight or an entry of `class_weight` is not a real number.
    ShapeError
        If `sample_weight` is neither a number nor of shape (n,).
    DomainError
        If a sample weight is negative or not finite, or all are 0, or a class weight is negative or not
        finite.
    DataError
        If fewer than two classes have a row of positive weight, or one has none and is to be balanced. Other
        faults of `class_weight`, such as a dict that names other classes but not all of these, raise
        scikit-learn's `ValueError`.
    """
    classes, codes = coded
    weights = None if sample_weight is None else checked_weights(sample_weight, len(y), caller=caller)
    if weights is not None and not weights.any():
        raise DomainError(caller, "sample_weight", "have an entry > 0", got="a weight of zero for every row")
    if class_weight is not None:
        if isinstance(class_weight, str) and class_weight == "balanced":
            check_no_class_is_empty(coded, weights, caller=caller)
        of_classes = given_factors(class_weight, classes, y, weights, caller=caller)
        factors = of_classes[codes]
        weights = factors if weights is None else weights * factors
    count = len(classes) if weights is None else np.count_nonzero(np.bincount(codes[weights > 0]))
    if count < 2:
        raise DataError(
            caller,
            "y",
            "hold at least two classes among rows of positive weight",
            got=f"{count} class{'' if count == 1 else 'es'}",
            hint="A classifier has nothing to tell apart otherwise.",
        )
    return weights


def given_factors(
    class_weight: Any, classes: NDArray[Any], y: NDArray[Any], weights: Array | None = None, *, caller: str
) -> Array:
    """
    Class weights, (K,), of `classes` by the parameter `class_weight`, a dict or "balanced", as float64.

    A class that a dict does not name has 1. "Balanced" is the sum of the `weights`, (n,), of the rows `y`,
    (n,), 1 for None, over K times their sum in the class. Raises `DomainError` for the first class whose
    weight is negative or not a finite float, as if "balanced" finds no weight in it, `DTypeError` for one
    that is no real number, and scikit-learn's `ValueError` for other faults, such as a dict that names other
    classes but not all of these.
    """
    check_numbers(class_weight, caller=caller)
    try:
        found = compute_class_weight(class_weight, classes=classes, y=y, sample_weight=weights)
    except OverflowError:
        rule = "hold finite numbers >= 0"
        raise DomainError(caller, "class_weight", rule, got=BEYOND) from None
    factors = np.asarray(found, np.float64)
    check_factors(factors, classes, caller=caller)
    return factors


def check_numbers(class_weight: Any, *, caller: str) -> None:
    """
    Raise `DTypeError` for the first entry of a dict `class_weight` that is no real number; text of one
    passes.

    Nothing is checked of a `class_weight` that is no mapping.
    """
    for label, factor in class_weight.items() if isinstance(class_weight, Mapping) else ():
        try:
            float(factor)
        except OverflowError:
            continue  # a number beyond the range of floats
        except (TypeError, ValueError) as error:
            got = f"{factor!r} for class {str(label)!r}"
            raise DTypeError(caller, "class_weight", "hold real numbers", got=got) from error


def check_factors(factors: Array, classes: NDArray[Any], *, caller: str) -> None:
    """
    Raise `DomainError` for the first of `classes` whose class weight is negative or not finite.

    `factors`, (K,), are the class weights.
    """
    bad = np.flatnonzero(~(np.isfinite(factors) & (factors >= 0)))
    if len(bad):
        first = int(bad[0])
        got = f"{factors[first]} for class {str(classes[first])!r}"
        raise DomainError(caller, "class_weight", "hold finite numbers >= 0", got=got)


def check_no_class_is_empty(coded: Coded, weights: Array | None, *, caller: str) -> None:
    """
    Raise `DataError` for the first class without weight: its balanced weight would be infinite.

    `coded` has all classes, and the number of the class of each row; `weights`, (n,), of None are 1.
    """
    classes, codes = coded
    empty = np.flatnonzero(np.bincount(codes, weights=weights, minlength=len(classes)) == 0)
    if len(empty):
        raise DataError(
            caller,
            "class_weight",
            'find weight in every class to be "balanced"',
            got=f"no weight in class {str(classes[empty[0]])!r}",
            hint="Drop the rows of that class, or give a dict.",
        )


def checked_weights(sample_weight: Any, n: int, *, caller: str) -> Array:
    """
    Sample weights of `n` rows as float64 of shape (n,), a single number repeated; all of them may be 0.

    The result may be `sample_weight` itself. Raises `DTypeError` for what is no real number, `ShapeError` for
    another shape, and `DomainError` for a masked entry and a weight that is negative or not finite.
    """
    weights = real_numbers(sample_weight, caller=caller, argument="sample_weight")
    if weights.ndim == 0:
        weights = np.full(n, float(weights))
    if weights.shape != (n,):
        raise ShapeError(
            caller, "sample_weight", f"have shape {(n,)}, one entry per row", got=str(weights.shape)
        )
    bad = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
    if len(bad):
        first = int(bad[0])
        raise DomainError(
            caller, "sample_weight", "be finite and >= 0", got=str(weights[first]), index=(first,)
        )
    return weights
