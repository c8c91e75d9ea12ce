"""Classes of labels that come in batches: their codes, and the distinct labels of a batch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.errors import DataError

__all__ = ["ClassTable", "distinct_labels", "plain_labels"]

Codes = NDArray[np.intp]

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
            codes = np.minimum(np.searchsorted(self.classes, values), len(self.classes) - 1)
            codes = np.where(self.classes[codes] == values, codes, -1)
        if codes.min() < 0:
            raise _unknown(values[codes < 0][0], name, caller)
        return np.asarray(codes, np.intp)


def distinct_labels(labels: Any, *, name: str, caller: str) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """
    Distinct labels of a batch, sorted, in an array of NumPy, and the index of each label among them, (rows,).

    `labels` are an array of NumPy, or one of Arrow without nulls, as which readers hand out text alone.
    Raises `DataError`, with `name` as the place, for NumPy's floats that are not whole, nan and infinities
    included; floats of Arrow are not checked.
    """
    if not isinstance(labels, np.ndarray):
        encoded = labels.dictionary_encode()
        levels, order = np.unique(plain_labels(encoded.dictionary), return_inverse=True)
        return levels, order[encoded.indices.to_numpy(zero_copy_only=False)]
    if labels.dtype.kind == "f" and not np.equal(np.mod(labels, 1), 0).all():
        rule = "hold classes: whole numbers, truth values or text"
        raise DataError(caller, "y", rule, got=f"{_first_fraction(labels)} in {name}")
    return np.unique(labels, return_inverse=True)


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
