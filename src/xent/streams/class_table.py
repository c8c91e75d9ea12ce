"""Classes of labels that come in batches: their codes, and the distinct labels of a batch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.errors import DataError

__all__ = [
    "ClassTable",
    "check_one_kind",
    "distinct_labels",
    "missing_labels",
    "plain_labels",
    "present_labels",
]

Codes = NDArray[np.intp]

_RULE = "hold classes: whole numbers, truth values or text"
# Units of NumPy's times that Python's own do not have.
_FINE_UNITS = frozenset({"ns", "ps", "fs", "as"})
# Longest table of integers for which codes are looked up without a search.
_RANGE = 1 << 16


@dataclass(frozen=True)
class ClassTable:
    """
    Sorted classes, and the code of each label among them.

    Parameters
    ----------
    classes : ndarray of shape (K,)
        Distinct, sorted.
    """

    classes: NDArray[Any]

    def codes(self, labels: Any, *, name: str, caller: str) -> Codes:
        """
        Index of each of the `labels`, (rows,), among the sorted classes, an intp, for an array of NumPy or of
        Arrow.

        Those of Arrow have no nulls.

        Raises
        ------
        DataError
            If a label is not among the classes: the data changed after the first scan. `name` names the place
            in the message.
        """
        if isinstance(labels, np.ndarray):
            return self._codes_of_values(labels, name, caller)
        encoded = labels.dictionary_encode()
        of_level = self._codes_of_values(plain_labels(encoded.dictionary), name, caller)
        return np.asarray(of_level[encoded.indices.to_numpy(zero_copy_only=False)])

    @cached_property
    def _lookup(self) -> tuple[int, NDArray[np.intp]] | None:
        """
        First integer, and the codes of the consecutive integers from it to the last class, -1 for one that is
        no class.

        None for classes that are not integers, for a range of 65,536 or more or beyond 64 bits with sign, and
        for none.
        """
        if self.classes.dtype.kind not in "iu" or not len(self.classes):
            return None
        low, high = int(self.classes[0]), int(self.classes[-1])
        if high - low >= _RANGE or high >= 2**63:
            return None
        table = np.full(high - low + 1, -1, np.intp)
        table[self.classes.astype(np.int64) - low] = np.arange(len(self.classes))
        return low, table

    def _codes_of_values(self, values: NDArray[Any], name: str, caller: str) -> Codes:
        """
        Code of each of the `values`, (rows,), an intp; raises `DataError` for a label that is not in the
        table.

        The message names one such label, and `name`, the place.
        """
        if not len(values):
            return np.empty(0, np.intp)
        if self._lookup is not None and values.dtype.kind in "iu":
            low, table = self._lookup
            if not (low <= int(values.min()) and int(values.max()) < low + len(table)):
                raise _unknown(values[~np.isin(values, self.classes)][0], name, caller)
            codes = table[values.astype(np.int64, copy=False) - low]
        else:
            try:
                codes = np.minimum(np.searchsorted(self.classes, values), len(self.classes) - 1)
                codes = np.where(self.classes[codes] == values, codes, -1)
            except TypeError:
                # Labels of another type, which do not compare with the classes.
                codes = np.full(len(values), -1)
        if codes.min() < 0:
            raise _unknown(values[codes < 0][0], name, caller)
        return np.asarray(codes, np.intp)


def distinct_labels(labels: Any, *, name: str, caller: str) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """
    Distinct labels of a batch, sorted, in an array of NumPy, and the index of each label among them, (rows,).

    `labels` are an array of NumPy, without missing ones, or one of Arrow without nulls, as readers make of
    text. Raises `DataError`, `name` being the place, for floats that are not whole, infinities included,
    among objects too, but not in Arrow; and for objects that do not compare, such as text beside numbers.
    """
    if not isinstance(labels, np.ndarray):
        encoded = labels.dictionary_encode()
        levels, order = np.unique(plain_labels(encoded.dictionary), return_inverse=True)
        return levels, order[encoded.indices.to_numpy(zero_copy_only=False)]
    if labels.dtype.kind == "f" and not np.equal(np.mod(labels, 1), 0).all():
        raise DataError(caller, "y", _RULE, got=f"{_first_fraction(labels)} in {name}")
    if labels.dtype.kind == "O":
        return _distinct_objects(labels, name, caller)
    return np.unique(labels, return_inverse=True)


def present_labels(labels: NDArray[Any], first: int, *, name: str, caller: str) -> NDArray[Any]:
    """
    The `labels`, (rows,), themselves; times in units below a microsecond, which Python lacks, in
    microseconds.

    `first` is the number of rows of the fragment `name` before these, for messages. Raises `DataError` for
    the first label that is missing, None, nan, NaT or NA of pandas, and for times that are no whole
    microseconds.
    """
    missing = missing_labels(labels)
    if missing.any():
        got = f"none in row {first + int(np.argmax(missing))} of {name}"
        raise DataError(caller, "y", "have a class in every row", got=got)
    if labels.dtype.kind not in "mM" or np.datetime_data(labels.dtype)[0] not in _FINE_UNITS:
        return labels
    plain = labels.astype(f"{labels.dtype.kind}8[us]")
    if not np.array_equal(plain, labels):
        raise DataError(caller, "y", "hold times of whole microseconds", got=f"other ones in {name}")
    return plain


def check_one_kind(labels: Iterable[Any], *, caller: str) -> None:
    """
    Raise `DataError` unless `labels`, values of Python, are all text, all numbers or of one other type.

    Numbers are integers, floats, Booleans and fractions; `Decimal` is another type. No labels are no error.
    """
    kinds: dict[str, Any] = {}
    for label in labels:
        kinds.setdefault(_kind(label), label)
    if len(kinds) > 1:
        got = " beside ".join(f"{label!r}" for label in list(kinds.values())[:2])
        raise DataError(caller, "y", "hold labels of one kind, all text or all numbers", got=got)


def _distinct_objects(labels: NDArray[Any], name: str, caller: str) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """
    Distinct objects of `labels`, sorted, and the index of each label among them, (rows,).

    No label is missing. Raises `DataError` for labels of several kinds, such as text beside numbers, for
    objects that do not compare, and for a float that is not whole, or infinite.
    """
    check_one_kind(labels.tolist(), caller=caller)
    try:
        levels, order = np.unique(labels, return_inverse=True)
    except TypeError as error:
        got = f"{type(labels[0]).__name__} in {name}"
        raise DataError(caller, "y", _RULE, got=got) from error
    fractions = [each for each in levels.tolist() if isinstance(each, float) and each % 1 != 0]
    if fractions:
        raise DataError(caller, "y", _RULE, got=f"{fractions[0]} in {name}")
    return levels, order


def missing_labels(labels: NDArray[Any]) -> NDArray[np.bool_]:
    """True for each of the `labels`, (rows,), that is missing: None, nan, NaT or NA of pandas."""
    if labels.dtype.kind == "O":
        return np.fromiter(map(_is_missing, labels.tolist()), bool, len(labels))
    if labels.dtype.kind in "fmM":
        return np.asarray(labels != labels)  # noqa: PLR0124 - the test for nan and NaT
    return np.zeros(len(labels), bool)


def _is_missing(label: Any) -> bool:
    """True for None, nan, NaT, and NA of pandas, for which a comparison has no truth value."""
    if label is None or type(label).__name__ == "NAType":
        return True
    return isinstance(label, Real | np.datetime64 | np.timedelta64 | date) and bool(label != label)  # noqa: PLR0124 - same


def _kind(label: Any) -> str:
    """Name for the types of `label` that compare with each other: "text", "number", or its own type."""
    if isinstance(label, str):
        return "text"
    return "number" if isinstance(label, Real | np.bool_) else type(label).__name__


def plain_labels(values: Any) -> NDArray[Any]:
    """Labels of an array of Arrow as NumPy values; text as NumPy's text, in which a null would be "None"."""
    import pyarrow as pa

    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        return np.asarray(values.to_pylist(), dtype=np.str_)
    return np.asarray(values.to_numpy(zero_copy_only=False))


def _first_fraction(labels: NDArray[Any]) -> str:
    """First label, as text, that is not a whole number; there must be one."""
    return str(labels[~np.equal(np.mod(labels, 1), 0)][0])


def _unknown(label: Any, name: str, caller: str) -> DataError:
    """Error for a `label` in the place `name` that the first scan did not see; it is not raised here."""
    rule = "stay the same from pass to pass"
    return DataError(
        caller, "source", rule, got=f"{name}, which now has a label {label!r}, unknown to the first scan"
    )
