"""Losses as text in a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from xent.drawing.text_table import print_table
from xent.report.losses.loss_findings import LossFindings, LossList

__all__ = ["render_loss", "render_losses"]


def render_losses(findings: LossList, console: Console) -> None:
    """
    Print a table of losses with kind of truth, purpose and other names of each, and a hint at commands.

    Parameters
    ----------
    findings : LossList
        Losses to list.
    console : rich.console.Console
        Console to print to; its width limits that of the table.
    """
    heads = ("Loss", "Truth", "Take it for")
    rows = ((one.name, one.truth, _use(one)) for one in findings.losses)
    print_table(console, f"{len(findings.losses)} losses", heads, rows, wrapped="Take it for")
    console.print(
        "`xent losses NAME` says more of one; `xent lab` shows losses and their slopes.",
        highlight=False,
        markup=False,
    )


def render_loss(findings: LossFindings, console: Console) -> None:
    """
    Print a table of facts about one loss, then its definition and its gradient.

    The facts are purpose, other names if there are any, truth and domain, link, bounds, convexity, invariance
    to a shift of the logits, robustness to label noise, and source.

    Parameters
    ----------
    findings : LossFindings
        Facts about the loss.
    console : rich.console.Console
        Console to print to, at whose width all is wrapped.
    """
    one = findings
    rows = (
        ("Take it for", one.use),
        *((("Also called", ", ".join(one.also)),) if one.also else ()),
        ("Truth", f"{one.truth} against {one.domain}"),
        ("Link", one.link),
        ("Bounds", f"{one.minimum:.4g} to {one.maximum:.4g}"),
        ("Convex in the logits", _said(one.convex)),
        ("Unmoved by a shift of them", _said(one.shift_invariant)),
        ("Robust to label noise", _said(one.noise_robust)),
        ("Source", one.source),
    )
    print_table(console, one.name, ("Fact", "Value"), rows, wrapped="Value")
    for heading, text in (("Definition", one.definition), ("Gradient", one.gradient)):
        console.print(Text(heading, style="bold"))
        console.print(text, highlight=False, markup=False)
        console.print()


def _use(one: LossFindings) -> str:
    """Purpose of a loss, followed by its other names, if it has any."""
    return f"{one.use}; also called {', '.join(one.also)}" if one.also else one.use


def _said(fact: bool) -> str:  # noqa: FBT001 - it is the fact itself
    """``"yes"`` or ``"no"``."""
    return "yes" if fact else "no"
