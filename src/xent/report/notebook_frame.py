"""Pages as elements of a notebook."""

from __future__ import annotations

import html

__all__ = ["notebook_frame"]

_HEIGHT = "42rem"


def notebook_frame(page: str, name: str) -> str:
    """
    HTML element, a frame of fixed height without scripts, that shows the HTML `page`, the report about
    `name`.
    """
    # In a frame of its own the page keeps its style and the notebook keeps its own.
    title = html.escape(f"Report of {name}")
    style = f"width: 100%; height: {_HEIGHT}; border: 0"
    return f'<iframe title="{title}" style="{style}" sandbox srcdoc="{html.escape(page)}"></iframe>'
