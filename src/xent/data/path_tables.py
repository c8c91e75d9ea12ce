"""Tables at a path: a file, or a folder of records."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from xent.data.missing_words import MISSING
from xent.data.records.record_folder import holds_records, read_records
from xent.data.table_files import read_table
from xent.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["RECORD_OPTIONS", "read_path"]

RECORD_OPTIONS = ("lead", "beats")
"""Options of `read_records`; all others are those of `read_table`."""

_NOTHING: Mapping[str, Any] = MappingProxyType({})
# Options that every caller gives, with the values that ask for nothing.
_UNASKED = {"delimiter": None, "header": True, "skip": None, "encoding": None}


def read_path(
    path: str | os.PathLike[str], *, missing: Sequence[str] = MISSING, reading: Mapping[str, Any] = _NOTHING
) -> pa.Table:
    """
    The table at `path`: that of `read_records` for a folder of records, otherwise that of `read_table`.

    `reading` holds options of both; None means that an option is not given.

    Raises
    ------
    DataError
        If the table cannot be read, or an option does not suit the path.
    """
    given = {name: value for name, value in reading.items() if value is not None}
    of_records = {name: given.pop(name) for name in RECORD_OPTIONS if name in given}
    if holds_records(path):
        for name, value in given.items():
            if name in _UNASKED and value != _UNASKED[name]:
                raise _unsuitable(name, "be absent for a folder of records", value)
        return read_records(path, **of_records)
    for name, value in of_records.items():
        raise _unsuitable(name, "come with a folder of records", f"{value} for {Path(path).name}")
    return read_table(path, missing=missing, **given)


def _unsuitable(name: str, rule: str, value: Any) -> DataError:
    return DataError("read_path", name, rule, got=str(value))
