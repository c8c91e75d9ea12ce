"""Messages and exit codes of a command that cannot go on: one line, and a traceback only on request."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import typer

from xent.errors import XentError
from xent.jobs.interruptions import Interruption, raise_pending_signal

__all__ = ["BAD_INPUT", "CLOSED_PIPE", "Outcome", "failures_in_one_line", "interrupted", "tell"]

BAD_INPUT = 2
"""Exit code of a command whose input or output cannot be used."""

CLOSED_PIPE = 141
"""Exit code of a command whose reader went away, as the shell gives it to programs that SIGPIPE ends."""

_OUR_FAULT = 1
_SIGNALLED = 128
_NOTHING = "Nothing was written."


@dataclass(slots=True)
class Outcome:
    """Sentence about what a command has written so far."""

    kept: str = _NOTHING

    @property
    def addition(self) -> str:
        """The sentence after a space where something was written, and nothing otherwise."""
        return "" if self.kept == _NOTHING else f" {self.kept}"


@contextmanager
def failures_in_one_line(*, debug: bool) -> Iterator[Outcome]:
    """
    Turn whatever the block raises into one line on standard error and an exit code.

    Yields what the line says of files; the block changes it when it has written one. A reader that closes
    the pipe has what it wanted, so that only files are told of then.

    Parameters
    ----------
    debug : bool
        Let exceptions through instead, traceback and all.
    """
    outcome = Outcome()
    try:
        try:
            yield outcome
        except Exception:
            # A library may have made an error of its own out of the interruption.
            raise_pending_signal()
            raise
    except (Interruption, KeyboardInterrupt) as stop:
        raise typer.Exit(interrupted(stop, outcome.kept)) from None
    except BrokenPipeError:
        tell(outcome.addition.strip())
        raise typer.Exit(CLOSED_PIPE) from None
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        if debug:
            raise
        line, code = _line_and_code(error, outcome)
        tell(line)
        raise typer.Exit(code) from None


def interrupted(stop: BaseException, kept: str = _NOTHING) -> int:
    """Tell of an interruption, and give its exit code: 128 and the number of the signal."""
    tell(f"Stopped. {kept}")
    return _SIGNALLED + (stop.signum if isinstance(stop, Interruption) else signal.SIGINT)


def tell(line: str) -> None:
    """Write a line to standard error, if it can be written and there is one."""
    # Written to the stream itself: rich would wrap the line, and read brackets as markup.
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{line}\n" if line else "")
        sys.stderr.flush()


def _line_and_code(error: Exception, outcome: Outcome) -> tuple[str, int]:
    if isinstance(error, XentError):
        return f"error: {_one_line(error.complaint)}{outcome.addition}", BAD_INPUT
    if isinstance(error, MemoryError):
        return f"error: the machine has too little free memory for this. {outcome.kept}", BAD_INPUT
    line = (str(error).splitlines() or ["no message"])[0]
    cure = "Run it again with --debug, and report what it prints."
    return f"error: xent itself failed ({type(error).__name__}: {line}). {outcome.kept} {cure}", _OUR_FAULT


def _one_line(text: str) -> str:
    # Names of files and columns can hold line breaks, and codes that a terminal obeys.
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
