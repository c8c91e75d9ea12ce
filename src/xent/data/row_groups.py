"""Groups of rows: given by a column, or suspected in a column that is named like one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xent.data.column_plan import check_target
from xent.data.column_values import is_opaque, text_codes
from xent.data.identifiers import named_like_an_id
from xent.errors import DataError

__all__ = ["row_groups", "shared_groups"]

Codes = NDArray[np.integer[Any]]

# Words for whatever has several rows in tables of measurements, visits or texts.
_WORDS = {
    *("author", "client", "customer", "device", "family", "household", "participant", "patient", "person"),
    *("pid", "session", "speaker", "student", "subject", "user", "visitor"),
}
# Fewer groups are treatments or sites, which may be features.
_FEWEST_GROUPS = 10


def row_groups(table: pa.Table, name: str, rows: Codes, *, caller: str) -> NDArray[np.int64]:
    """
    Group of each of the places `rows`, (len(rows),), 0 .. G-1 in no particular order, by the column `name`.

    A row without a group is a group of its own, as is each row of lists, records or bytes.

    Raises
    ------
    DataError
        If there is no such column, or all rows are of one group.
    """
    check_target(table, name, caller=caller, argument="group")
    codes = _codes(table.column(name))[rows].astype(np.int64)
    missing = codes < 0
    codes[missing] = codes.max(initial=-1) + 1 + np.arange(np.count_nonzero(missing))
    distinct, groups = np.unique(codes, return_inverse=True)
    if len(distinct) < 2:
        fact = f"column {name!r}, in which all rows are of one group"
        raise DataError(caller, "group", "name at least two groups", got=fact)
    return groups


def shared_groups(table: pa.Table, train: Codes, held_out: Codes) -> tuple[tuple[str, float], ...]:
    """
    Columns that are named like groups, each with the share of held-out rows whose group is also in training.

    Columns without such rows are left out. A column counts if its name holds a word for an id or for a person
    or thing with several rows, and its cells, which are not floats, have at least ten values, each in two
    rows on average. `train` and `held_out` are places of rows.

    Examples
    --------
    >>> table = pa.table({"patient": [row // 3 for row in range(60)], "dose": [1.0, 2.0, 3.0] * 20})
    >>> shared_groups(table, np.arange(0, 45), np.arange(44, 60))
    (('patient', 0.0625),)
    """
    found = []
    for name in table.column_names:
        if not _names_groups(name) or pa.types.is_floating(table.column(name).type):
            continue
        codes = _codes(table.column(name))
        present = np.unique(codes[codes >= 0])
        if _FEWEST_GROUPS <= len(present) <= np.count_nonzero(codes >= 0) / 2:
            ours = codes[held_out]
            share = float(np.mean((ours >= 0) & np.isin(ours, codes[train])))
            if share > 0:
                found.append((name, share))
    return tuple(found)


def _names_groups(name: str) -> bool:
    words = "".join(letter if letter.isalnum() else " " for letter in name).casefold().split()
    return named_like_an_id(name) or bool(_WORDS & set(words))


def _codes(column: pa.ChunkedArray) -> NDArray[np.int32]:
    kind = column.type
    if is_opaque(kind):
        return np.full(len(column), -1, dtype=np.int32)
    if pa.types.is_integer(kind) and len(column):
        # Without a text for each number, which takes ten times as long.
        encoded = column.combine_chunks().dictionary_encode()
        return np.asarray(encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False))
    codes, _ = text_codes(column)
    return codes
