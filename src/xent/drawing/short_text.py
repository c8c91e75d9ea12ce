"""Text from the data, shortened to one printable line for display."""

from __future__ import annotations

__all__ = ["printable", "short"]

# Zero-width joiners, which some scripts need; every other invisible character is replaced by a space.
_JOINERS = "\u200c\u200d"


def short(text: str, width: int = 40) -> str:
    r"""
    `text` on one line of at most `width` characters; longer text has an ellipsis in the middle.

    The end is kept, because long names often differ at the end. Line breaks and invisible characters become
    spaces, and several spaces one. Text without a visible character becomes two quotation marks, ``""``.

    Examples
    --------
    >>> short("premature ventricular contraction", 20)
    'premature ve…raction'
    >>> short("a\nb\x1b[31m")
    'a b [31m'
    """
    # A cell can hold very long text, of which only the ends are needed.
    if len(text) > 4 * width:
        text = text[: 2 * width] + text[-2 * width :]
    line = printable(text)
    if len(line) <= width:
        return line or '""'
    tail = (width - 1) * 2 // 5
    return f"{line[: width - 1 - tail]}…{line[len(line) - tail :]}"


def printable(text: str) -> str:
    r"""
    `text` on one line, whole, with spaces for control codes and other invisible characters.

    Several spaces become one, and those at the ends are left out; "" if nothing is visible.

    Examples
    --------
    >>> printable("a\nb\x1b[31m")
    'a b [31m'
    """
    line = "".join(c if c.isprintable() or c in _JOINERS else " " for c in text)
    return " ".join(line.split())
