"""
The command line: parse, call, render; no logic of its own.

A file for each command; `failures` turns an exception into a line and an exit code, `live_progress` shows
the phase of a running fit. Commands write results to standard output and everything else to standard error;
they end with 0, with 2 after bad input, with 130 when interrupted. May import every room below.
"""

from __future__ import annotations

import logging
import os
import sys
from importlib.util import find_spec

from xent import _OF_CLI

__all__ = ["main"]


def main() -> None:
    """Run the command that ``sys.argv`` names."""
    # All of them, for a library that only the report needs would else be missed after the fit.
    for library in sorted(_OF_CLI):
        if find_spec(library) is None:
            raise SystemExit(
                f'xent: the command line needs the package {library}. Run `pip install "xent[cli]"`.'
            )
    from xent.cli.app import app

    # The first run on a machine builds matplotlib's list of fonts, and says so where errors go.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    try:
        app()
    except SystemExit as stop:
        # All is written and closed by now. Taking the interpreter apart, with what it has loaded, would
        # keep a person waiting for half a second more.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(stop.code if isinstance(stop.code, int) else int(stop.code is not None))
