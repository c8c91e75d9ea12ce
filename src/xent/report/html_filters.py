"""Filters that the templates of every page use: numbers, shares and texts as the pages show them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xent.drawing import number_format
from xent.drawing.number_format import typeset
from xent.drawing.short_text import short
from xent.report.fit.class_ranking import share_of_loss

__all__ = ["FILTERS"]

FILTERS: dict[str, Callable[..., Any]] = {
    "count": number_format.count,
    "number": typeset,
    "percent": number_format.percent,
    "percent_interval": number_format.percent_interval,
    "share": lambda share: f"{100 * share:.4g} %",
    "share_of_loss": share_of_loss,
    "short": short,
    "signed": lambda x: number_format.signed(x, typeset),
    "signed_interval": lambda one: number_format.signed_interval(one.low, one.high, typeset),
    "width": lambda share: round(min(max(share, 0.0), 1.0), 4),
}
