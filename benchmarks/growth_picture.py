"""Picture of how a fit in passes grows with its rows, from the table of measured figures in docs/scale.md."""

from __future__ import annotations

from pathlib import Path

__all__ = ["draw", "measured_rows"]

_BLUE, _ORANGE = "#1f5fa8", "#c2562b"
_COLUMNS = 8


def draw(page: Path, picture: Path) -> None:
    """Write the picture of the table in `page`, the same bytes in every run."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "xent", "svg.fonttype": "none", "font.size": 8})
    from matplotlib.figure import Figure

    rows, scan, one_pass, _, _, _, fit, memory = zip(*measured_rows(page), strict=True)
    figure = Figure(figsize=(7.2, 2.6), layout="constrained")
    times, sizes = figure.subplots(1, 2)
    for values, name, style in (
        (fit, "whole fit", "o-"),
        (one_pass, "a pass", "s-"),
        (scan, "bare scan", "^-"),
    ):
        times.plot(rows, values, style, color=_BLUE if name == "whole fit" else _ORANGE, label=name)
    times.plot(rows, [fit[0] * n / rows[0] for n in rows], ":", color="0.5", label="linear in the rows")
    times.set(xscale="log", yscale="log", xlabel="million rows", ylabel="seconds of processor time")
    times.set_ylim(top=8 * max(fit))
    times.legend(frameon=False, fontsize=7, loc="upper left", ncols=2)
    sizes.plot(rows, memory, "o-", color=_BLUE)
    sizes.set(xscale="log", xlabel="million rows", ylabel="peak memory, MB", ylim=(0, 1.2 * max(memory)))
    for axis in (times, sizes):
        axis.set_xticks(rows, [f"{n / 1e6:g}" for n in rows])
        axis.minorticks_off()
        axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(picture, metadata={"Date": None, "Creator": None})


def measured_rows(page: Path) -> list[tuple[float, ...]]:
    """Numbers of each line of the table, without units."""
    found = []
    for line in page.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip().removesuffix(" MB").replace(",", "") for cell in line.strip("|").split("|")]
        if len(cells) == _COLUMNS and cells[0].isdigit():
            found.append(tuple(map(float, cells)))
    return found
