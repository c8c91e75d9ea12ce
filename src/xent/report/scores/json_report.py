"""Findings of predictions as strict JSON."""

from __future__ import annotations

import json
from typing import Any

from xent.report.fit.json_report import FORMAT, plain_data
from xent.report.scores.findings import ModelFindings, ScoreFindings

__all__ = ["render_json"]


def render_json(findings: Any) -> str:
    """
    Render findings as strict JSON, losses in nats, with the names of the fields as keys.

    Parameters
    ----------
    findings : ScoreFindings, TokenFindings or CalibrateFindings
        Findings of a command.

    Returns
    -------
    str
        One JSON object with a line break at the end: ``"format"``, the number of its version, then the
        fields; a judgement also has ``"bits"``, ``"perplexity"`` and ``"skill"``, and a slice ``"verdict"``.
        Infinity and NaN become ``null``; the number of infinite losses is a field of its own.
    """
    document = {"format": FORMAT, **plain_data(findings)}
    if isinstance(findings, ScoreFindings):
        for written, model in zip(document["models"], findings.models, strict=True):
            _add_derived(written, model)
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def _add_derived(written: dict[str, Any], model: ModelFindings) -> None:
    judgement = model.held_out
    derived = {"bits": judgement.bits, "perplexity": judgement.perplexity, "skill": judgement.skill}
    written["held_out"] |= {name: plain_data(value) for name, value in derived.items()}
    for slice_, one in zip(written["slices"], model.slices, strict=True):
        slice_["verdict"] = one.verdict
