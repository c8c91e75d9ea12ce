"""Formats and compressions of files, a file of one of them, and the errors of reading it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from xent.errors import DataError

__all__ = [
    "BINARY",
    "COMPRESSIONS",
    "FORMATS",
    "STANDARD_INPUT",
    "TableFile",
    "is_archive_name",
    "named",
    "no_rows",
    "refusal",
]

FORMATS = {
    ".csv": "CSV",
    ".txt": "text",
    ".data": "text",
    ".dat": "text",
    ".tsv": "TSV",
    ".tab": "TSV",
    ".ts": "time series",
    ".parquet": "Parquet",
    ".pq": "Parquet",
    ".feather": "Arrow",
    ".arrow": "Arrow",
    ".ipc": "Arrow",
    ".jsonl": "JSON lines",
    ".ndjson": "JSON lines",
    ".json": "JSON lines",
    ".xlsx": "Excel",
    ".xls": "Excel",
    ".ods": "OpenDocument",
}
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
STANDARD_INPUT = "-"
"""Name that stands for standard input in place of a file's."""
BINARY = frozenset({"Parquet", "Arrow", "Excel", "OpenDocument"})
"""Formats that are not text, whose first bytes tell them."""

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class TableFile:
    """
    A file whose content fits its name: `format` from `FORMATS`, `compression` or None.

    `content` holds the bytes if they are not those of a file: standard input, or text converted to UTF-8.
    `encoding` is that of the text in the file if it is converted as it is read.
    """

    path: Path
    format: str
    compression: str | None
    content: bytes | None = None
    encoding: str | None = None

    @property
    def name(self) -> str:
        """Name of the file without its folder, for messages."""
        return self.path.name

    def stream(self) -> Any:
        """
        The bytes as an arrow stream, from the beginning: decompressed, and in UTF-8 if `encoding` is given.

        Raises `OSError` if the file cannot be opened.
        """
        source = str(self.path) if self.content is None else pa.py_buffer(self.content)
        stream = pa.input_stream(source, compression=self.compression)
        return stream if self.encoding is None else pa.transcoding_input_stream(stream, self.encoding, "utf8")

    def source(self) -> Any:
        """The path, or a reader of `content`, for readers of columnar files and spreadsheets."""
        return str(self.path) if self.content is None else pa.BufferReader(self.content)

    def with_text(self, content: bytes) -> TableFile:
        """
        New `TableFile` of the same path and format with `content`, UTF-8 text, in place of the old bytes.

        It is neither compressed nor converted as it is read.
        """
        return replace(self, content=content, compression=None, encoding=None)

    def blocks(self) -> Iterator[bytes]:
        """The bytes of `stream`, about a megabyte at a time; none for an empty file."""
        with self.stream() as stream:
            while block := stream.read(_BLOCK):
                yield block

    def text(self) -> io.TextIOWrapper:
        """
        The decompressed text with its line ends, from the beginning, without a byte order mark.

        Bytes that are not UTF-8 read as U+FFFD.
        """
        return io.TextIOWrapper(self.stream(), encoding="utf-8-sig", errors="replace", newline="")


def refusal(rule: str, *, got: str, hint: str = "") -> DataError:
    """`DataError` of `read_table`, not raised: `data` must `rule`, but was `got`; `hint` is advice, or ""."""
    return DataError("read_table", "data", rule, got=got, hint=hint)


def no_rows(file: TableFile) -> DataError:
    """`DataError`, not raised, for a file with a header and no rows."""
    return refusal("have rows", got=f"{file.name}, which has a header and nothing below it")


def is_archive_name(path: Path) -> bool:
    """
    True if the name of `path`, up to its first dot, ends in ``_TRAIN`` or ``_TEST``, in any case.

    Files of the UCR archive have such names, as ``GunPoint_TRAIN.ts``.
    """
    return re.fullmatch(r".+_(?:TRAIN|TEST)", path.name.split(".")[0], re.IGNORECASE) is not None


def named(kind: str) -> str:
    """Format with its article: ``"a CSV file"``, ``"an Arrow file"``."""
    article = "an" if kind in {"Arrow", "Excel", "HDF5", "OpenDocument", "SQLite", "xz"} else "a"
    return f"{article} {kind} file"
