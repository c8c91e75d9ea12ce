"""Findings as strict JSON: the fields as they are, for machines."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from numbers import Integral, Real
from typing import Any

from xent.report.fit.findings import FitFindings

__all__ = ["FORMAT", "plain_data", "render_json"]

FORMAT = 1
"""Number of the format: it rises when a key changes its meaning or goes away."""

# A list of numbers alone. Text cannot match: inside it a line break is written as two characters.
_NUMBERS = re.compile(r"\[\n\s+(?:(?:null|-?[\d.e+-]+),?\s+)+\]")


def render_json(findings: FitFindings) -> str:
    """
    Give the findings as JSON that any parser reads: losses in nats, keys as the fields.

    Parameters
    ----------
    findings : FitFindings
        What a fit found.

    Returns
    -------
    str
        One object with ``"format"`` first and the fields of `FitFindings` after it; ``"held_out"``
        also holds ``"bits"``, ``"perplexity"`` and ``"skill"``.

    Notes
    -----
    **Edge cases.** JSON has no word for infinity or NaN: both become ``null``. Text is escaped to
    ASCII, so no encoding can spoil it.
    """
    document = {"format": FORMAT, **plain_data(findings)}
    judgement = findings.held_out
    derived = {"bits": judgement.bits, "perplexity": judgement.perplexity, "skill": judgement.skill}
    document["held_out"] |= {name: plain_data(value) for name, value in derived.items()}
    text = json.dumps(document, indent=2, allow_nan=False)
    return _NUMBERS.sub(_on_one_line, text) + "\n"


def plain_data(value: object) -> Any:
    """`value` as nested dicts, lists and numbers that JSON can hold; null for what is not finite."""
    if dataclasses.is_dataclass(value):
        return {field.name: plain_data(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): plain_data(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_data(item) for item in value]
    return _scalar(value)


def _on_one_line(numbers: re.Match[str]) -> str:
    return " ".join(numbers.group().split()).replace("[ ", "[").replace(" ]", "]")


def _scalar(value: object) -> object:
    # NumPy's scalars are registered with these abstract numbers, yet json does not know them.
    if isinstance(value, bool | str):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value) if math.isfinite(value) else None
    return value
