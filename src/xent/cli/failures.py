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
from xent.jobs.interruptions import Interruption, hold_signals, raise_pending_signal

__all__ = ["BAD_INPUT", "CLOSED_PIPE", "Outcome", "failures_in_one_line", "interrupted", "one_line", "tell"]

BAD_INPUT = 2
"""Exit code of a command whose input or output cannot be used."""

CLOSED_PIPE = 141
"""Exit code of a command whose output pipe was closed: 128 + SIGPIPE, as shells give it."""

_OUR_FAULT = 1
_SIGNALLED = 128
_NOTHING = "Nothing was written."


@dataclass(slots=True)
class Outcome:
    """Sentence about the files that a command has written so far."""

    kept: str = _NOTHING

    @property
    def addition(self) -> str:
        """The sentence about written files with a space before it; "" if no file was written."""
        return "" if self.kept == _NOTHING else f" {self.kept}"


@contextmanager
def failures_in_one_line(*, debug: bool) -> Iterator[Outcome]:
    """
    Context that turns any exception of its block into one line on standard error and an exit code.

    Yields the `Outcome`, whose sentence ends the line; the block changes it once it has written a file. The
    code, in `typer.Exit`, is 2 for an `XentError` or too little memory, 1 for any other error, 141 for a
    closed pipe, and 128 plus its number for a signal. A closed pipe is not reported as an error: then the
    line is the sentence alone, if a file was written. `typer.Exit` and `typer.Abort` pass without a line.

    Parameters
    ----------
    debug : bool
        True to raise errors with their traceback instead; interruptions and closed pipes still end in one
        line.
    """
    outcome = Outcome()
    try:
        try:
            yield outcome
        except Exception:
            # A library may have turned the interruption into an error of its own.
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
    """
    Report the interruption `stop` and the sentence `kept` on standard error, and hold later signals back.

    Returns the exit code: 128 plus the number of the signal, that of SIGINT for `KeyboardInterrupt`.
    """
    hold_signals()
    tell(f"Stopped. {kept}".strip())
    return _SIGNALLED + (stop.signum if isinstance(stop, Interruption) else signal.SIGINT)


def tell(line: str) -> None:
    """
    Write a line to standard error, what cannot be printed in it as escapes.

    Nothing is written for an empty `line`; a closed stream is ignored.
    """
    # Write to the stream itself: rich would wrap the line, and read brackets as markup.
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{one_line(line)}\n" if line else "")
        sys.stderr.flush()


def _line_and_code(error: Exception, outcome: Outcome) -> tuple[str, int]:
    """
    Line for standard error, and exit code: 2 for an `XentError` or too little memory, 1 for any other error.

    The line is "error:" with the complaint, then the sentence of `outcome`, on files written or that nothing
    was; for an `XentError` only if files were written. For any other error than these two kinds it ends with
    the request to run with ``--debug``.
    """
    if isinstance(error, XentError):
        return f"error: {error.complaint}{outcome.addition}", BAD_INPUT
    if isinstance(error, MemoryError):
        return f"error: the machine has too little free memory for this. {outcome.kept}", BAD_INPUT
    line = (str(error).splitlines() or ["no message"])[0]
    cure = "Run it again with --debug, and report what it prints."
    return f"error: xent itself failed ({type(error).__name__}: {line}). {outcome.kept} {cure}", _OUR_FAULT


def one_line(text: str) -> str:
    """`text` with characters that cannot be printed, such as a line break in a name, as escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
