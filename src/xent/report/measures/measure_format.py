"""Amounts of information with a fixed number of decimals, so that sums in a table can be checked."""

from __future__ import annotations

import math

from xent.drawing.number_format import plain
from xent.report.measures.measure_findings import Amount

__all__ = ["in_both_units", "measured"]


def measured(x: float) -> str:
    """
    `x` with four decimals if its absolute value is in [0.001, 1e6), otherwise as formatted by `plain`.

    Examples
    --------
    >>> [measured(x) for x in (1.75, 0.0, 2e-9, float("inf"), -0.25)]
    ['1.7500', '0', '2e-9', 'infinite', '-0.2500']
    """
    if math.isfinite(x) and 1e-3 <= abs(x) < 1e6:
        return f"{x:,.4f}"
    return plain(x)


def in_both_units(one: Amount) -> tuple[str, str]:
    """Formatted value in bits, then in nats."""
    return measured(one.bits), measured(one.nats)
