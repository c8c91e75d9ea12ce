"""Scripts of the figures of the explanations; `draw_all` runs them when the site is built."""

from __future__ import annotations

import runpy
from pathlib import Path

__all__ = ["draw_all", "scripts"]

HERE = Path(__file__).parent
_SETTINGS = {"svg.hashsalt": "xent", "svg.fonttype": "none", "font.size": 9}


def scripts() -> list[Path]:
    """All scripts that draw a figure; `style.py` holds what they share."""
    return [path for path in sorted(HERE.glob("*.py")) if path.stem not in {"__init__", "style"}]


def draw_all() -> None:
    """Run each script whose figure is missing or older, and save the figure as SVG beside it."""
    for script in scripts():
        picture = script.with_suffix(".svg")
        if not picture.exists() or picture.stat().st_mtime < script.stat().st_mtime:
            draw(script, picture)


def draw(script: Path, picture: Path) -> None:
    """Run one script and save the figure that it leaves open, the same bytes in every run."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    with mpl.rc_context(_SETTINGS):
        runpy.run_path(str(script))
        plt.gcf().savefig(picture, metadata={"Date": None, "Creator": None}, dpi=150)
        plt.close("all")
