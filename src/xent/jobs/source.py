"""Where a table comes from: a built-in set, a file, or memory."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xent.data import BUILTIN, MISSING, load_builtin, read_table, to_table
from xent.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["is_path", "name_of", "read_source"]


def read_source(
    data: Any,
    target: str | None,
    name: str | None,
    options: dict[str, Any],
    *,
    missing: Sequence[str] = MISSING,
) -> tuple[pa.Table, str, str]:
    """
    The table in `data`, the name of its target and its own name.

    Raises
    ------
    DataError
        If there is no such table, its target is not known, or `options` are given that it has not.
    """
    if _is_builtin(data):
        table, known = load_builtin(data, **options)
        return table, target or known, name or data
    if options:
        raise DataError(
            "fit",
            "data",
            f"be a built-in set that takes the option {next(iter(options))}",
            got=repr(str(data)) if is_path(data) else type(data).__name__,
            hint="Rows, noise, imbalance and label noise can be chosen for `heartbeats`.",
        )
    table = read_table(data, missing=missing) if is_path(data) else to_table(data)
    if target is None:
        raise DataError(
            "fit",
            "target",
            "name the column to predict",
            got="nothing",
            hint=f"Its columns are: {', '.join(table.column_names[:20])}.",
        )
    return table, target, name or name_of(data)


def name_of(data: Any) -> str:
    """What to call `data`: a file's name without its endings, so that ``people.csv.gz`` is ``people``."""
    if not is_path(data):
        return "table"
    return Path(data).name.split(".")[0] or "table"


def is_path(data: Any) -> bool:
    """Whether `data` is a path, and so no table yet."""
    return isinstance(data, (str, os.PathLike))


def _is_builtin(data: Any) -> bool:
    # A file of that name in the working directory is meant before the built-in set.
    return isinstance(data, str) and data in BUILTIN and not Path(data).is_file()
