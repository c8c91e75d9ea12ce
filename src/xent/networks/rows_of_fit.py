"""Checked rows of a fit, and of a part of a stream."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import column_or_1d, validate_data

from xent.arrays import check_unmasked, real_numbers
from xent.errors import DomainError
from xent.models.class_codes import class_codes
from xent.models.fit_rows import FitRows
from xent.models.real_numbers import float_of
from xent.models.row_weights import check_factors, check_numbers, row_weights

__all__ = ["stream_rows", "weighted_rows"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]


def weighted_rows(rows: FitRows) -> tuple[Any, Codes, Array, Codes | None]:
    """
    Features, classes, weights and groups of the rows of positive weight, in this order.

    Weights are those of `rows`, which include class weights, not scaled. Dense features keep their dtype,
    sparse ones become CSR. Groups are None if `rows` has none, else numbers as in `rows`, of which some may
    be missing; without weights all rows are taken, of weight 1.
    """
    X = rows.X if isinstance(rows.X, np.ndarray) else rows.X.tocsr()
    if rows.weights is None:
        return X, rows.codes, np.ones(len(rows.codes)), rows.groups
    kept = np.flatnonzero(rows.weights > 0)
    groups = None if rows.groups is None else rows.groups[kept]
    return X[kept], rows.codes[kept], rows.weights[kept], groups


def stream_rows(
    model: Any, X: Any, y: Any, classes: Any, sample_weight: Any, *, first: bool, caller: str
) -> tuple[Any, Codes, Array, NDArray[Any]]:
    """
    Features, class codes and weights of the rows of positive weight in a part of a stream, and all classes.

    `first` is True for the first call, which must name the `classes`; later ones may leave them out as None.
    The order of `classes` does not matter: all classes are returned sorted, later as ``model.classes_``.
    Weights are those of the rows times those of the classes. Sets the number and names of the features of
    `model` in the first call; scikit-learn's `ValueError` is raised for others in a later one, and for nan.

    Raises
    ------
    DomainError
        If the first call names fewer than two classes, a later one other classes, a class is not among them,
        a weight or class weight is negative or not finite, no row has a positive one, an entry is masked, or
        class weights are neither a dict nor None, as a part does not tell the frequencies to balance.
    DTypeError
        If weights or class weights are no numbers.
    ShapeError
        If `sample_weight` is neither None, a number, nor of shape (n,).
    """
    for argument, array in (("X", X), ("y", y), ("sample_weight", sample_weight)):
        check_unmasked(array, caller=caller, argument=argument)
    X, y = validate_data(model, X, y, reset=first, accept_sparse="csr", dtype="numeric")
    y = column_or_1d(y, warn=True)
    if classes is None and first:
        raise DomainError(caller, "classes", "name all classes in the first call", got="None")
    known = class_codes(np.asarray(classes))[0] if first else model.classes_
    if len(known) < 2:
        raise DomainError(caller, "classes", "name at least two classes", got=repr(known.tolist()))
    if classes is not None and not np.array_equal(np.unique(np.asarray(classes)), np.sort(known)):
        rule = "be those of the first call"
        raise DomainError(caller, "classes", rule, got=repr(np.unique(np.asarray(classes))))
    codes = _codes(y, known, caller=caller)
    if not (model.class_weight is None or isinstance(model.class_weight, Mapping)):
        rule = "be a dict or None, as one part does not tell the frequencies of the classes"
        raise DomainError(caller, "class_weight", rule, got=repr(model.class_weight))
    weights = _weights(model, y, (known, codes), sample_weight, caller)
    kept = np.flatnonzero(weights > 0)
    if not len(kept):
        raise DomainError(caller, "sample_weight", "have an entry > 0", got="a weight of zero for every row")
    return X[kept], codes[kept], weights[kept], known


def _codes(y: Any, known: Any, *, caller: str) -> Codes:
    """Place of each entry of `y`, (n,), among the classes `known`; `DomainError` for the first other one."""
    # Classes that the columns of distributions name are in the order of these.
    order = np.argsort(known)
    codes: Codes = order[np.minimum(np.searchsorted(known, y, sorter=order), len(known) - 1)]
    strange = np.flatnonzero(known[codes] != y)
    if len(strange):
        at = int(strange[0])
        rule, got = "hold classes that `classes` names", repr(y[at : at + 1].tolist()[0])
        raise DomainError(caller, "y", rule, got=got, index=(at,))
    return codes


def _weights(model: Any, y: Any, coded: tuple[NDArray[Any], Codes], sample_weight: Any, caller: str) -> Array:
    """
    Weight of each row, 1 for a `sample_weight` of None, times the factor of its class: shape (n,).

    The factor is 1 if ``class_weight`` of `model`, a mapping or None, lacks the class; other names in it are
    ignored. `coded` are all classes and each row's place among them. A part may hold one class only, which a
    whole fit must not. Raises `DomainError` for a weight or factor that is negative or not finite,
    `DTypeError` for one that is no real number, and `ShapeError` unless there is one weight, or one for each
    row.
    """
    known, codes = coded
    given = np.ones(len(y))
    if sample_weight is not None:
        given = real_numbers(sample_weight, caller=caller, argument="sample_weight")
    check_numbers(model.class_weight, caller=caller)
    factors = np.ones(len(known))
    for place, label in enumerate(known):
        factor = (model.class_weight or {}).get(label, 1.0)
        factors[place] = float_of(factor) if isinstance(factor, Real) else factor
    check_factors(factors, known, caller=caller)
    if given.shape not in {(), (len(y),)} or not (np.isfinite(given) & (given >= 0)).all():
        # Raises the error of the fault.
        row_weights(sample_weight, None, y, (known, codes), caller=caller)
    return np.asarray(given * factors[codes])
