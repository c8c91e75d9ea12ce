"""Colours and axes that the figures share. Lines differ in pattern too, for print and colour blindness."""

from __future__ import annotations

from typing import Any

__all__ = ["CROSS_ENTROPY", "MUTED", "SQUARED_ERROR", "THIRD", "panels"]

CROSS_ENTROPY = "#1f5fa8"
SQUARED_ERROR = "#c2562b"
THIRD = "#4c8a4a"
MUTED = "0.6"


def panels(count: int, *, width: float = 3.2, height: float = 2.8) -> tuple[Any, list[Any]]:
    """A figure with `count` axes side by side, without the upper and the right spine."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(
        1, count, figsize=(width * count, height), layout="constrained", squeeze=False
    )
    for axis in axes[0]:
        axis.spines[["top", "right"]].set_visible(False)
    return figure, list(axes[0])
