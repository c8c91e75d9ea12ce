"""How a file holds its table: told by its name, checked against its first bytes."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from xent.data.near_names import near_names
from xent.errors import DataError

__all__ = ["COMPRESSIONS", "FORMATS", "TableFile", "named", "no_rows", "refusal", "table_file"]

FORMATS = {
    ".csv": "CSV",
    ".txt": "CSV",
    ".tsv": "TSV",
    ".tab": "TSV",
    ".parquet": "Parquet",
    ".pq": "Parquet",
    ".feather": "Arrow",
    ".arrow": "Arrow",
    ".ipc": "Arrow",
    ".jsonl": "JSON lines",
    ".ndjson": "JSON lines",
    ".json": "JSON lines",
}
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
_BLOCK = 1 << 20
_LONGEST_PATH = 200
# What the first bytes say a file is, and the ending that such a file should have, if xent reads it.
_SIGNATURES = (
    (b"PAR1", "Parquet", ".parquet"),
    (b"ARROW1", "Arrow", ".arrow"),
    (b"\xff\xff\xff\xff", "Arrow", ".arrow"),
    (b"\x1f\x8b", "gzip", ".gz"),
    (b"\x28\xb5\x2f\xfd", "zstd", ".zst"),
    (b"PK\x03\x04", "ZIP or Excel", ""),
    (b"\xd0\xcf\x11\xe0", "Excel", ""),
    (b"SQLite format 3", "SQLite", ""),
    (b"\x89HDF", "HDF5", ""),
    (b"BZh", "bzip2", ""),
    (b"\xfd7zXZ", "xz", ""),
    (b"%PDF", "PDF", ""),
)


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file that is there and is what its name says: `format` of `FORMATS`, compression or None."""

    path: Path
    format: str
    compression: str | None

    @property
    def name(self) -> str:
        """Its name without the folder, as messages have it."""
        return self.path.name

    def stream(self) -> Any:
        """The decompressed bytes as an arrow stream, from the beginning."""
        return pa.input_stream(str(self.path), compression=self.compression)

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
    """The error for a file with names and nothing else."""
    return refusal("have rows", got=f"{file.name}, which has a header and nothing below it")


def table_file(data: str | os.PathLike[str]) -> TableFile:
    """The file that `data` names, or the reason why it cannot be read as a table."""
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
    file = TableFile(path, FORMATS.get(inner[-1], "") if inner else "", compression)
    _check_signature(file, first)
    return file


def _path(data: str | os.PathLike[str], typed: str) -> Path:
    """The path, where the libraries that read tables can open a file of that name."""
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
    if "://" in typed:
        hint = "Download it first, then give the file's name."
        raise refusal("be a file on this machine", got=f"the address {typed}", hint=hint)
    if path.is_dir():
        inside = sorted(each.name for each in path.iterdir() if FORMATS.keys() & set(each.suffixes))
        hint = f"Name one of its files. {near_names(path.name, inside, what='tables in it')}".strip()
        raise refusal("be a file", got=f"the folder {typed}", hint=hint)
    if not path.parent.is_dir():
        raise refusal("be a file that exists", got=f"{typed}, whose folder does not exist")
    if not path.exists():
        around = sorted(each.name for each in path.parent.iterdir() if not each.name.startswith("."))
        hint = near_names(path.name, around, what="files there")
        raise refusal("be a file that exists", got=f"{typed}, which does not exist", hint=hint)
    if not path.is_file():
        hint = "Save what it gives to a file first."
        raise refusal("be a file", got=f"{typed}, which is a pipe or a device", hint=hint)


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(64)


def _check_signature(file: TableFile, first: bytes) -> None:
    found = next(((kind, ending) for mark, kind, ending in _SIGNATURES if first.startswith(mark)), None)
    columnar = file.format in {"Parquet", "Arrow"}
    expected = file.compression or (file.format if columnar else None)
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
    """The kind of a file with its article."""
    article = "an" if kind in {"Arrow", "Excel", "HDF5", "SQLite", "xz"} else "a"
    return f"{article} {kind} file"
