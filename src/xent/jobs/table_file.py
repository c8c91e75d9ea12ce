"""Prediction files, which appear whole or not at all."""

from __future__ import annotations

import csv
import errno
import itertools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xent.drawing.short_text import short
from xent.errors import DomainError, OutputError
from xent.jobs.interruptions import uninterrupted
from xent.jobs.leftovers import sweep
from xent.streams.unfinished import Unfinished

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["check_table_place", "write_table", "write_tables"]

_KINDS = {".csv": "csv", ".parquet": "parquet"}
# Columns that say where a row is from.
_PLACES = {"patient", "record", "second"}
_LONGEST_PATH = 200
# Most characters that are read of the first line of a file; class names hardly make it longer.
_LONGEST_HEADER = 1 << 20


def check_table_place(out: Path, *, reads: Sequence[Path] = ()) -> None:
    """
    Check that predictions may be written to `out`.

    Parameters
    ----------
    out : Path
        A path that ends in .csv or .parquet. An existing file must hold earlier predictions: columns ``row``
        and ``predicted``, then ``p_CLASS`` alone; ``patient``, ``record`` and ``second`` may stand among
        them. A link without a target passes.
    reads : sequence of Path, default ()
        Files that are read, which must not be `out`.

    Raises
    ------
    OutputError
        If `out` has another ending, is one of `reads`, holds anything else, or its folder does not exist.
    """
    _kind(out)
    if "\0" in str(out):
        raise _refusal("be the name of a file", f"{str(out)!r}, which holds a NUL")
    try:
        fault = _fault(out, reads)
    except OSError as error:
        raise _as_output_error(error, out) from error
    if fault is not None:
        raise fault


def write_table(table: pa.Table, out: Any, kind: str | None = None) -> None:
    """
    Write `table` to a path, as its ending says, or to an open binary stream as `kind`.

    Parameters
    ----------
    table : pyarrow.Table
        The predictions.
    out : Path or binary stream
        A path that ends in .csv or .parquet; the file is written beside it and renamed, so an
        earlier one stays whole until then. A link stays, and the file that it points to is replaced.
    kind : {"csv", "parquet"}, optional
        Format for a stream, CSV if None; ignored for a path.

    Raises
    ------
    OutputError
        If a path has another ending, or cannot be written.
    DomainError
        If `out` is a stream and `kind` another format.
    """
    write_tables(iter([table]), out, kind)


def write_tables(tables: Iterator[pa.Table], out: Any, kind: str | None = None) -> None:
    """
    Write `tables` of one schema, at least one, below each other, each freed once it is written.

    A `Path` appears whole or not at all, as CSV or Parquet by its ending, whatever `kind`; an existing file
    is replaced without a check. Any other `out` is an open binary stream, which gets Parquet for the `kind`
    "parquet", CSV for "csv" and None, and stays open. Raises `DomainError` for a stream and another `kind`,
    `OutputError` if a path has another ending or cannot be written; errors of a stream pass, and those of
    `tables`.
    """
    if not isinstance(out, Path):
        if kind not in {None, *_KINDS.values()}:
            raise DomainError("write_table", "kind", "be 'csv' or 'parquet'", got=repr(kind))
        _write(tables, out, kind)
        return
    kind = _kind(out)
    try:
        _write_whole(tables, Path(os.path.realpath(out)), kind)
    except OSError as error:
        raise _as_output_error(error, out) from error


def _fault(out: Path, reads: Sequence[Path]) -> OutputError | None:
    """
    Error that forbids to write to `out`, returned, not raised; None if there is none.

    A file that is one of `reads`, and an existing file that does not hold earlier predictions by its columns,
    are not overwritten; the ending of `out` is not judged. Raises `OSError` if the folder of `out` is
    missing, or an existing file cannot be read.
    """
    if not out.parent.is_dir():
        raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))
    if any(os.path.exists(each) and os.path.exists(out) and out.samefile(each) for each in reads):  # noqa: PTH110 - never raises
        return _refusal("be another file than those that are read", f"'{out}', which is one of them")
    if os.path.lexists(out) and not _holds_predictions(out):
        hint = "Name another file with --out, or remove that one."
        return _refusal(
            "be a new file, or one of earlier predictions", f"'{out}', which holds something else", hint
        )
    return None


def _write_whole(tables: Iterator[pa.Table], out: Path, kind: str) -> None:
    """
    Write `out` whole or not at all, as Parquet for the `kind` "parquet", else CSV.

    The rows are written to a hidden file beside it, which then replaces `out`; an error or interruption
    leaves an earlier file as it was. The new file gets the permissions of one that it replaces. Leftovers of
    killed runs in the folder are removed before. Raises `OSError` if it cannot be written, and
    `StopIteration` without a table; errors of `tables` pass.
    """
    made = None
    try:
        with uninterrupted():
            sweep(out.parent)
            made = Unfinished.beside(out, directory=False)
        with made.path.open("wb") as stream:
            _write(tables, stream, kind)
        if out.exists():
            made.path.chmod(out.stat().st_mode & 0o777)
        made.path.replace(out)
    finally:
        with uninterrupted():
            if made is not None:
                made.discard()


def _kind(out: Path) -> str:
    """Format, "csv" or "parquet", by the ending of `out` in any case; `OutputError` for another ending."""
    kind = _KINDS.get(out.suffix.lower())
    if kind is None:
        raise _refusal("end in .csv or .parquet", f"'{short(str(out), _LONGEST_PATH)}'")
    return kind


def _holds_predictions(file: Path) -> bool:
    if not file.is_file():
        # A link without a target: the file that the link names will be new.
        return file.is_symlink() and not file.exists()
    names = [name for name in _column_names(file) if name not in _PLACES]
    return names[:2] == ["row", "predicted"] and all(name.startswith("p_") for name in names[2:])


def _column_names(file: Path) -> list[str]:
    """
    Names of the columns in a file, Parquet by its suffix ".parquet", else CSV; an empty list if it cannot be
    read as that.

    Those of CSV are the cells of the first line, of UTF-8, of which at most 2**20 characters are read. Raises
    `OSError` if the file cannot be read.
    """
    import pyarrow as pa
    import pyarrow.parquet

    try:
        if file.suffix.lower() == ".parquet":
            return list(pyarrow.parquet.read_schema(file).names)
        with file.open(encoding="utf-8", newline="") as stream:
            return next(csv.reader([stream.readline(_LONGEST_HEADER)]), [])
    except (pa.ArrowException, csv.Error, UnicodeDecodeError):
        return []


def _write(tables: Iterator[pa.Table], stream: Any, kind: str | None) -> None:
    """
    Write `tables`, all of one schema, below each other to the binary `stream`, which stays open.

    The format is Parquet for a `kind` of "parquet", CSV for any other and None. Without a table
    `StopIteration` is raised; errors of `tables` and `stream` pass.
    """
    import pyarrow.csv
    import pyarrow.parquet

    first = next(tables)
    writer = pyarrow.parquet.ParquetWriter if kind == "parquet" else pyarrow.csv.CSVWriter
    with writer(stream, first.schema) as file:
        for table in itertools.chain([first], tables):
            file.write_table(table)


def _refusal(rule: str, got: str, hint: str = "") -> OutputError:
    return OutputError("write_table", "out", rule, got=got, hint=hint)


def _as_output_error(error: OSError, out: Path) -> OSError:
    if isinstance(error, OutputError):
        return error
    reason = (error.strerror or str(error)).lower()
    return _refusal("be a file that can be written", f"'{short(str(out), _LONGEST_PATH)}' ({reason})")
