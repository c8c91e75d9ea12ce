"""Target of rows that come in pieces: its classes, and the code of each row; rows that are held out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from xent.data.target_encoding import check_classes, encodable

__all__ = ["HeldOutRule", "StreamedTarget", "streamed_target"]

_EVERY = 2.0**64


@dataclass(frozen=True, slots=True)
class StreamedTarget:
    """
    Classes of a target.

    Parameters
    ----------
    name : str
        The column.
    classes : tuple
        As those of `Target`.
    levels : pyarrow.Array
        The values of the column that the classes are, in their order.
    counts : ndarray of shape (K,)
        Rows of each class.
    missing : int
        Rows without a class.
    """

    name: str
    classes: tuple[Any, ...]
    levels: pa.Array
    counts: NDArray[np.int64]
    missing: int

    def codes(self, column: Any) -> NDArray[np.int64]:
        """Class of each cell, -1 for a cell without one."""
        found = pc.index_in(_plain(column), self.levels)
        codes: NDArray[np.int64] = found.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
        return codes


def streamed_target(columns: Iterable[Any], name: str) -> StreamedTarget:
    """
    Classes of the target whose cells come as the pieces `columns`.

    Raises
    ------
    DataError
        As `encode_target` says.
    """
    counts: dict[Any, int] = {}
    rows = 0
    kind: pa.DataType | None = None
    for column in columns:
        plain = _plain(column)
        kind = kind or plain.type
        rows += len(plain)
        for each in pc.value_counts(plain).to_pylist():
            counts[each["values"]] = counts.get(each["values"], 0) + each["counts"]
    missing = counts.pop(None, 0)
    encodable(pa.chunked_array([pa.array([*counts][:1] or [None], kind)]), name)
    values = sorted(counts)
    number = np.asarray([counts[value] for value in values], np.int64)
    whole = all(isinstance(value, float) and value.is_integer() for value in values)
    classes = tuple(int(value) if whole else value for value in values)
    check_classes(name, classes, number)
    return StreamedTarget(name, classes, pa.array(values, kind), number, missing)


def _plain(column: Any) -> Any:
    """Cells without dictionary encoding, with NaN as a gap."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type) or pa.types.is_decimal(column.type):
        column = column.cast(pa.float64())
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, pa.float64()), column)
    return column


@dataclass(frozen=True, slots=True)
class HeldOutRule:
    """
    Choice of held-out rows by a hash of their place, which any process can make for any piece.

    Parameters
    ----------
    share : float
        Share of the rows that is held out.
    seed : int
        Seed of the choice.
    """

    share: float
    seed: int

    def held_out(self, name: str, first: int, rows: int) -> NDArray[np.bool_]:
        """True for each held-out row among `rows` rows from number `first` on of the fragment `name`."""
        # The folder of a file does not matter, so that a copy of the data is split alike.
        salt = (crc32(PurePath(name).name.encode()) << 32) ^ (self.seed * 0x9E3779B97F4A7C15)
        with np.errstate(over="ignore"):
            z = np.arange(first, first + rows, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
            z += np.uint64(salt & 0xFFFFFFFFFFFFFFFF)
            # The finaliser of SplitMix64: Steele, Lea and Flood (2014), figure 16.
            z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            z ^= z >> np.uint64(31)
        return z < np.uint64(min(self.share * _EVERY, _EVERY - 2048))
