"""Failures of standard output: closed, full, or a pipe whose reader has ended."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from rich.console import Console

from xent.errors import OutputError, XentError

__all__ = ["PipeConsole", "open_standard_streams", "written_out"]


class PipeConsole(Console):
    """A console on standard output that raises `BrokenPipeError`, where rich would end the program."""

    def on_broken_pipe(self) -> NoReturn:
        """Raise `BrokenPipeError`, which `failures_in_one_line` handles."""
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


@contextmanager
def written_out() -> Iterator[None]:
    """
    Context that flushes what its block writes to standard output, so that failures are raised here.

    After a failure, what is still buffered, and later writes, go nowhere.

    Raises
    ------
    OutputError
        If standard output is closed or full, or the block raises another `OSError`; `BrokenPipeError` and
        the errors of `xent.errors` are raised as they are.
    """
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        _forget_what_is_buffered()
        if isinstance(error, BrokenPipeError | XentError):
            raise
        reason = (error.strerror or str(error)).lower()
        rule = "be a place that can be written"
        raise OutputError("xent", "standard output", rule, got=f"an error ({reason})") from error


def open_standard_streams() -> None:
    """
    Open the null device for each of the descriptors 0 to 2 that the caller closed.

    Otherwise the next file to be opened would become standard output. Writing to standard output still fails,
    because the null device is opened for reading. Characters that an open stream cannot encode are written as
    backslash escapes.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            # The system assigns the lowest free descriptor, which is this number.
            os.open(os.devnull, os.O_RDONLY)
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A name that is not UTF-8, or a terminal that shows fewer characters, must not end a run.
            stream.reconfigure(errors="backslashreplace")


def _forget_what_is_buffered() -> None:
    """
    Make later writes to standard output, and what it still buffers, go nowhere; nothing if it is not
    a file.
    """
    # The buffer would be written again when the interpreter closes the stream.
    try:
        number = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, number)
    os.close(null)
