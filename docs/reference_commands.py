"""The page of the command line, from what each command prints for ``--help``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["write"]

PAGE = Path(__file__).parent / "reference" / "command_line.md"
_PROGRAM = [sys.executable, "-c", "import xent.cli; xent.cli.main()"]
_PLAIN = {"COLUMNS": "110", "NO_COLOR": "1", "TERM": "dumb"}


def write() -> None:
    """Write the page anew."""
    from xent.cli.app import app

    names = [command.name or command.callback.__name__ for command in app.registered_commands]
    sections = [f"## xent {name}\n\n```text\n{_help(name)}\n```\n" for name in names]
    PAGE.write_text(
        "\n".join(["# Command line\n", f"```text\n{_help()}\n```\n", *sections]), encoding="utf-8"
    )


def _help(*command: str) -> str:
    found = subprocess.run(
        [*_PROGRAM, *command, "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **_PLAIN},
    )
    return "\n".join(line.rstrip() for line in found.stdout.strip("\n").splitlines())
