"""Requests of the user about columns: columns to keep, and kinds that columns must have."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from xent.arrays import checked_integer
from xent.data.category_levels import MOST_LEVELS
from xent.errors import DataError, DomainError
from xent.near_names import listed, near_names

__all__ = ["KINDS", "MOST_WORDS", "ColumnWishes", "check_target", "text_types"]

MOST_WORDS = 10_000
"""Most words of a column of free text that become features."""

_TEXT = ("categorical", "ordered", "text")
KINDS = ("numeric", "datetime", "boolean", "categorical", "ordered", "text", "drop")
"""Kinds that `types` may request for a column."""


@dataclass(frozen=True, slots=True)
class ColumnWishes:
    """
    Requests about columns.

    Parameters
    ----------
    keep : frozenset of str
        Columns that are used although they look like identifiers.
    types : mapping of str to str
        Kind, one of `KINDS`, that a column must have.
    most_levels : int
        Most features for one category, that of missing cells aside; at least 1.
    most_words : int
        Most features for one column of free text; 0 to drop free text.
    """

    keep: frozenset[str] = frozenset()
    types: Mapping[str, str] = field(default_factory=dict)
    most_levels: int = MOST_LEVELS
    most_words: int = MOST_WORDS

    def checked(self, table: pa.Table, target: str | None) -> ColumnWishes:
        """
        These wishes, if they suit `table`; `target` None means that no column is predicted.

        Raises `DataError` if a wish names no column of `table`, or `types` the target, and `DomainError` for
        a kind that is not one of `KINDS`, `most_levels` below 1 and `most_words` below 0; `DTypeError` for a
        limit that is not an integer.
        """
        named: dict[str, Collection[str]] = {"keep": self.keep, "types": self.types}
        for argument, names in named.items():
            for name in names:
                check_target(table, name, caller="plan_columns", argument=argument)
                if name == target and argument != "keep":
                    rule = "name columns other than the target"
                    raise DataError("plan_columns", argument, rule, got=repr(name))
        limits = (("most_levels", self.most_levels, 1), ("most_words", self.most_words, 0))
        for argument, most, least in limits:
            if checked_integer(most, argument, caller="plan_columns") < least:
                raise DomainError("plan_columns", argument, f"be at least {least}", got=f"{most}")
        for name, kind in self.types.items():
            if kind not in KINDS:
                hint = near_names(kind, KINDS, what="kinds")
                got = f"{kind!r} for column {name!r}"
                raise DomainError("plan_columns", "types", f"be one of {listed(KINDS)}", got=got, hint=hint)
        return self


def check_target(table: pa.Table, name: str | None, *, caller: str, argument: str = "target") -> None:
    """Raise `DataError` if `name` is not a column of `table`; None passes."""
    if name is not None and name not in table.column_names:
        hint = near_names(name, table.column_names)
        raise DataError(caller, argument, "be a column of the table", got=repr(name), hint=hint)


def text_types(types: Mapping[str, str] | None) -> tuple[str, ...]:
    """Columns of `types` that must stay text when a file is read."""
    return tuple(name for name, kind in (types or {}).items() if kind in _TEXT)
