"""What a person sees when a command cannot go on: one line, and a traceback only if they ask."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from xent.errors import XentError

__all__ = ["failures_in_one_line"]

_BAD_INPUT = 2
_OUR_FAULT = 1
_INTERRUPTED = 130


@contextmanager
def failures_in_one_line(*, debug: bool, kept: str) -> Iterator[None]:
    """
    Turn whatever the block raises into one line on standard error and an exit code.

    Parameters
    ----------
    debug : bool
        Let exceptions through instead, traceback and all.
    kept : str
        What an interruption leaves behind, as a sentence.
    """
    try:
        yield
    except KeyboardInterrupt:
        _stop(f"Stopped. {kept}", _INTERRUPTED)
    except XentError as error:
        if debug:
            raise
        _stop(f"error: {error.complaint}", _BAD_INPUT)
    except MemoryError:
        if debug:
            raise
        _stop(f"error: the machine has too little free memory for this. {kept}", _BAD_INPUT)
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        if debug:
            raise
        _stop(
            f"error: xent itself failed ({type(error).__name__}: {_first_line(error)}). {kept} "
            "Run it again with --debug, and report what it prints.",
            _OUR_FAULT,
        )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["no message"])[0]


def _stop(line: str, code: int) -> None:
    # Written to the stream itself: rich would wrap the line, and read brackets as markup.
    sys.stderr.write(f"{line}\n")
    raise typer.Exit(code)
