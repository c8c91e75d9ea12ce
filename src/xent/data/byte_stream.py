"""A file, a pipe or standard input as a stream of bytes; a pipe without a writer does not block."""

from __future__ import annotations

import errno
import gzip
import io
import os
import stat
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

__all__ = ["STANDARD_INPUT", "decompressed", "opened"]

STANDARD_INPUT = "-"
"""Name that stands for standard input."""

_BLOCK = 1 << 16
_ATTEMPTS = 25
_PAUSE = 0.02


@contextmanager
def decompressed(path: Path) -> Iterator[BinaryIO]:
    """
    Context with the bytes of a regular file, or of a pipe that a program writes to, from the beginning.

    A file whose name ends in ``.gz``, in any case, is decompressed as it is read; other compressions are not.
    The name ``-`` is standard input, as it is, which stays open; all else is closed at the end.

    Raises
    ------
    OSError
        If `path` cannot be opened, or is a directory, a device, or a pipe that no program opens for writing
        within half a second; while reading if a file that ends in ``.gz`` is not gzip or is damaged.
    """
    if str(path) == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    with opened(path) as stream:
        if path.suffix.lower() != ".gz":
            yield stream
            return
        with gzip.GzipFile(fileobj=stream) as unpacked:
            try:
                yield unpacked  # type: ignore[misc] # reads like a file
            except (EOFError, zlib.error) as error:
                raise OSError(errno.EIO, f"gzip data that is damaged: {error}") from error


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """
    Context with a regular file, or a pipe that a program writes to, as a stream of bytes.

    Raises
    ------
    OSError
        If `path` cannot be opened, or is a directory, a device, or a pipe that no program opens for writing
        within half a second.
    """
    # Without O_NONBLOCK, opening a pipe waits for its writer.
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
    """Close a descriptor of a directory and raise `IsADirectoryError`, as opening a path does."""
    os.close(descriptor)
    raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))


def _first_bytes(descriptor: int) -> bytes:
    """
    Bytes that a pipe holds, at most 64 KiB; none if it has a writer that has written nothing yet.

    `descriptor` must not block. Raises `OSError` if for half a second the pipe has neither a writer nor a
    byte.
    """
    for _ in range(_ATTEMPTS):
        try:
            first = os.read(descriptor, _BLOCK)
        except BlockingIOError:  # the pipe has a writer that has written nothing yet
            return b""
        if first:
            return first
        time.sleep(_PAUSE)
    raise OSError(errno.EPIPE, "a pipe that no program writes to")


class _Continued(io.RawIOBase):
    """Raw stream of the bytes already read while waiting for a writer, then of the rest of the file."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        self._first = io.BytesIO(first)
        self._rest = rest

    def readable(self) -> bool:
        """True: the stream is readable."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # as the buffered reader calls it
        """Read at most ``len(buffer)`` bytes into `buffer`; the number of bytes read, 0 at the end."""
        block = self._first.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)
