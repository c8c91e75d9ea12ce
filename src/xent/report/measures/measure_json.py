"""Findings of `xent entropy`, `xent divergence` and `xent code` as strict JSON."""

from __future__ import annotations

import json
from typing import Any

from xent.report.fit.json_report import FORMAT, plain_data

__all__ = ["render_measure_json"]


def render_measure_json(findings: Any) -> str:
    """
    Render findings as strict JSON: names of the fields as keys, infinity and NaN as ``null``.

    Parameters
    ----------
    findings : EntropyFindings, DivergenceFindings or CodeFindings
        Findings of a command.

    Returns
    -------
    str
        One JSON object: ``"format"``, then the fields of the findings.
    """
    document = {"format": FORMAT, **plain_data(findings)}
    return json.dumps(document, indent=2, allow_nan=False) + "\n"
