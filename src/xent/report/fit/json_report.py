"""Findings as strict JSON, one key for each field."""

from __future__ import annotations

import dataclasses
import functools
import json
import math
import re
from numbers import Integral, Real
from typing import Any

from xent.report.fit.findings import FitFindings

__all__ = ["FORMAT", "plain_data", "render_json"]

FORMAT = 1
"""Version of the format, increased when a key changes its meaning or is removed."""

# List of numbers only. Strings cannot match, because JSON writes a line break inside a string as ``\n``.
_NUMBERS = re.compile(r"\[\n\s+(?:(?:null|-?[\d.e+-]+),?\s+)+\]")


def render_json(findings: FitFindings) -> str:
    """
    Render the findings as strict JSON, with losses in nats and the names of the fields as keys.

    Parameters
    ----------
    findings : FitFindings
        Findings of a fit.

    Returns
    -------
    str
        One JSON object: ``"format"``, then the fields of `FitFindings`; ``"held_out"`` also has the keys
        ``"bits"``, ``"perplexity"`` and ``"skill"``.

    Notes
    -----
    **Edge cases.** JSON has no infinity and no NaN; both become ``null``. Text is escaped to ASCII, so that
    the output does not depend on an encoding.
    """
    document = {"format": FORMAT, **plain_data(findings)}
    judgement = findings.held_out
    derived = {"bits": judgement.bits, "perplexity": judgement.perplexity, "skill": judgement.skill}
    document["held_out"] |= {name: plain_data(value) for name, value in derived.items()}
    text = json.dumps(document, indent=2, allow_nan=False)
    return _NUMBERS.sub(_on_one_line, text) + "\n"


def plain_data(value: object) -> Any:
    """
    `value` for JSON: dataclasses and dicts as dicts with text as keys, lists and tuples as lists.

    Numbers of NumPy become those of Python, and a number that is not finite None; any other object is
    returned itself.
    """
    if dataclasses.is_dataclass(value):
        names = _names(type(value))  # type: ignore[arg-type]  # classes are hashable
        return {name: plain_data(getattr(value, name)) for name in names}
    if isinstance(value, dict):
        return {str(key): plain_data(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_data(item) for item in value]
    return _scalar(value)


@functools.cache
def _names(kind: Any) -> tuple[str, ...]:
    """Names of the fields of the dataclass `kind`, kept after the first call."""
    return tuple(field.name for field in dataclasses.fields(kind))


def _on_one_line(numbers: re.Match[str]) -> str:
    """The matched list of numbers as text on one line."""
    return " ".join(numbers.group().split()).replace("[ ", "[").replace(" ]", "]")


def _scalar(value: object) -> object:
    """
    `value` as a scalar of Python: a bool, text, int or float; None for a number that is not finite.

    A value of another type, such as None, is returned itself.
    """
    # NumPy's scalars are registered as these abstract numbers, but `json` does not serialise them.
    if isinstance(value, bool | str):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value) if math.isfinite(value) else None
    return value
