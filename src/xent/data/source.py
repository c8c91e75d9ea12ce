"""Sources of a table: a built-in set, a file, a folder of records, or memory."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from xent.data.builtin_sets import BUILTIN, SYNTHETIC, load_builtin
from xent.data.file_facts import facts_of
from xent.data.files.file_format import STANDARD_INPUT
from xent.data.files.read_options import DEFAULTS
from xent.data.missing_words import MISSING
from xent.data.pandas_columns import column_name
from xent.data.records.record_folder import holds_records, read_records
from xent.data.table_conversion import target_name, to_table
from xent.data.table_files import read_table
from xent.errors import DataError
from xent.near_names import listed

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["check_of_files", "is_path", "is_values", "name_of", "read_path", "read_source", "table_of"]

_NOTHING: Mapping[str, Any] = MappingProxyType({})
# Options of `read_records`; all others of a path are those of `read_table`.
_RECORD_OPTIONS = ("lead", "beats")


def read_source(
    data: Any,
    target: Any,
    name: str | None,
    options: dict[str, Any],
    *,
    missing: Sequence[str] = MISSING,
    reading: Mapping[str, Any] = _NOTHING,
    caller: str,
) -> tuple[pa.Table, str, str]:
    """
    The table in `data`, the name of its target, and the name of the table.

    `target` is the name of a column, which is not looked up, or the values themselves for a table in memory,
    which become its last column; for None it is the target that a built-in set or the format of the file
    states. `options` are those of built-in sets, and `reading` further options of `read_path`, which a table
    in memory does not take. The name of the table is `name`, or for None one made from `data`; `caller` is
    the function that errors name.

    Raises
    ------
    DataError
        If the table cannot be read, no target is known, values come with a path, or the source refuses an
        option.
    DomainError, BackendError
        If an option of `reading` is out of range, or a library for the file is not installed.
    """
    if is_values(target):
        if is_path(data):
            rule = "name a column of the file, or come with a table in memory"
            raise DataError(caller, "target", rule, got=f"values of type {type(target).__name__}")
        _check_options(data, options, reading, caller)
        return to_table(data, target=target), target_name(target), name or name_of(data)
    target = None if target is None else column_name(target)
    table, known, own = table_of(data, options, missing=missing, reading=reading, caller=caller)
    target = target or known
    if target is None:
        raise DataError(
            caller,
            "target",
            "name the column to predict",
            got="nothing",
            hint=f"Its columns are: {listed(table.column_names, most=20)}.",
        )
    return table, target, name or own


def table_of(
    data: Any,
    options: dict[str, Any],
    *,
    missing: Sequence[str] = MISSING,
    reading: Mapping[str, Any] = _NOTHING,
    caller: str = "columns",
) -> tuple[pa.Table, str | None, str]:
    """
    Table in `data`, its target as far as the set or the format tells it (else None), and the table's name.

    The name is that of the set, with "(synthetic)" for a generated one, or as `name_of` says. `options` are
    those of built-in sets, and refused for other data. `reading` are those of `read_path`; a table in memory
    and a built-in set refuse `lead`, `beats`, `delimiter`, `skip`, `encoding` and ``header=False``, and
    ignore others, and `missing`. Raises `DataError` if an option is refused or the table cannot be read, and
    the `DomainError` and `BackendError` of `read_path`.
    """
    _check_options(data, options, reading, caller)
    if _is_builtin(data):
        table, known = load_builtin(data, **options)
        return table, known, f"{data} (synthetic)" if data in SYNTHETIC else str(data)
    table = read_path(data, missing=missing, reading=reading) if is_path(data) else to_table(data)
    return table, facts_of(table).target, name_of(data)


def check_of_files(data: Any, reading: Mapping[str, Any], *, caller: str) -> None:
    """
    Raise `DataError` for an option of `reading` that only a file or a folder of records takes, beside other
    data.

    Other data are a table in memory and a built-in set. The options are `lead`, `beats`, `delimiter`, `skip`,
    `encoding` and `header`; None, or ``header=True``, is not given. Others, such as `text`, pass. For files
    and folders nothing is checked.
    """
    if is_path(data) and not _is_builtin(data):
        return
    got = repr(data) if is_path(data) else type(data).__name__
    for name in _RECORD_OPTIONS:
        if reading.get(name) is not None:
            raise DataError(caller, name, "come with a folder of records", got=got)
    for name, unasked in DEFAULTS.items():
        if reading.get(name, unasked) not in (None, unasked):
            raise DataError(caller, name, "come with a file", got=got)


def _check_options(data: Any, options: dict[str, Any], reading: Mapping[str, Any], caller: str) -> None:
    """
    Raise `DataError` for options of `heartbeats`, a file or a folder of records if `data` are of another
    kind.

    Whether a path is a folder of records is not checked, nor are the names of the options of a built-in set.
    """
    check_of_files(data, reading, caller=caller)
    if options and not _is_builtin(data):
        raise DataError(
            caller,
            "data",
            f"be a built-in set that takes the option {next(iter(options))}",
            got=repr(str(data)) if is_path(data) else type(data).__name__,
            hint="Rows, noise, imbalance and label noise can be chosen for `heartbeats`.",
        )


def read_path(
    path: str | os.PathLike[str], *, missing: Sequence[str] = MISSING, reading: Mapping[str, Any] = _NOTHING
) -> pa.Table:
    """
    The table at `path`: that of `read_records` for a folder of records, otherwise that of `read_table`.

    `reading` holds options of both; None means that an option is not given.

    Raises
    ------
    DataError
        If the table cannot be read, or an option does not suit the path: `lead` and `beats` are for records
        only, `delimiter`, `header`, `skip` and `encoding` for other files.
    DomainError, BackendError
        If an option is out of range, or a library for the file is not installed.
    """
    given = {name: value for name, value in reading.items() if value is not None}
    of_records = {name: given.pop(name) for name in _RECORD_OPTIONS if name in given}
    if holds_records(path):
        for name, value in given.items():
            if name in DEFAULTS and value != DEFAULTS[name]:
                raise _unsuitable(name, "be absent for a folder of records", value)
        return read_records(path, **of_records)
    for name, value in of_records.items():
        raise _unsuitable(name, "come with a folder of records", f"{value} for {Path(path).name}")
    return read_table(path, missing=missing, **given)


def _unsuitable(name: str, rule: str, value: Any) -> DataError:
    return DataError("read_path", name, rule, got=str(value))


def name_of(data: Any) -> str:
    """
    Name for `data`: "table" in memory, "standard-input" for ``-``, else the file name up to the first dot.

    ``people`` for ``people.csv.gz``; "table" for a name that begins with a dot.
    """
    if not is_path(data):
        return "table"
    if str(data) == STANDARD_INPUT:
        return "standard-input"
    name = Path(data).name or Path(data).resolve().name
    return name.split(".")[0] or "table"


def is_path(data: Any) -> bool:
    """True if `data` is a path (a string or path object) and not a table."""
    return isinstance(data, (str, os.PathLike))


def is_values(target: Any) -> bool:
    """
    True if `target` holds values to predict: a series, an array or a list, and not a name.

    None, text, bytes and tuples, which are names of columns in pandas, are no values.
    """
    if isinstance(target, str | tuple) or target is None:
        return False
    return hasattr(target, "__len__") and not isinstance(target, bytes)


def _is_builtin(data: Any) -> bool:
    # A file of that name in the working directory goes before the built-in set.
    return isinstance(data, str) and data in BUILTIN and not Path(data).is_file()
