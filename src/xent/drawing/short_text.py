"""Text that came with the data, made fit to be shown: one line, printable, not too long."""

from __future__ import annotations

__all__ = ["short"]

# Two scripts need these to join or part their letters; every other invisible character is shown as a space.
_JOINERS = "\u200c\u200d"


def short(text: str, width: int = 40) -> str:
    r"""
    Give `text` on one line of at most `width` characters, what is too long left out in the middle.

    Names that go on for long often differ at their end, so the end is kept.

    Examples
    --------
    >>> short("premature ventricular contraction", 20)
    'premature ve…raction'
    >>> short("a\nb\x1b[31m")
    'a b [31m'
    """
    # Only so much is looked at: a cell can hold a whole book.
    if len(text) > 4 * width:
        text = text[: 2 * width] + text[-2 * width :]
    line = "".join(c if c.isprintable() or c in _JOINERS else " " for c in text)
    line = " ".join(line.split())
    if len(line) <= width:
        return line or '""'
    tail = (width - 1) * 2 // 5
    return f"{line[: width - 1 - tail]}…{line[len(line) - tail :]}"
