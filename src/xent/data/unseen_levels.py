"""Levels of categories that training did not have, counted in new rows."""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xent.data.column_values import is_number, text_codes
from xent.data.expected_cells import plain_column
from xent.data.level_indicators import Category
from xent.data.table_encoder import TableEncoder

__all__ = ["UnseenLevels", "unseen_levels", "warn_of_unseen_levels"]

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class UnseenLevels:
    """
    Cells of one category whose level did not occur in training.

    Parameters
    ----------
    column : str
        Name of the category.
    cells : int
        Number of these cells.
    rows : int
        Number of rows.
    levels : tuple of (str, int, str)
        Each level, the most frequent first, with its cells and the nearest level of training: "" if none is
        near, and after the first three levels.
    numbers : bool
        True if the column holds numbers, and not text as in training.
    """

    column: str
    cells: int
    rows: int
    levels: tuple[tuple[str, int, str], ...]
    numbers: bool

    @property
    def sentence(self) -> str:
        """
        Sentence with the numbers of such cells and of rows, and the three most frequent levels, each with its
        cells.

        A level near one of training has that too; the other levels are counted.
        """
        named = [
            f"{level!r} ({count:,}{f', nearest {near!r}' if near else ''})"
            for level, count, near in self.levels[:_SHOWN]
        ]
        more = len(self.levels) - _SHOWN
        tail = f" and {more:,} more" if more > 0 else ""
        what = "numbers where training had text" if self.numbers else "levels that training did not have"
        return (
            f"{self.cells:,} of {self.rows:,} cells of column {self.column!r} hold {what}: "
            f"{', '.join(named)}{tail}"
        )


def unseen_levels(encoder: TableEncoder, table: pa.Table) -> tuple[UnseenLevels, ...]:
    """
    Each category of a fitted `encoder` that has levels in `table` which did not occur in training, and
    counts.

    A category has its column, the number of such cells and of rows, and each such level, the most frequent
    first, with its cells and, for the first three, the nearest level of training. They are in the order of
    the encoder's columns; `table` must have these. Missing cells do not count. A category of more than 10,000
    rare levels, whose names a model does not keep, is left out.

    Examples
    --------
    >>> encoder = TableEncoder().fit(pa.table({"city": ["Oslo", "Rome", "Oslo", "Rome"]}))
    >>> (found,) = unseen_levels(encoder, pa.table({"city": ["oslo", "Rome", "oslo", None]}))
    >>> found.sentence
    "2 of 4 cells of column 'city' hold levels that training did not have: 'oslo' (2, nearest 'Oslo')"
    """
    return tuple(_unseen(encoder.categories_, table))


def warn_of_unseen_levels(encoder: TableEncoder, table: pa.Table) -> None:
    """Issue a `UserWarning` for each category with levels that did not occur in training."""
    for found in unseen_levels(encoder, table):
        warnings.warn(found.sentence, UserWarning, stacklevel=3)


def _unseen(found: list[Category], table: pa.Table) -> Iterator[UnseenLevels]:
    """
    Levels that training did not have, most frequent first, for each category with such levels in `table`.

    `table` must have the columns of `found`. Only the first three levels have a nearest level. A category of
    a model that does not know its pooled levels is skipped.
    """
    for category in found:
        rare = category.get("rare", None if category["other"] else [])
        if rare is None:
            continue
        name = category["column"]
        codes, levels = text_codes(table.column(name))
        known = [*category["levels"], *rare]
        counts = np.bincount(codes[codes >= 0], minlength=len(levels))
        new = pc.is_null(pc.index_in(levels, pa.array(known, levels.type))).to_numpy(zero_copy_only=False)
        places = np.flatnonzero(new & (counts > 0))
        if places.size:
            order = places[np.argsort(-counts[places], kind="stable")]
            named = tuple(
                (level, int(counts[place]), _nearest(level, known) if rank < _SHOWN else "")
                for rank, (place, level) in enumerate(
                    zip(order.tolist(), levels.take(pa.array(order)).to_pylist(), strict=True)
                )
            )
            numbers = is_number(plain_column(table.column(name)).type)
            yield UnseenLevels(name, int(counts[places].sum()), len(codes), named, numbers)


def _nearest(level: str, known: list[str]) -> str:
    """Known level most like `level` apart from case; "" if none is near."""
    folded = {each.casefold(): each for each in reversed(known)}
    close = difflib.get_close_matches(level.casefold(), folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else ""
