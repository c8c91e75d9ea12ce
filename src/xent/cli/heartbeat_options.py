"""Options of the synthetic data set heartbeats."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["HeartbeatCount", "Imbalance", "LabelNoise", "Noise"]

_HEARTBEATS = "Only for the synthetic data set heartbeats"

HeartbeatCount = Annotated[
    int | None,
    typer.Option("--rows", metavar="N", help="Number of heartbeats.", rich_help_panel=_HEARTBEATS),
]
Noise = Annotated[
    float | None,
    typer.Option("--noise", help="Noise of a sample, in millivolts.", rich_help_panel=_HEARTBEATS),
]
Imbalance = Annotated[
    float | None,
    typer.Option(
        "--imbalance", help="From 0, equal classes, to 1, as in MIT-BIH.", rich_help_panel=_HEARTBEATS
    ),
]
LabelNoise = Annotated[
    float | None,
    typer.Option("--label-noise", help="Share of wrong labels.", rich_help_panel=_HEARTBEATS),
]
