"""A file or a pipe as a stream of bytes, opened without waiting for a writer that may never come."""

from __future__ import annotations

import errno
import io
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

__all__ = ["opened"]

_BLOCK = 1 << 16
_ATTEMPTS = 25
_PAUSE = 0.02


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """
    Bytes of a regular file, or of a pipe that a program writes to.

    Raises
    ------
    OSError
        If `path` cannot be opened, is a directory or a device, or a pipe without a writer.
    """
    # Without this flag, opening a pipe waits for its writer.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    mode = os.fstat(descriptor).st_mode
    with os.fdopen(descriptor, "rb") if not stat.S_ISDIR(mode) else _closed(descriptor) as file:
        if stat.S_ISFIFO(mode):
            first = _first_bytes(descriptor)
            os.set_blocking(descriptor, True)
            yield io.BufferedReader(_Continued(first, file))
        elif stat.S_ISREG(mode):
            yield file
        else:
            raise OSError(errno.EINVAL, "a device, which may have no end")


def _closed(descriptor: int) -> BinaryIO:
    os.close(descriptor)
    raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))


def _first_bytes(descriptor: int) -> bytes:
    for _ in range(_ATTEMPTS):
        try:
            first = os.read(descriptor, _BLOCK)
        except BlockingIOError:  # there is a writer, which has written nothing yet
            return b""
        if first:
            return first
        time.sleep(_PAUSE)
    raise OSError(errno.EPIPE, "a pipe that no program writes to")


class _Continued(io.RawIOBase):
    """The bytes that were read to see if there are any, then the rest of the file."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        self._first = io.BytesIO(first)
        self._rest = rest

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # as the buffered reader calls it
        """Fill the buffer as far as there are bytes."""
        block = self._first.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)
