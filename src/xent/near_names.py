"""Suggestions for a mistyped name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

__all__ = ["files_in", "listed", "near_names"]

# Columns of a table can have names of thousands of characters, and a message is one line to read.
_LONGEST = 60


def near_names(name: object, known: Iterable[str], *, what: str = "columns") -> str:
    """
    One sentence that suggests known names for a name that is not known.

    Parameters
    ----------
    name : object
        The name that is not known.
    known : iterable of str
        Names that are valid in its place.
    what : str, default "columns"
        Noun for the names, in the plural.

    Returns
    -------
    str
        A question with up to three near names, case and outer spaces aside; without near names a list of the
        first eight names, or the only name; "" if `known` is empty.

    Examples
    --------
    >>> near_names("Speces", ["sepal length", "species"])
    "Did you mean 'species'?"
    >>> near_names("zzz", ["sepal length", "species"])
    "The columns are 'sepal length' and 'species'."
    """
    names, name = list(dict.fromkeys(known)), str(name)
    folded = {each.casefold().strip(): each for each in reversed(names)}
    close = difflib.get_close_matches(name.casefold().strip(), folded, n=3, cutoff=0.6)
    if close:
        return f"Did you mean {listed([folded[each] for each in close], 'or')}?"
    if len(names) == 1:
        return f"The only one is {_quoted(names[0])}."
    return f"The {what} are {listed(names)}." if names else ""


def files_in(folder: Path) -> list[str]:
    """
    Sorted names of the files in `folder`, and of the folders there that hold visible ones at any depth.

    Hidden names begin with a dot. A folder of results is made before its table is read, and holds only hidden
    names until it is written. A `folder` that cannot be read raises `OSError`.
    """
    return sorted(each.name for each in folder.iterdir() if _is_visible(each))


def _is_visible(path: Path) -> bool:
    """
    True for a file that is not hidden, and for a folder, not hidden, with such a file at any depth.

    A folder that cannot be read counts as visible, and so does one that holds it.
    """
    if path.name.startswith("."):
        return False
    try:
        return not path.is_dir() or any(_is_visible(each) for each in path.iterdir())
    except OSError:
        return True


def listed(names: Iterable[str], joint: str = "and", *, most: int = 8) -> str:
    """
    Names in quotes, joined as in a sentence with `joint` before the last; "" for none.

    Names of more than 60 characters, with quotes, are cut; those beyond the first `most` are counted.

    Examples
    --------
    >>> listed(["a", "b", "c"])
    "'a', 'b' and 'c'"
    >>> listed("abcd", most=2)
    "'a', 'b' and 2 more"
    """
    quoted = [_quoted(name) for name in names]
    if len(quoted) > most:
        quoted = [*quoted[:most], f"{len(quoted) - most} more"]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {joint} {quoted[-1]}"


def _quoted(name: str) -> str:
    """`name` in quotes, with escapes; if longer than 60 characters, cut to 60, with "..." at the end."""
    text = repr(name)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4]}...{text[-1]}"
