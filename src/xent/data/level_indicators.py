"""One 0-or-1 feature per level of a category."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NotRequired, TypedDict

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from xent.data.category_levels import pooled_counts
from xent.data.expected_cells import level_cells
from xent.data.planned_column import ColumnPlan
from xent.data.row_batches import RowBatch, column_batch

__all__ = [
    "Category",
    "categories",
    "category_of",
    "complementary_names",
    "indicator_names",
    "set_indicators",
    "width",
]

# A model file names the rare levels, so that levels unseen in training are told from them.
_MOST_RARE = 10_000


class Category(TypedDict):
    """
    Column that becomes indicators: one per level, then one for `other` levels, then one for `missing` cells.

    `column` is its name and `levels` are the levels with an indicator of their own; `other` and `missing` are
    True if there is such an indicator. `rare` names the levels of training that share the indicator of
    others; None if they are more than 10,000.
    """

    column: str
    levels: list[str]
    other: bool
    missing: bool
    rare: NotRequired[list[str] | None]


def categories(
    plans: Iterable[ColumnPlan], table: pa.Table, rows: NDArray[np.int64] | None, *, most: int
) -> list[Category]:
    """
    Levels, and indicators of other levels and gaps, of each categorical or ordered column of `plans`, in
    their order.

    The cells at the places `rows` decide, or for None those of all rows of `table`. Of n such rows, levels in
    fewer than ``max(2, min(10, n // 100), n // 1000)``, and the rarest beyond `most` indicators of a column,
    share one of other levels, which counts among `most`. Missing cells have an indicator, beyond `most`, if
    the column's plan counts some. The levels kept are sorted by name.
    """
    found: list[Category] = []
    for plan in plans:
        if plan.kind in {"categorical", "ordered"}:
            codes, levels = level_cells(column_batch(table, plan.name, rows), plan.name)
            counts = np.bincount(codes[codes >= 0], minlength=len(levels))
            found.append(category_of(plan, counts, levels, len(codes), most=most))
    return found


def category_of(
    plan: ColumnPlan, counts: NDArray[np.int64], levels: pa.Array, rows: int, *, most: int
) -> Category:
    """
    Levels, and indicators of other levels and gaps, of the column of `plan`, one that has a level.

    `counts`, (levels,), are the rows of each of `levels`, of `rows` in all, gaps included. Levels in fewer
    rows than `fewest_rows` asks (one in a hundred, but 2 to 10, or one in a thousand), and the rarest beyond
    `most` indicators, become other levels, whose indicator counts among `most`. The levels kept are sorted by
    name. Missing cells have an indicator, beyond `most`, if the plan counts some.
    """
    split = pooled_counts(counts, levels, rows, most=most)
    return Category(
        column=plan.name,
        levels=list(split.kept),
        other=split.pooled > 0,
        missing=plan.missing > 0,
        rare=_rare(counts > 0, levels, split.kept),
    )


def _rare(present: NDArray[np.bool_], levels: pa.Array, kept: tuple[str, ...]) -> list[str] | None:
    """
    Texts of `levels`, where `present`, (levels,), is True, that are not `kept`, in rising order.

    None if they are more than 10,000; `kept` must be among the present ones.
    """
    if np.count_nonzero(present) - len(kept) > _MOST_RARE:
        return None
    names: list[str] = levels.filter(pa.array(present)).to_pylist()
    return sorted(set(names) - set(kept))


def width(category: Category) -> int:
    """Number of features that the category becomes."""
    return len(category["levels"]) + category["other"] + category["missing"]


def indicator_names(category: Category) -> list[str]:
    """Names of the features in order: "city=Oslo" by level, then "city=(other)" and "city=(missing)"."""
    extra = ["(other)"] * category["other"] + ["(missing)"] * category["missing"]
    return [f"{category['column']}={level}" for level in [*category["levels"], *extra]]


def complementary_names(found: Iterable[Category]) -> list[str]:
    """First of the two indicators of each category that has two: 1 minus the other, of opposite weight."""
    return [indicator_names(category)[0] for category in found if width(category) == 2]


def set_indicators(batch: RowBatch, found: Sequence[Category], out: NDArray[np.float64]) -> None:
    """
    Write 1 to `out`, (rows, features), where a row has the level of a feature; `out` must be filled with 0.

    Features are the indicators of each category in turn, in the order that `Category` states. A level without
    an indicator of its own, rare or unseen in training, sets that of other levels, and a missing cell that of
    missing cells. If the category has no such indicator, all its indicators stay 0 in that row. Raises
    `DataError` for a column of lists, records or bytes.
    """
    first = 0
    for category in found:
        places = _places(batch, category)
        hit = np.flatnonzero(places >= 0)
        out[hit, first + places[hit]] = 1.0
        first += width(category)


def _places(batch: RowBatch, category: Category) -> NDArray[np.intp]:
    """
    Place of each cell's indicator among those of its category, (rows,), in the order of `Category`.

    A level without an indicator of its own, rare or unseen, has the place of other levels. It is -1 for a
    cell that sets no indicator: such a level where there is none of others, or a missing cell where there is
    none of missing cells.
    """
    codes, levels = level_cells(batch, category["column"])
    kept = pa.array(category["levels"], levels.type)
    other = len(kept) if category["other"] else -1
    missing = len(kept) + category["other"] if category["missing"] else -1
    places = pc.index_in(levels, kept).fill_null(other).to_numpy(zero_copy_only=False)
    # A missing cell has code -1, which indexes the last entry.
    return np.append(places, missing).astype(np.intp)[codes]
