"""Writing a table to a file that appears whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xent.errors import OutputError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["write_table"]

_KINDS = {".csv": "csv", ".parquet": "parquet"}


def write_table(table: pa.Table, out: Any, kind: str | None = None) -> None:
    """
    Write `table` to a path, as its ending says, or to an open binary stream as `kind`.

    Parameters
    ----------
    table : pyarrow.Table
        What to write.
    out : Path or binary stream
        A path that ends in .csv or .parquet; the file is written beside it and renamed, so an
        earlier one stays whole until then.
    kind : {"csv", "parquet"}, optional
        Obligatory for a stream.

    Raises
    ------
    OutputError
        If the ending is another, or the file cannot be written.
    """
    if not isinstance(out, Path):
        _write(table, out, kind)
        return
    kind = _KINDS.get(out.suffix.lower())
    if kind is None:
        raise OutputError("write_table", "out", "end in .csv or .parquet", got=f"'{out}'")
    try:
        handle, made = tempfile.mkstemp(prefix=f".{out.name}.", suffix=".part", dir=out.parent)
        with os.fdopen(handle, "wb") as stream:
            _write(table, stream, kind)
        Path(made).chmod(0o644)
        Path(made).replace(out)
    except OSError as error:
        with contextlib.suppress(OSError, UnboundLocalError):
            Path(made).unlink()
        reason = error.strerror or str(error)
        raise OutputError(
            "write_table", "out", "be a file that can be written", got=f"'{out}' ({reason})"
        ) from error


def _write(table: pa.Table, stream: Any, kind: str | None) -> None:
    if kind == "parquet":
        import pyarrow.parquet

        pyarrow.parquet.write_table(table, stream)
    else:
        import pyarrow.csv

        pyarrow.csv.write_csv(table, stream)
