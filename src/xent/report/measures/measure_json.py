"""Findings about symbols as strict JSON."""

from __future__ import annotations

import json
from typing import Any

from xent.report.fit.json_report import FORMAT, plain_data

__all__ = ["render_measure_json"]


def render_measure_json(findings: Any) -> str:
    """
    Give findings as JSON that any parser reads: keys as the fields, infinity and NaN as ``null``.

    Parameters
    ----------
    findings : EntropyFindings, DivergenceFindings or CodeFindings
        What a command found.

    Returns
    -------
    str
        One object with ``"format"`` first.
    """
    document = {"format": FORMAT, **plain_data(findings)}
    return json.dumps(document, indent=2, allow_nan=False) + "\n"
