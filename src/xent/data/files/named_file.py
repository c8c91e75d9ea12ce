"""File that a name stands for, checked to be there and to hold what its name says."""

from __future__ import annotations

import os
from pathlib import Path

from xent.data.files.file_format import (
    COMPRESSIONS,
    FORMATS,
    STANDARD_INPUT,
    TableFile,
    is_archive_name,
    refusal,
)
from xent.data.files.file_signature import check_signature, told_by_content
from xent.data.files.standard_input import standard_input
from xent.near_names import files_in, near_names

__all__ = ["table_file"]

_LONGEST_PATH = 200


def table_file(data: str | os.PathLike[str]) -> TableFile:
    """
    The file that `data` names, or standard input for ``"-"``, with format and compression.

    The ending tells the format, or for .txt, .data and .dat, standard input, and old files of the UCR
    archive, which have none, the first bytes; ``.gz`` or ``.zst`` behind it tells the compression. ``~`` is
    expanded. Raises `DataError` if it is not a regular file that exists and may be read, is empty, has an
    unknown ending, or does not begin as a file of its ending does.
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
        return told_by_content(file, first)
    check_signature(file, first)
    return file


def _from_standard_input() -> TableFile:
    """
    Standard input, read whole, as a file of text, a columnar file or a spreadsheet, as its first bytes tell.

    Text may be compressed. Raises `DataError` if it is empty, or its first bytes are those of another kind of
    file.
    """
    content = standard_input()
    file = TableFile(Path("standard input"), "text", None, content)
    if not content:
        raise refusal("hold a table", got=f"{file.name}, which is empty")
    return told_by_content(file, content[:64])


def _path(data: str | os.PathLike[str], typed: str) -> Path:
    """
    Path of `data`, with ``~`` expanded; nothing is looked up.

    Raises `DataError` for other than a text or a path, and for a name that readers cannot open: empty, with a
    NUL, not UTF-8, or in the home folder of an unknown user. `typed` is the name for messages.
    """
    name = str(data)
    if not isinstance(data, (str, os.PathLike)):
        raise refusal("be the name of a file", got=f"an object of type {type(data).__name__}")
    if not name:
        raise refusal("be the name of a file", got="an empty name")
    if "\0" in name:
        raise refusal("be the name of a file", got=f"{typed}, which holds a NUL")
    try:
        name.encode()
    except UnicodeEncodeError:
        hint = "Rename the file."
        raise refusal("be a name in UTF-8", got=f"{os.fsencode(name)!r}", hint=hint) from None
    try:
        return Path(data).expanduser()
    except RuntimeError:
        raise refusal("be a file that exists", got=f"{typed}, whose user has no home folder here") from None


def _shortened(typed: str) -> str:
    return typed if len(typed) <= _LONGEST_PATH else f"{typed[:_LONGEST_PATH]}…"


def _cure(error: OSError) -> str:
    return "Check its permissions." if isinstance(error, PermissionError) else ""


def _check_is_there(path: Path, typed: str) -> None:
    """
    Raise `DataError` unless `path` is a regular file; `typed` is its name as the user wrote it, for messages.

    An address of the web, a folder, a missing folder above the file, a missing file, and a pipe or device
    have each a message of their own. An `OSError` of the system, as for a name that is too long, passes.
    """
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
