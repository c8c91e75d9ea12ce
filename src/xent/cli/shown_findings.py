"""Findings on standard output, and the place of the results."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from xent.cli.failures import one_line
from xent.cli.standard_output import PipeConsole

if TYPE_CHECKING:
    from xent.report.fit.findings import FitFindings

__all__ = ["show_findings"]


def show_findings(findings: FitFindings, out: Path, *, quiet: bool, as_json: bool) -> None:
    """
    Print the findings: not at all with `quiet`, else with `as_json` as JSON, else as tables.

    Tables end with the path of the report in `out` and, after a fit but not a judgement, the next command.
    Standard output is not flushed.
    """
    if quiet:
        return
    from xent.report.fit import render_json, render_text

    if as_json:
        sys.stdout.write(render_json(findings))
        return
    console = PipeConsole()
    render_text(findings, console)
    lines = ["", f"Report: {out / 'report.html'}"]
    if not findings.judged:
        lines.append(f"Next:   xent predict {out} DATA")
    for line in lines:
        console.print(one_line(line), highlight=False, markup=False, soft_wrap=True)
