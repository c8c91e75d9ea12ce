"""Samples of any categories as integer codes from 0 on."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.arrays import numpy_array
from xent.errors import DomainError, DTypeError, ShapeError

__all__ = ["CategoryCodes", "Samples", "category_codes", "joint_counts", "symbol_counts"]

Samples = Iterable[Hashable]
Integers = NDArray[np.int64]

# `bincount` is faster than sorting as long as its table is not much larger than the sample.
_SMALL_TABLE = 2**16
_CONTINUOUS = (
    "For continuous samples there are `kozachenko_leonenko_entropy` and `kraskov_mutual_information`; "
    "if the numbers are names of categories, pass `numpy.unique(samples, return_inverse=True)[1]`."
)


@dataclass(frozen=True)
class CategoryCodes:
    """
    Sample as codes in ``0 .. size - 1``; a code need not occur in the sample.

    Parameters
    ----------
    codes : ndarray of shape (n,)
        Code of each observation.
    size : int
        Number of codes.
    symbols : sequence or int
        Symbol of each code. An integer s means that the symbol of code c is ``s + c``.
    """

    codes: Integers
    size: int
    symbols: NDArray[Any] | list[Hashable] | int

    def counts(self) -> Integers:
        """Number of observations of each code, (size,); 0 for a code that does not occur."""
        return np.bincount(self.codes, minlength=self.size)

    def observed_only(self) -> CategoryCodes:
        """
        Sample with the codes renumbered from 0 so that each occurs, in their order.

        If `symbols` is not an integer, codes are not known to leave gaps, and the sample is returned as it
        is.
        """
        if not isinstance(self.symbols, int):
            return self
        present = np.flatnonzero(self.counts())
        lookup = np.zeros(self.size, dtype=np.int64)
        lookup[present] = np.arange(len(present))
        return CategoryCodes(lookup[self.codes], len(present), present + self.symbols)


def category_codes(samples: Samples, *, caller: str, argument: str = "samples") -> CategoryCodes:
    """
    Sample of categories: code of each observation, (n,), number of codes, and symbol of each code.

    A string is a sample of its characters. Codes of integers are differences from the least one or from 0, so
    that some may not occur; the symbols are then that integer alone. Integers of a wide range, and texts of
    an array, are numbered in sorted order, other objects, such as texts of a list, in that of their first
    occurrence. Raises `ShapeError` for samples without exactly one axis, `DomainError` for an empty sample or
    a masked entry, `DTypeError` for a mapping, for floats, for entries that are not hashable and for an
    argument that is not iterable.
    """
    if isinstance(samples, Mapping):
        hint = "If it counts them, pass it to `entropy_from_counts`, or `list(counter.elements())` here."
        raise DTypeError(caller, argument, "hold observations", got=type(samples).__name__, hint=hint)
    if not hasattr(samples, "__array__"):
        try:
            samples = list(samples)
        except TypeError:
            got = type(samples).__name__
            raise DTypeError(caller, argument, "hold one entry for each observation", got=got) from None
        integers = all(issubclass(kind, int) for kind in set(map(type, samples)))
        array = np.asarray(samples if integers else _objects(samples))
        # Integers of 2**63 and more beside smaller ones become floats.
        samples = _objects(samples) if array.dtype.kind == "f" else array
    array = numpy_array(samples, caller=caller, argument=argument)
    if array.ndim != 1:
        hint = "A sample has one entry for each observation; join columns into tuples."
        raise ShapeError(caller, argument, "have one axis", got=f"shape {array.shape}", hint=hint)
    if array.size == 0:
        raise DomainError(caller, argument, "hold at least one observation", got="none")
    if array.dtype.kind in "fc":
        name = str(array.dtype)
        raise DTypeError(caller, argument, "be integers, strings or hashables", got=name, hint=_CONTINUOUS)
    if array.dtype.kind == "O":
        return _hashed(array, caller=caller, argument=argument)
    return _integers(array) if array.dtype.kind in "iub" else _sorted(array)


def symbol_counts(samples: Samples, *, caller: str, argument: str = "samples") -> dict[Hashable, int]:
    """
    Number of observations of each symbol of `samples` that occurs; raises the errors of `category_codes`.

    The symbols are in the order of their codes, as `category_codes` gives it.
    """
    found = category_codes(samples, caller=caller, argument=argument).observed_only()
    symbols = found.symbols.tolist() if isinstance(found.symbols, np.ndarray) else found.symbols
    return dict(zip(symbols, found.counts().tolist(), strict=True))  # type: ignore[arg-type]  # never an int


def joint_counts(x: CategoryCodes, y: CategoryCodes) -> tuple[Integers, Integers, Integers, Integers]:
    """
    Counts of the pairs of codes that occur in two samples of equal length.

    Returns
    -------
    joint, of_x, of_y, cells : ndarrays of shape (m,)
        For each pair that occurs, by ascending number of the pair: number of observations of the pair, of its
        code of `x` and of its code of `y`, and the number of the pair, ``code of x * y.size + code of y``.
        If the table of all pairs would be large, codes that do not occur are left out of the numbering first.
    """
    n = len(x.codes)
    if x.size * y.size > max(4 * n, _SMALL_TABLE):
        x, y = x.observed_only(), y.observed_only()
    pairs = x.codes * y.size + y.codes
    if x.size * y.size <= max(4 * n, _SMALL_TABLE):
        table = np.bincount(pairs, minlength=x.size * y.size)
        cells = np.flatnonzero(table)
        by_cell = table.reshape(x.size, y.size)
        rows, columns = by_cell.sum(axis=1), by_cell.sum(axis=0)
        joint = table[cells]
    else:
        cells, joint = np.unique(pairs, return_counts=True)
        rows, columns = x.counts(), y.counts()
    return joint, rows[cells // y.size], columns[cells % y.size], cells


def _objects(samples: list[Hashable]) -> NDArray[np.object_]:
    """Samples as an array of Python objects of one axis."""
    # Not np.asarray, which converts 1 beside "1" to a string and turns tuples into a second axis.
    array = np.empty(len(samples), dtype=object)
    array[:] = samples
    return array


def _integers(array: NDArray[Any]) -> CategoryCodes:
    """
    Codes of integers: differences from the least one, or from 0, if the range is small, else by sorting.

    The range is small below 2**16, or below four times the number of observations, unless an integer is 2**63
    or more. They are differences from 0 if no integer is negative or above ``2**16 - 1``.
    """
    low, high = int(array.min()), int(array.max())
    if high - low >= max(4 * len(array), _SMALL_TABLE) or high >= 2**63:
        return _sorted(array)
    if low >= 0 and high < _SMALL_TABLE:
        # A few codes that do not occur cost less than a pass over the sample to shift the codes.
        low = 0
    wide = array.astype(np.int64, copy=False)
    return CategoryCodes(wide - low if low else wide, high - low + 1, low)


def _sorted(array: NDArray[Any]) -> CategoryCodes:
    """Codes in the order of the sorted symbols, each of which occurs."""
    symbols, codes = np.unique(array, return_inverse=True)
    return CategoryCodes(codes, len(symbols), symbols)


def _hashed(array: NDArray[Any], *, caller: str, argument: str) -> CategoryCodes:
    """
    Codes of Python objects, numbered from 0 in the order of their first occurrence, with their symbols.

    Objects that are equal in Python, as 1 and True, have one code and the first of them as symbol. Raises
    `DTypeError` for an entry that is not hashable, and for a float or complex number, with its first index;
    a float that equals an earlier integer passes as that integer.
    """
    table: dict[Hashable, int] = {}
    try:
        numbers = [table.setdefault(symbol, len(table)) for symbol in array]
    except TypeError as error:
        raise DTypeError(caller, argument, "be integers, strings or hashables", got=str(error)) from None
    for symbol, code in table.items():
        if isinstance(symbol, float | complex | np.inexact):
            index = (numbers.index(code),)
            raise DTypeError(
                caller, argument, "hold no floats", got=repr(symbol), index=index, hint=_CONTINUOUS
            )
    return CategoryCodes(np.asarray(numbers, dtype=np.int64), len(table), list(table))
