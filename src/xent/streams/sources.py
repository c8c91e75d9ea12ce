"""Source of rows in batches: its fragments, its columns, and marks by which a change of it is noticed."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xent.errors import DataError
from xent.streams.file_marks import local_mark, opened, remote_marks
from xent.streams.fragments import (
    CallableFragment,
    DatasetFragment,
    Fragment,
    ParquetFragment,
)
from xent.streams.frame_fragments import batches_of_frame, lazy_fragments, partition_fragments

__all__ = ["Source", "files_of", "source_of", "without_secrets"]

CsvRules = tuple[Sequence[str], Sequence[str]]

# Rows of a fragment, if its row groups allow: enough that a task costs more than its dispatch.
_FRAGMENT_ROWS = 1 << 18
_ENDINGS = {".parquet": "parquet", ".pq": "parquet", ".feather": "feather", ".arrow": "ipc", ".ipc": "ipc",
            ".csv": "csv"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """
    Rows that can be read again and again.

    Parameters
    ----------
    fragments : tuple of Fragment
        Parts, in the order of the data.
    columns : tuple of str or None
        Names of the columns; None for tuples of arrays.
    files : tuple of str
        Files, whose size and footer, or elsewhere size and time, are compared before each pass.
    name : str
        Name for messages.
    filesystem : pyarrow.fs.FileSystem or None
        File system of `files`; None for the local one.
    """

    fragments: tuple[Fragment, ...]
    columns: tuple[str, ...] | None
    files: tuple[str, ...] = ()
    name: str = "the batches"
    filesystem: Any = None

    def marks(self, *, caller: str) -> dict[str, str]:
        """
        Mark of each file, a text by its path, by which a change of the file is noticed.

        It has the size, and a digest of the Parquet footer or the last bytes; where `filesystem` is given,
        size and time. Raises `DataError` for a file that is gone or cannot be read.
        """
        if self.filesystem is not None:
            return remote_marks(self.filesystem, self.files, caller=caller)
        return {path: local_mark(path, caller=caller) for path in self.files}


def source_of(data: Any, *, caller: str, null_values: Sequence[str] = (), text: Sequence[str] = ()) -> Source:
    """
    Source of `data`.

    Parameters
    ----------
    data : str, Path, pyarrow.dataset.Dataset, polars or Dask frame, callable or sequence of callables
        File, folder or pattern of files (Parquet, Arrow, CSV), URL of a file system that pyarrow knows, a
        dataset, a frame, or a function that returns an iterable of batches. A sequence of such functions are
        fragments, in their order, which an executor can read at the same time.
    null_values : sequence of str, default ()
        Words for a missing cell in CSV files, beside the empty one; ignored for URLs and datasets.
    text : sequence of str, default ()
        Columns of CSV files that stay text, even if they read as numbers; ignored for URLs and datasets.

    Returns
    -------
    Source
        Source whose fragments are runs of row groups of Parquet, of at most 262,144 rows or one larger group;
        whole files of other formats, and Parquet files whose folders name columns; slices of 262,144 rows of
        a frame of polars; partitions of one of Dask; or functions.

    Raises
    ------
    DataError
        If `data` is none of these, there are no files, files are of several kinds, one cannot be read, a name
        of a column of Dask is not text, or the first function returns no batch, or one that is neither a
        tuple of two or three arrays nor a table.

    Notes
    -----
    Footers of Parquet files are read, rows of a frame of polars counted, which computes it, and the first
    batch of the first function is made.
    """
    if isinstance(data, str | os.PathLike):
        return _of_path(os.fspath(data), caller, (null_values, text))
    if hasattr(data, "get_fragments"):
        return _of_dataset(data, caller)
    if hasattr(data, "collect_schema"):
        # A frame of polars that is not lazy has a schema to collect too.
        return Source(*lazy_fragments(data.lazy(), _FRAGMENT_ROWS), name="the lazy frame")
    if hasattr(data, "npartitions") and hasattr(data, "partitions"):
        return Source(*partition_fragments(data, caller=caller), name="the frame")
    if callable(data):
        return _of_functions([data], caller)
    if isinstance(data, Sequence) and data and all(map(callable, data)):
        return _of_functions(data, caller)
    rule = "be a file, a folder, a dataset, a frame of polars or Dask, or a function that returns batches"
    got, hint = (
        f"an object of type {type(data).__name__}",
        "An iterator can be read once only: give the function that makes it.",
    )
    raise DataError(caller, "source", rule, got=got, hint=hint)


def _of_path(path: str, caller: str, csv_rules: CsvRules) -> Source:
    """
    Source of a file, a folder, a pattern of files or a URL; footers of local Parquet files are read.

    Folders of names such as ``year=2024`` below a folder or URL give columns. `csv_rules` are the words for a
    missing cell in CSV, beside the empty one, and the columns that stay text; a URL ignores them. Raises
    `DataError` if there is no such file, files are of several or unknown kinds, one has a name that cannot be
    printed, or one cannot be read.
    """
    from pyarrow import dataset

    if "://" in path:
        found = opened(dataset.dataset, path, partitioning="hive", caller=caller)
        return _of_dataset(found, caller, name=without_secrets(path))
    # The empty path would be the current folder.
    files = files_of(path) if path else []
    if not files:
        got = f"the folder {path!r}, which holds none" if path and os.path.isdir(path) else repr(path)  # noqa: PTH112 - same
        raise DataError(caller, "source", "be a file, or a folder or pattern of files", got=got)
    kinds = _kinds_of(files, caller)
    for file in files:
        # A damaged file in the middle of a folder is found before hours of work, not after.
        opened(lambda one=file: _checked(one, kinds), caller=caller)
    base = path if Path(path).is_dir() else None
    partitioned = dataset.partitioning(flavor="hive") if base else None
    found = opened(
        dataset.dataset,
        files,
        format=_format(str(kinds.pop()), csv_rules),
        partitioning=partitioned,
        partition_base_dir=base,
        caller=caller,
    )
    return _of_dataset(found, caller, name=path)


def _kinds_of(files: Sequence[str], caller: str) -> set[str]:
    """
    Kind of `files` ("parquet", "feather", "ipc" or "csv"), by their endings, as a set of one.

    Raises `DataError` unless all have endings of the same known kind, and names that can be printed.
    """
    for file in files:
        if not file.isprintable():
            hint = "Rename it: the reader of batches takes no other names."
            raise DataError(caller, "source", "have names of printable UTF-8", got=repr(file), hint=hint)
    kinds = {_ENDINGS.get(Path(file).suffix.lower()) for file in files}
    if None in kinds or len(kinds) > 1:
        names = sorted({Path(file).suffix for file in files})
        rule = "consist of Parquet, Arrow or CSV files, all of one kind"
        raise DataError(caller, "source", rule, got=f"files that end in {', '.join(names)}")
    return {str(kind) for kind in kinds}


def _format(kind: str, csv_rules: CsvRules) -> Any:
    """
    Format for the datasets of Arrow: `kind`, or for "csv" one with the words for missing cells and columns of
    text.

    `csv_rules` is the pair of both, the words beside the empty cell; other kinds ignore it.
    """
    if kind != "csv":
        return kind
    import pyarrow as pa
    from pyarrow import csv, dataset

    null_values, text = csv_rules
    options = csv.ConvertOptions(
        null_values=["", *null_values],
        strings_can_be_null=True,
        column_types=dict.fromkeys(text, pa.string()),
    )
    return dataset.CsvFileFormat(convert_options=options)


def _checked(file: str, kinds: set[str]) -> None:
    """
    Read the footer of `file` if it is Parquet; raises `OSError` that names the file if it is damaged.

    `kinds` holds the one kind of all files: files of others than "parquet" are not read.
    """
    if kinds == {"parquet"}:
        import pyarrow.parquet as pq

        try:
            pq.read_metadata(file)
        except (OSError, ValueError) as error:
            raise OSError(f"{file}: {error}") from error


def files_of(path: str | os.PathLike[str]) -> list[str]:
    """
    Files that `path`, a file, a folder or a pattern, stands for, sorted; empty if there is none.

    Of a folder they are all files at any depth, without those that have a name beginning with "." or "_" on
    their path below it. In a pattern ``**`` matches folders at any depth.
    """
    path = os.fspath(path)
    if os.path.isdir(path):  # noqa: PTH112 - never raises, however long the name is
        found = [str(each) for each in Path(path).rglob("*") if each.is_file()]
        hidden = [f for f in found if any(p[:1] in "._" for p in Path(f).relative_to(path).parts)]
        return sorted(set(found) - set(hidden))
    if os.path.isfile(path):  # noqa: PTH113 - same
        return [path]
    return sorted(file for file in glob.glob(path, recursive=True) if Path(file).is_file())  # noqa: PTH207 - patterns may be absolute


def _of_dataset(data: Any, caller: str, name: str = "the dataset") -> Source:
    """
    Source of a `pyarrow.dataset.Dataset`, whose Parquet files are split into runs of row groups.

    A run has at most 262,144 rows, or one larger group. Fragments of other kinds, and Parquet files of a
    partitioned dataset, are read whole, each as one fragment. `name` stands for a fragment without a path.
    Raises `DataError` if a file cannot be read.
    """
    fragments: list[Fragment] = []
    files = []
    for each in data.get_fragments():
        path = getattr(each, "path", "") or name
        is_local = type(getattr(each, "filesystem", None)).__name__ == "LocalFileSystem"
        has_path = hasattr(data, "filesystem") and hasattr(each, "path")
        is_file = Path(path).is_file() if is_local else has_path
        files += [path] if is_file else []
        kind = type(each).__name__
        if kind == "ParquetFileFragment" and str(each.partition_expression) in {"true", "(true)"}:
            filesystem = None if is_local else each.filesystem
            fragments += opened(_runs, each, path, filesystem, caller=caller)
        else:
            count = opened(each.count_rows, caller=caller) if kind == "ParquetFileFragment" else None
            fragments.append(DatasetFragment(each, data.schema, path, count))
    # All files of a dataset of files are in one file system.
    filesystem = getattr(data, "filesystem", None) if files else None
    filesystem = None if type(filesystem).__name__ == "LocalFileSystem" else filesystem
    return Source(tuple(fragments), tuple(data.schema.names), tuple(files), name, filesystem)


def _runs(fragment: Any, path: str, filesystem: Any) -> list[Fragment]:
    """
    Runs of consecutive row groups of a Parquet `fragment`, a `ParquetFragment` each; none without groups.

    A run has at most 262,144 rows, or one larger group. The runs depend on the row groups of the fragment
    alone. Its footer may be read here; errors of Arrow and of the system pass. A `filesystem` of None is the
    local one.
    """
    runs: list[Fragment] = []
    groups: list[int] = []
    rows = 0
    for each in fragment.row_groups:
        if groups and rows + each.num_rows > _FRAGMENT_ROWS:
            runs.append(ParquetFragment(path, tuple(groups), rows, filesystem))
            groups, rows = [], 0
        groups.append(each.id)
        rows += each.num_rows
    return [*runs, ParquetFragment(path, tuple(groups), rows, filesystem)] if groups else runs


def _of_functions(functions: Sequence[Any], caller: str) -> Source:
    """
    Source of functions that return batches, each a fragment; the first batch of the first is made to see its
    columns.

    Its columns are None for tuples of arrays. Raises `DataError` if there is no batch, it is neither a tuple
    of two or three arrays nor a table, or it is a frame of pandas that Arrow cannot hold; errors of the
    function pass.
    """
    first = next(iter(functions[0]()), None)
    if first is None:
        raise DataError(caller, "source", "return batches of rows", got="none")
    columns = None
    if not (isinstance(first, tuple) and len(first) in {2, 3}):
        batches = batches_of_frame(first)
        if batches is None:
            rule = "return tuples (X, y) or (X, y, weights), record batches or data frames"
            raise DataError(caller, "source", rule, got=f"a batch of type {type(first).__name__}")
        columns = tuple(batches.column_names)
    if len(functions) == 1:
        return Source((CallableFragment(functions[0]),), columns)
    named = [CallableFragment(each, f"part {place} of the batches") for place, each in enumerate(functions)]
    return Source(tuple(named), columns)


def without_secrets(url: str) -> str:
    """`url` without the keys of an account, which it may hold, and without options."""
    scheme, _, rest = url.partition("://")
    place = rest.partition("?")[0]
    return f"{scheme}://{place.rpartition('@')[2]}"
