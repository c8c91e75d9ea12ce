"""What a mistyped name was meant to be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["listed", "near_names"]


def near_names(name: str, known: Iterable[str], *, what: str = "columns") -> str:
    """
    One sentence that helps whoever typed a name that is not known.

    Parameters
    ----------
    name : str
        What was typed.
    known : iterable of str
        What could have been meant.
    what : str, default "columns"
        What the names are, in the plural.

    Returns
    -------
    str
        The near names as a question, or the first few of all names, or "" where there are none.

    Examples
    --------
    >>> near_names("Speces", ["sepal length", "species"])
    "Did you mean 'species'?"
    >>> near_names("zzz", ["sepal length", "species"])
    "The columns are 'sepal length' and 'species'."
    """
    names = list(dict.fromkeys(known))
    folded = {each.casefold().strip(): each for each in reversed(names)}
    close = difflib.get_close_matches(name.casefold().strip(), folded, n=3, cutoff=0.6)
    if close:
        return f"Did you mean {listed([folded[each] for each in close], 'or')}?"
    if len(names) == 1:
        return f"The only one is {names[0]!r}."
    return f"The {what} are {listed(names)}." if names else ""


def listed(names: Iterable[str], joint: str = "and", *, most: int = 8) -> str:
    """
    Names in quotes as a sentence has them, at most `most` of them.

    Examples
    --------
    >>> listed(["a", "b", "c"])
    "'a', 'b' and 'c'"
    >>> listed("abcd", most=2)
    "'a', 'b' and 2 more"
    """
    quoted = [repr(name) for name in names]
    if len(quoted) > most:
        quoted = [*quoted[:most], f"{len(quoted) - most} more"]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {joint} {quoted[-1]}"
