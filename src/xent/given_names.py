"""Names as the caller gives them: one, or several."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["names_of"]


def names_of(names: str | Iterable[str] | None) -> tuple[str, ...]:
    """
    Names as a tuple: a single one may come without a list around it; None is none.

    What is neither text nor iterable is taken for one name, for the caller to find unknown.

    Examples
    --------
    >>> names_of("age"), names_of(["age", "city"])
    (('age',), ('age', 'city'))
    """
    if names is None:
        return ()
    return (names,) if isinstance(names, str) or not isinstance(names, Iterable) else tuple(names)
