"""
Small picture as inline SVG with colours from the CSS of the page.

Matplotlib does not support CSS variables. So each colour is drawn as a placeholder that no picture uses
otherwise, and replaced by a variable afterwards: one picture serves light mode, dark mode and print.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["ACCENT", "INK", "LINE", "MUTED", "PAPER", "RIVAL", "svg_panel"]

INK, MUTED, LINE, PAPER = "#0a0b01", "#0a0b02", "#0a0b03", "#0a0b04"
ACCENT, RIVAL = "#0a0b05", "#0a0b06"
_VARIABLES = {INK: "ink", MUTED: "muted", LINE: "line", PAPER: "surface", ACCENT: "accent", RIVAL: "rival"}

_WIDTH = 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 18, 10, 36
_STYLE: Any = {
    "axes.axisbelow": True,
    "axes.edgecolor": LINE,
    "axes.grid": True,
    "axes.labelcolor": MUTED,
    "axes.labelsize": 11,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "grid.color": LINE,
    "grid.linewidth": 0.8,
    "font.size": 11,
    "lines.linewidth": 2,
    "svg.fonttype": "none",
    "text.color": INK,
    "text.parse_math": False,
    "xtick.bottom": False,
    "ytick.left": False,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
}
_NO_METADATA: dict[str, Any] = dict.fromkeys(("Creator", "Date", "Format", "Type"))


def svg_panel(draw: Callable[[Axes], None], *, name: str, label: str, height: int = 200) -> str:
    """
    Draw one pair of axes as an ``<svg>`` element; equal input gives equal output.

    Parameters
    ----------
    draw : callable
        Function that draws into the axes, with the colours of this module.
    name : str
        Name of the picture, unique on the page, from which matplotlib makes ids of its own.
    label : str
        Description of the picture for screen readers; any text, which is escaped.
    height : int
        Height in CSS pixels at a width of 320.

    Returns
    -------
    str
        The element, without a document around it.
    """
    # The user's matplotlibrc must not influence the page.
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE | {"svg.hashsalt": name})
        figure = Figure(figsize=(_WIDTH / 72, height / 72), dpi=72)
        figure.patch.set_visible(False)
        box = (_LEFT / _WIDTH, _BOTTOM / height, 1 - (_LEFT + _RIGHT) / _WIDTH, 1 - (_TOP + _BOTTOM) / height)
        axes = figure.add_axes(box)
        axes.patch.set_visible(False)
        draw(axes)
        written = io.StringIO()
        figure.savefig(written, format="svg", metadata=_NO_METADATA)
    opening = (
        f'<svg class="picture" role="img" viewBox="0 0 {_WIDTH} {height}" aria-label="{html.escape(label)}">'
    )
    return opening + _inlined(written.getvalue()) + "</svg>"


def _inlined(document: str) -> str:
    """
    Content of matplotlib's SVG `document`, without its ``<svg>`` element and its opening metadata and styles,
    for a page.

    The style rule, fonts and ids of groups are dropped; markers and clip paths keep definitions and ids.
    Coordinates are cut to two decimals, and placeholder colours replaced by CSS variables of the page.
    """
    # Matplotlib's style rule is dropped because it would apply to every element of the page.
    body = document[document.index("</style>") : document.rindex("</svg>")]
    body = body[body.index("</defs>") + len("</defs>") :]
    for pattern, replacement in _LEANER:
        body = pattern.sub(replacement, body)
    body = _COORDINATES.sub(lambda match: _DECIMALS.sub(r"\1", match.group()), body)
    for stand_in, variable in _VARIABLES.items():
        body = body.replace(stand_in, f"var(--{variable})")
    return body


_LEANER = (
    (re.compile(r'<g id="[^"]*"'), "<g"),
    (re.compile(r"font-family: [^;\"]*;? ?"), ""),
    (re.compile(r' transform="rotate\(-?0 [^"]*"'), ""),
    (re.compile(r"xlink:href"), "href"),
    (re.compile(r"\s*\n\s*(?=[^<\s])"), " "),
    (re.compile(r"\s+(?=<)"), ""),
)
_COORDINATES = re.compile(r' (?:d|x|y|width|height|points|transform)="[^"]*"')
_DECIMALS = re.compile(r"(\d\.\d{2})\d+")
