"""Error of a fit without a penalty whose classes are separated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from xent.errors import DomainError
from xent.solvers.separation import Separation

__all__ = ["separation_error"]

_MOST_NAMED = 5


def separation_error(
    found: Separation, *, features: Sequence[str], classes: NDArray[Any], caller: str
) -> DomainError:
    """
    `DomainError` of the parameter `C` that names the separating columns and classes, and the ways out.

    It is returned, not raised. `found` says whether the separation is complete and which columns have
    infinite coefficients; without such columns all together, or the intercepts, separate. `features` and
    `classes` are the names of columns and classes by number. At most 5 columns are named.
    """
    kind = "completely" if found.complete else "quasi-completely"
    columns = [f"{features[one.column]!r}{_of(one.classes, classes)}" for one in found.columns[:_MOST_NAMED]]
    if len(found.columns) > _MOST_NAMED:
        columns.append(f"{len(found.columns) - _MOST_NAMED} more")
    word = "column" if len(found.columns) == 1 else "columns"
    if columns:
        by = f"by {word} {_listed(columns)}"
        drop = f", or drop the {word}"
    elif found.complete:
        by, drop = "by all columns together", ""
    else:
        by, drop = "by the intercepts alone", ""
    return DomainError(
        caller,
        "C",
        "be finite for these data",
        got=f"inf, and the classes are {kind} separated {by}",
        hint=f'The likelihood has no maximum. Use `penalty="firth"`, or a finite `C`{drop}.',
    )


def _of(separated: tuple[int, ...], classes: NDArray[Any]) -> str:
    """
    Words that name the classes with numbers `separated`, beginning with a space and in brackets: " (class
    'a')".

    Empty for two classes, which separate each other. At most 5 are named, and the number of the others.
    """
    if len(classes) == 2:
        return ""
    names = [repr(str(classes[k])) for k in separated[:_MOST_NAMED]]
    if len(separated) > _MOST_NAMED:
        names.append(f"{len(separated) - _MOST_NAMED} more")
    return f" (class{'es' if len(separated) > 1 else ''} {_listed(names)})"


def _listed(words: list[str]) -> str:
    """Words, at least one, joined by commas and a last "and"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
