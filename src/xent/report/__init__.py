"""
Findings rendered for people and machines: terminal text, JSON and one HTML page.

Here belong the frozen tables of what a fit found (`findings`), what is said about them (sentences,
number formats, rankings; each once, for every renderer), the pictures, and the three renderers,
which compute nothing themselves. It may import the results of `scoring` and `models`, rich, jinja2
and matplotlib, but reads no data and fits nothing, so that text, JSON and page cannot disagree.
The renderers are imported on first use: the text shown before a fit must not wait for matplotlib.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from xent.report.findings import (
    Candidate,
    Coefficient,
    ColumnFinding,
    FitFindings,
    RowCounts,
    Training,
)

if TYPE_CHECKING:
    from xent.report.html_report import render_html
    from xent.report.json_report import render_json
    from xent.report.text_report import render_columns, render_text

__all__ = [
    "Candidate",
    "Coefficient",
    "ColumnFinding",
    "FitFindings",
    "RowCounts",
    "Training",
    "render_columns",
    "render_html",
    "render_json",
    "render_text",
]

_RENDERERS = {
    "render_columns": "text_report",
    "render_html": "html_report",
    "render_json": "json_report",
    "render_text": "text_report",
}


def __getattr__(name: str) -> Any:
    if name not in _RENDERERS:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_RENDERERS[name]}"), name)
