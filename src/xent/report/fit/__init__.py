"""
Report of a fitted classifier: findings, sentences, pictures, and renderers for text, JSON and HTML.

Renderers are imported on first use, because the text shown before a fit must not wait for matplotlib.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xent.lazy_names import lazy_names
from xent.report.fit.findings import (
    Candidate,
    Caution,
    Coefficient,
    ColumnFinding,
    FitFindings,
    RowCounts,
    Training,
)

if TYPE_CHECKING:
    from xent.report.fit.html_report import render_html
    from xent.report.fit.json_report import render_json
    from xent.report.fit.text_report import render_columns, render_text

__all__ = [
    "Candidate",
    "Caution",
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


__getattr__ = lazy_names(__name__, _RENDERERS)
