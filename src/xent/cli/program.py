"""
The program `xent`: one command of a process, from the words on the command line to the exit code.

Imported before any command, so it loads nothing that a command needs: signals and missing libraries are dealt
with first.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import sys
import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any, NoReturn

from xent import _OF_CLI
from xent.jobs.interruptions import Interruption, raised_signals, uninterrupted

__all__ = ["main", "run"]

# Thresholds of the collector of reference cycles: a command imports and makes many objects, and few cycles,
# and the usual thresholds take a tenth of its time.
_RARE_COLLECTIONS = 100_000, 20, 100


def main() -> None:
    """
    Run the command that ``sys.argv`` names, and end the process with its exit code.

    The code is that of `run`, or 128 plus the number of a signal that comes before or after it. Raises
    `SystemExit`, with a line that names the package, if a library of the command line is missing.
    """
    # Signals before all else: from here on Ctrl-C is one line, and not Python's traceback.
    with raised_signals():
        try:
            _check_libraries()
            warnings.formatwarning = _warning
            gc.set_threshold(*_RARE_COLLECTIONS)
            code = run(sys.argv[1:])
            with uninterrupted():
                _end(code)
        except (Interruption, KeyboardInterrupt) as stop:
            # Before a command began, or after its end: the commands report their own interruptions.
            from xent.cli.failures import interrupted

            _end(interrupted(stop, ""))


def _check_libraries() -> None:
    """
    Raise `SystemExit`, with a line that names it, for the first library of the command line that is missing.

    Libraries that only the report needs are included.
    """
    for library in sorted(_OF_CLI):
        if find_spec(library) is None:
            raise SystemExit(
                f'xent: the command line needs the package {library}. Run `pip install "xent[cli]"`.'
            )


def _end(code: int) -> NoReturn:
    """
    Flush the standard streams, and end the process with the exit code `code` at once.

    Files are closed by now; a regular exit, with its clean-up, would take half a second more.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def run(arguments: Sequence[str]) -> int:
    """
    Run one command in this process.

    Parameters
    ----------
    arguments : sequence of str
        The words after the name of the program.

    Returns
    -------
    int
        Exit code of the command: 0; 2 for input that cannot be used, words that no command takes, and no
        words, for which the help is printed; 1 for any other error; 3 for a loss above ``--fail-above``; 141
        for a closed pipe; 128 plus its number for a signal.
    """
    import typer

    from xent.cli.app import app
    from xent.cli.failures import BAD_INPUT, tell
    from xent.cli.standard_output import open_standard_streams

    open_standard_streams()
    # The first run on a machine builds matplotlib's list of fonts, and logs that to standard error.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    # The name of the base class of usage errors differs between versions of typer.
    usage_error: Any = typer.BadParameter.__base__
    try:
        code = app(args=list(arguments), prog_name="xent", standalone_mode=False)
    except usage_error as error:
        if not arguments:
            error.show()  # the help, which typer raises
        else:
            tell(_usage(error))
        return BAD_INPUT
    except SystemExit as stop:
        code = stop.code
    return code if isinstance(code, int) else int(code is not None)


def _usage(error: object) -> str:
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "xent"
    message = " ".join(str(getattr(error, "format_message", error.__str__)()).split())
    return f"error: {message.removesuffix('.')}. Run `{command} --help` for what can be given."


def _warning(message: object, *_place: object, **_line: object) -> str:
    """Warning as one line, without its place in the source, which does not help at a prompt."""
    return f"warning: {message}\n"
