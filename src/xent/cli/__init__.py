"""
The command line: parse, call, render; no logic of its own.

`program` runs a command, and each command has a file; `failures` turns an exception into a line and an exit
code, `live_progress` shows the phase of a running fit, `standard_output` opens the streams. Commands write
results to standard output and everything else to standard error. Exit codes: 0; 2 after bad input, with one
line on standard error and nothing left behind; 141 if the reader of standard output closed it; 128 plus the
number of the signal after SIGINT, SIGTERM or SIGHUP; 3 for a loss above the bound of --fail-above; 1 for a
fault of the program. May import every room below.
"""

from xent.cli.program import main, run

__all__ = ["main", "run"]
