"""Marks by which a change of a file between passes is noticed, and errors of readers as `DataError`."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xent.errors import DataError

__all__ = ["local_mark", "opened", "remote_marks"]

# Bytes at the end of a Parquet file that tell the length of its footer.
_TAIL = 8


def opened(function: Any, *arguments: Any, caller: str, **options: Any) -> Any:
    """
    Result of ``function(*arguments, **options)``, a reader of Arrow, with its errors as `DataError`.

    Errors of Arrow or the system, and `ValueError`, become `DataError` with the first line of their message;
    `caller` is the function that it names. Others pass.
    """
    import pyarrow as pa

    try:
        return function(*arguments, **options)
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = (str(error).splitlines() or ["no reason"])[0][:200]
        rule, hint = "be readable", "Where a file is not whole, copy or write it again."
        raise DataError(caller, "source", rule, got=f"{reason!r} from the reader", hint=hint) from error


def remote_marks(filesystem: Any, files: Sequence[str], *, caller: str) -> dict[str, str]:
    """
    Size and time of the last change of each file, as text by path; no byte of the files is read.

    Raises `DataError` for a file that is gone or cannot be asked for.
    """
    found = opened(filesystem.get_file_info, list(files), caller=caller)
    absent = [each.path for each in found if not each.is_file]
    if absent:
        raise DataError(caller, "source", "stay readable", got=f"{absent[0]}, which is gone")
    return {each.path: f"{each.size} bytes, changed at {each.mtime_ns}" for each in found}


def local_mark(path: str, *, caller: str) -> str:
    """
    Size of a file and a digest of its end, as a text that differs after a change of either.

    The end is the footer of a Parquet file, the last 64 KiB of any other; other bytes are not read. Raises
    `DataError` if the file cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL))
            tail = file.read()
            length = int.from_bytes(tail[:4], "little") if tail[4:] == b"PAR1" else 1 << 16
            file.seek(max(0, size - length - _TAIL))
            digest = hashlib.sha256(file.read()).hexdigest()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DataError(caller, "source", "stay readable", got=f"{path} ({reason.lower()})") from error
    return f"{size} bytes, footer {digest[:16]}"
