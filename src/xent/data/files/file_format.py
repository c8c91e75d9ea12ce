"""Format and compression of a file: told by its name, checked against its first bytes."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from xent.data.files.standard_input import standard_input
from xent.errors import DataError
from xent.near_names import files_in, near_names

__all__ = [
    "COMPRESSIONS",
    "FORMATS",
    "STANDARD_INPUT",
    "TableFile",
    "is_archive_name",
    "named",
    "no_rows",
    "refusal",
    "table_file",
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


_BINARY = frozenset({"Parquet", "Arrow", "Excel", "OpenDocument"})
_BLOCK = 1 << 20
_LONGEST_PATH = 200
# First bytes, name of the format, and the ending of such files; the ending is "" if xent does not read them.
_SIGNATURES = (
    (b"PAR1", "Parquet", ".parquet"),
    (b"ARROW1", "Arrow", ".arrow"),
    (b"\xff\xff\xff\xff", "Arrow", ".arrow"),
    (b"\x1f\x8b", "gzip", ".gz"),
    (b"\x28\xb5\x2f\xfd", "zstd", ".zst"),
    (b"PK\x03\x04", "ZIP or Excel", ""),
    (b"\xd0\xcf\x11\xe0", "Excel", ".xls"),
    (b"SQLite format 3", "SQLite", ""),
    (b"\x89HDF", "HDF5", ""),
    (b"BZh", "bzip2", ""),
    (b"\xfd7zXZ", "xz", ""),
    (b"%PDF", "PDF", ""),
)


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
        """The decompressed bytes as an arrow stream, from the beginning."""
        source = str(self.path) if self.content is None else pa.py_buffer(self.content)
        stream = pa.input_stream(source, compression=self.compression)
        return stream if self.encoding is None else pa.transcoding_input_stream(stream, self.encoding, "utf8")

    def source(self) -> Any:
        """The path, or a reader of `content`, for readers of columnar files and spreadsheets."""
        return str(self.path) if self.content is None else pa.BufferReader(self.content)

    def with_text(self, content: bytes) -> TableFile:
        """The same file with other `content`, uncompressed."""
        return replace(self, content=content, compression=None, encoding=None)

    def blocks(self) -> Iterator[bytes]:
        """The decompressed bytes, about a megabyte at a time."""
        with self.stream() as stream:
            while block := stream.read(_BLOCK):
                yield block

    def text(self) -> io.TextIOWrapper:
        """The decompressed text with its line ends; bytes that are not UTF-8 read as U+FFFD."""
        return io.TextIOWrapper(self.stream(), encoding="utf-8-sig", errors="replace", newline="")


def refusal(rule: str, *, got: str, hint: str = "") -> DataError:
    """The error of `read_table`, from its parts."""
    return DataError("read_table", "data", rule, got=got, hint=hint)


def no_rows(file: TableFile) -> DataError:
    """The error for a file with a header and no rows."""
    return refusal("have rows", got=f"{file.name}, which has a header and nothing below it")


def is_archive_name(path: Path) -> bool:
    """True for a name as files of the UCR archive have: ``GunPoint_TRAIN``, with any or no ending."""
    return re.fullmatch(r".+_(?:TRAIN|TEST)", path.name.split(".")[0], re.IGNORECASE) is not None


def table_file(data: str | os.PathLike[str]) -> TableFile:
    """
    The file that `data` names, or standard input for ``"-"``.

    Raises `DataError` with the reason if it cannot hold a table.
    """
    if str(data) == STANDARD_INPUT:
        return _from_standard_input()
    typed = _shortened(str(data))
    path = _path(data, typed)
    try:
        _check_is_there(path, typed)
        first = _first_bytes(path)
    except OSError as error:
        fact = f"{_shortened(path.name)}, and the system says {(error.strerror or 'no').lower()!r}"
        raise refusal("be a file that may be read", got=fact, hint=_cure(error)) from error
    if not first:
        raise refusal("hold a table", got=f"{path.name}, which is empty")
    endings = [ending.lower() for ending in path.suffixes]
    compression = COMPRESSIONS.get(endings[-1]) if endings else None
    inner = endings[:-1] if compression else endings
    format_ = FORMATS.get(inner[-1], "") if inner else ""
    # Older files of the UCR archive have no ending.
    format_ = "text" if not inner and is_archive_name(path) else format_
    file = TableFile(path, format_, compression)
    if file.format == "text":
        return _told_by_content(file, first)
    _check_signature(file, first)
    return file


def _from_standard_input() -> TableFile:
    content = standard_input()
    file = TableFile(Path("standard input"), "text", None, content)
    if not content:
        raise refusal("hold a table", got=f"{file.name}, which is empty")
    return _told_by_content(file, content[:64])


def _told_by_content(file: TableFile, first: bytes) -> TableFile:
    """
    `file`, of format "text" by its name or for want of one, with what its `first` bytes tell.

    Bytes of a compression set the compression, and the format stays "text"; those of a columnar file or a
    spreadsheet set the format, "Excel" for OpenDocument too. Raises `DataError` for any other signature, and
    for a file that is not compressed as its name says.
    """
    kind, _ = _signature(first) or ("text", "")
    if file.compression is None and kind in COMPRESSIONS.values():
        return replace(file, compression=kind)
    # The reader of Excel files reads OpenDocument files as well.
    kind = "Excel" if kind == "ZIP or Excel" else kind
    if kind != (file.compression or "text") and (file.compression or kind not in _BINARY):
        hint = "Export the table as CSV or Parquet."
        raise refusal("hold a table", got=f"{file.name}, which holds {named(kind)}", hint=hint)
    return file if file.compression else replace(file, format=kind)


def _path(data: str | os.PathLike[str], typed: str) -> Path:
    """Path of `data`; raises `DataError` for a name that readers cannot open: empty, with NUL, not UTF-8."""
    name = str(data)
    if not name:
        raise refusal("be the name of a file", got="an empty name")
    if "\0" in name:
        raise refusal("be the name of a file", got=f"{typed}, which holds a NUL")
    try:
        name.encode()
    except UnicodeEncodeError:
        hint = "Rename the file."
        raise refusal("be a name in UTF-8", got=f"{os.fsencode(name)!r}", hint=hint) from None
    return Path(data).expanduser()


def _shortened(typed: str) -> str:
    return typed if len(typed) <= _LONGEST_PATH else f"{typed[:_LONGEST_PATH]}…"


def _cure(error: OSError) -> str:
    return "Check its permissions." if isinstance(error, PermissionError) else ""


def _check_is_there(path: Path, typed: str) -> None:
    """Raise `DataError` unless `path` is a regular file; `typed` is the name in the message."""
    if "://" in typed:
        hint = "Download it first, then give the file's name."
        raise refusal("be a file on this machine", got=f"the address {typed}", hint=hint)
    if path.is_dir():
        inside = sorted(each.name for each in path.iterdir() if FORMATS.keys() & set(each.suffixes))
        hint = f"Name one of its files. {near_names(path.name, inside, what='tables in it')}".strip()
        raise refusal("be a file, or a folder of WFDB records", got=f"the folder {typed}", hint=hint)
    if not path.parent.is_dir():
        raise refusal("be a file that exists", got=f"{typed}, whose folder does not exist")
    if not path.exists():
        around = files_in(path.parent)
        hint = near_names(path.name, around, what="files there")
        raise refusal("be a file that exists", got=f"{typed}, which does not exist", hint=hint)
    if not path.is_file():
        hint = "Save what it gives to a file first."
        raise refusal("be a file", got=f"{typed}, which is a pipe or a device", hint=hint)


def _first_bytes(path: Path) -> bytes:
    """First 64 bytes, or all of a shorter file."""
    with path.open("rb") as file:
        return file.read(64)


def _signature(first: bytes) -> tuple[str, str] | None:
    """Format and usual ending that the first bytes of a file tell; None for text."""
    return next(((kind, ending) for mark, kind, ending in _SIGNATURES if first.startswith(mark)), None)


def _check_signature(file: TableFile, first: bytes) -> None:
    """
    Raise `DataError` unless the `first` bytes fit the format and compression that the name tells.

    The error is raised also for an unknown ending, and for a columnar file or spreadsheet within a
    compression.
    """
    found = _signature(first)
    columnar = file.format in _BINARY
    expected = file.compression or (file.format if columnar else None)
    if expected in {"Excel", "OpenDocument"} and found is not None and found[0] in {"ZIP or Excel", "Excel"}:
        return
    if found is not None and found[0] != expected:
        rule = (
            f"be {named(expected or file.format)}, as its name says" if file.format else "have a known ending"
        )
        fact = f"{file.name}, which holds {named(found[0])}"
        raise refusal(rule, got=fact, hint=_renamed(file, found[1]))
    if not file.format:
        hint = f"Known endings are {', '.join(FORMATS)}; text may be compressed, {' or '.join(COMPRESSIONS)}."
        raise refusal("have a known ending", got=file.name, hint=hint)
    if file.compression and columnar:
        hint = "Decompress it first; the format compresses its columns by itself."
        raise refusal(f"be {named(file.format)} without compression around it", got=file.name, hint=hint)
    if found is None and expected is not None:
        raise refusal(f"be {named(expected)}, as its name says", got=f"{file.name}, which is not one")


def _renamed(file: TableFile, ending: str) -> str:
    if not ending:
        return "Export the table as CSV or Parquet."
    path = file.path.with_suffix("") if file.compression else file.path
    return f"Rename it to {path.name + ending if ending in COMPRESSIONS else path.with_suffix(ending).name}."


def named(kind: str) -> str:
    """Format with its article: ``"a CSV file"``, ``"an Arrow file"``."""
    article = "an" if kind in {"Arrow", "Excel", "HDF5", "OpenDocument", "SQLite", "xz"} else "a"
    return f"{article} {kind} file"
