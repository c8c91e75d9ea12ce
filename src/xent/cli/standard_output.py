"""Standard output as a place that can fail: closed, full, or read by a program that has gone."""

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
        """Raise for `failures_in_one_line` to see."""
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


@contextmanager
def written_out() -> Iterator[None]:
    """
    Flush what the block writes to standard output, so that its failures are raised here.

    Raises
    ------
    OutputError
        If standard output is closed or full. `BrokenPipeError` is let through.
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
    Give descriptors 0 to 2 something to stand for where the caller closed them.

    Otherwise the next file that is opened would be standard output. Writing to it still fails: the null
    device is opened for reading.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            # Descriptors are given out from the lowest free number, which is this one.
            os.open(os.devnull, os.O_RDONLY)
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A name that is not UTF-8, or a terminal that shows fewer characters, must not end a run.
            stream.reconfigure(errors="backslashreplace")


def _forget_what_is_buffered() -> None:
    # The buffer would be written again when the interpreter closes the stream.
    try:
        number = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, number)
    os.close(null)
