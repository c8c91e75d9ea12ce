"""
Fragments of a source: parts that are read independently of each other, here or on another machine.

A pass over a source is a task for each fragment; sums of fragments are joined in the order of the fragments,
wherever they were computed (`ordered_map.py`, `summation_tree.py`). So a fragment must pickle, hold no open
file, and hand out the same rows in the same order each time it is read; sizes of its pieces may differ. It
does not say how many rows it has if only reading tells. Errors of readers become errors that name the
fragment, but those of a caller's own function pass.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from xent.errors import DataError, XentError
from xent.streams.frame_fragments import batches_of_frame

__all__ = [
    "CallableFragment",
    "DatasetFragment",
    "Fragment",
    "ParquetFragment",
    "check_once",
    "pieces_of",
    "rows_of_piece",
]

# Rows that a reader of columns hands out at a time; those of a block are chosen in `blocks`.
_ROWS = 1 << 15


class Fragment(Protocol):
    """Part of a source, which pickles, so that any process can read it."""

    @property
    def name(self) -> str:
        """Name for messages: a file, or the place among the batches."""

    @property
    def rows(self) -> int | None:
        """Number of rows; None if only reading tells."""

    def pieces(self, columns: tuple[str, ...]) -> Iterator[Any]:
        """Rows in their order: record batches with these `columns`, or tuples of arrays."""


def pieces_of(fragment: Fragment, columns: tuple[str, ...], *, caller: str) -> Iterator[Any]:
    """
    Pieces of `fragment` with `columns`, in order: record batches, or tuples of arrays as a function returned
    them.

    Errors of the reader (`OSError`, `ValueError`, `LookupError`) become `DataError` that names the fragment;
    those of a caller's own function propagate as they are.
    """
    pieces = iter(fragment.pieces(columns))
    while True:
        try:
            piece = next(pieces, None)
        except XentError:
            raise
        except (OSError, ValueError, LookupError) as error:
            if isinstance(fragment, CallableFragment):
                raise
            reason = (str(error).splitlines() or [type(error).__name__])[0][:120]
            got = f"{fragment.name}, of which the reader says {reason!r}"
            hint = "Where the file is not whole, copy or write it again."
            raise DataError(caller, "source", "stay readable", got=got, hint=hint) from error
        if piece is None:
            return
        yield piece


def check_once(names: Sequence[str], used: Iterable[str], *, place: str = "", caller: str) -> None:
    """
    Raise `DataError` for the first of the columns `used` that `names` has twice.

    In the message `place`, such as " in FILE", follows the column, and `caller` is the function.
    """
    twice = [name for name in used if names.count(name) > 1]
    if twice:
        got = f"{names.count(twice[0])} columns {twice[0]!r}{place}"
        raise DataError(caller, "source", "have one column of each name that is read", got=got)


def rows_of_piece(piece: Any) -> int:
    """
    Number of rows of a piece, a tuple of arrays or a batch of Arrow; a reader may hand out a part of
    them.
    """
    return int(piece.num_rows) if hasattr(piece, "num_rows") else len(piece[0])


@dataclass(frozen=True, slots=True)
class ParquetFragment:
    """
    Consecutive row groups of a Parquet file.

    Parameters
    ----------
    path : str
        The file.
    groups : tuple of int
        Row groups.
    rows : int
        Rows in these.
    filesystem : pyarrow.fs.FileSystem or None
        File system of `path`; None for the local one.
    """

    path: str
    groups: tuple[int, ...]
    rows: int
    filesystem: Any = None

    @property
    def name(self) -> str:
        """The path, with the first row group unless that is the file's first."""
        return self.path if self.groups[0] == 0 else f"{self.path}, from row group {self.groups[0]} on"

    def pieces(self, columns: tuple[str, ...]) -> Iterator[Any]:
        """
        Record batches of at most 32,768 rows with `columns`, of which only a part of a row group is in
        memory.

        Raises the errors of Arrow for a file that is damaged or gone, which `pieces_of` makes `DataError`.
        """
        import pyarrow.parquet as pq

        metadata = _footer(self.path) if self.filesystem is None else None
        opened = self.path if self.filesystem is None else self.filesystem.open_input_file(self.path)
        # Otherwise the reader takes whole column chunks, which a single row group makes as large as a file.
        with pq.ParquetFile(opened, metadata=metadata, pre_buffer=False, buffer_size=1 << 20) as file:
            yield from file.iter_batches(
                _ROWS, row_groups=list(self.groups), columns=list(columns), use_threads=False
            )


def _footer(path: str) -> Any:
    """Metadata of the local Parquet file at `path`, cached until its size or time changes."""
    facts = os.stat(path)  # noqa: PTH116 - paths of pyarrow are text
    return _cached_footer(path, facts.st_size, facts.st_mtime_ns)


@functools.lru_cache(maxsize=64)
def _cached_footer(path: str, size: int, changed: int) -> Any:
    """
    Metadata of the Parquet file at `path`, read once while it has this `size` and time of last change.

    Each row group would parse the footer again. Raises the errors of Arrow for a damaged file.
    """
    del size, changed
    import pyarrow.parquet as pq

    return pq.read_metadata(path)


@dataclass(frozen=True, slots=True)
class DatasetFragment:
    """
    Fragment of a `pyarrow.dataset.Dataset` in any of its formats.

    Parameters
    ----------
    fragment : pyarrow.dataset.Fragment
        The fragment.
    schema : pyarrow.Schema
        Schema of the dataset, whose columns may come from the names of folders.
    name : str
        Its path.
    rows : int or None
        Number of rows, None if only reading tells.
    """

    fragment: Any
    schema: Any
    name: str
    rows: int | None = None

    def pieces(self, columns: tuple[str, ...]) -> Iterator[Any]:
        """
        Record batches of at most 32,768 rows, with `columns` alone, in the order of the fragment.

        Errors of Arrow pass, which `pieces_of` makes `DataError`.
        """
        yield from self.fragment.to_batches(
            schema=self.schema, columns=list(columns), batch_size=_ROWS, batch_readahead=1, use_threads=False
        )


@dataclass(frozen=True, slots=True)
class CallableFragment:
    """
    Function that returns the batches of a fragment, each time from the first one on.

    Parameters
    ----------
    factory : callable
        Returns an iterable of tuples ``(X, y)`` or ``(X, y, weights)``, of record batches, tables or frames.
    name : str
        Name for messages.
    """

    factory: Callable[[], Iterable[Any]]
    name: str = "the batches"

    @property
    def rows(self) -> int | None:
        """None: only reading tells."""
        return None

    def pieces(self, columns: tuple[str, ...]) -> Iterator[Any]:
        """
        Batches of the function, which is called anew: tables and frames as record batches, others as they
        are.

        The former have `columns` alone, in this order; they must come if there are `columns`, and only then.
        Errors of the function pass. Raises `DataError` for a batch of the other kind, one that lacks a
        column or has two of its name, and a frame of pandas that Arrow cannot hold.
        """
        for batch in self.factory():
            table = None if isinstance(batch, tuple) else batches_of_frame(batch)
            absent = [] if table is None else [one for one in columns if one not in table.column_names]
            if absent or (table is None) == bool(columns):
                got = f"one without column {absent[0]!r}" if absent else f"a {type(batch).__name__}"
                rule = "return batches of the kind of the first, with its columns"
                raise DataError("batches", "source", rule, got=f"{got} in {self.name}")
            if table is None:
                yield batch
            else:
                check_once(table.column_names, columns, place=f" in {self.name}", caller="batches")
                yield from table.select(list(columns)).to_batches()
