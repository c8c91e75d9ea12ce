"""Kind of a column of text: category, ordered levels, free text, identifier."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from xent.data.category_levels import PooledLevels, pooled_counts
from xent.data.column_values import text_codes
from xent.data.column_wishes import ColumnWishes
from xent.data.free_text import is_free_text
from xent.data.ordered_levels import level_order
from xent.data.planned_column import ColumnPlan

__all__ = ["plan_levels", "plan_text"]

# A column of text is taken for an identifier if more than this share of its cells are distinct.
_DISTINCT_SHARE = 0.9
# Text of several words is no category if fewer of its cells than this share hold a frequent level.
_FREQUENT_SHARE = 0.5
_SHOWN = 5


def plan_text(name: str, column: pa.ChunkedArray, wishes: ColumnWishes, *, ordered: bool) -> ColumnPlan:
    """
    Plan of the column `name` of text by its cells, by the rules of `plan_levels`.

    `ordered` is True if the type of the column says that its levels are in order.
    """
    codes, levels = text_codes(column)
    counts = np.bincount(codes[codes >= 0], minlength=len(levels))
    return plan_levels(name, levels, counts, len(codes), wishes, ordered=ordered)


def plan_levels(
    name: str,
    levels: pa.Array,
    counts: NDArray[np.int64],
    rows: int,
    wishes: ColumnWishes,
    *,
    ordered: bool,
) -> ColumnPlan:
    """
    Plan of the column `name` of text by `counts`, (levels,), the numbers of rows with each of `levels`.

    `rows` is the number of all rows, missing cells included; `ordered` is True if the type of the column says
    that `levels` are in order. A level is frequent if `pooled_counts` keeps it: it has one row in a hundred,
    but at least 2 and at most 10, or one in a thousand if that is more, and is among the most frequent that
    `wishes` allow. The kind is "empty", or "constant" without a gap; "text" if fewer than half of the known
    cells hold a frequent level and the levels are free text; "identifier" if the levels are more than 90 % as
    many as the known cells, unless `wishes` keep the column, or if no level is frequent; "ordered" for at
    least three levels of one scale or of an ordered type; else "categorical". A kind that `wishes` name
    replaces these rules but for "empty", "constant" and, unless it is "text", "identifier" of columns without
    a frequent level; "ordered" gives "categorical", with the reason in the note, for levels of no known order
    or fewer than three. Where `wishes` allow no words, "excluded" stands for "text".
    """
    present = int(counts.sum())
    missing = rows - present
    distinct = int(np.count_nonzero(counts))
    wished = wishes.types.get(name)
    if distinct == 0:
        return ColumnPlan(name, "empty", missing, "no value: dropped")
    if distinct == 1 and not missing:
        only = levels[int(np.argmax(counts))].as_py()
        return ColumnPlan(name, "constant", 0, f"always {only!r}: dropped")
    split = pooled_counts(counts, levels, rows, most=wishes.most_levels)
    free = wished == "text" or (
        wished is None
        and _is_rarely_frequent(levels, counts, split)
        and is_free_text(_present(levels, counts))
    )
    if free:
        return _free_text(name, levels, counts, missing, wishes)
    if distinct > _DISTINCT_SHARE * present and wished is None and name not in wishes.keep:
        how = "every row" if distinct == present else f"{100 * distinct / present:.3g} % of rows"
        return ColumnPlan(name, "identifier", missing, f"unique in {how}: dropped")
    if not split.kept:
        return ColumnPlan(name, "identifier", missing, f"{distinct} levels, each of them rare: dropped")
    return _category(name, _present(levels, counts), split, missing, wished, ordered=ordered)


def _present(levels: pa.Array, counts: NDArray[np.int64]) -> pa.Array:
    return levels.filter(pa.array(counts > 0))


def _is_rarely_frequent(levels: pa.Array, counts: NDArray[np.int64], split: PooledLevels) -> bool:
    """
    True if levels are pooled and the kept ones hold less than half of the cells that are not missing.

    `counts`, (levels,), are the rows of each of `levels`; `split` has the kept levels and the number of the
    others, which share a feature.
    """
    kept = (
        np.isin(np.asarray(levels.to_pylist(), dtype=object), split.kept)
        if split.pooled
        else np.ones(1, bool)
    )
    return bool(split.pooled) and bool(counts[kept].sum() < _FREQUENT_SHARE * counts.sum())


def _free_text(
    name: str, levels: pa.Array, counts: NDArray[np.int64], missing: int, wishes: ColumnWishes
) -> ColumnPlan:
    """
    Plan of the column `name` of free text: "text", or "excluded" if `wishes` ask for no words.

    The note of "text" has the mean number of words, parts between spaces, of a known cell. `counts`,
    (levels,), has the rows with each of `levels`, at least one; `missing` is the number of gaps.
    """
    if wishes.most_words == 0:
        return ColumnPlan(name, "excluded", missing, "free text: dropped as requested")
    words = pc.count_substring_regex(levels, r"\S+").to_numpy(zero_copy_only=False)
    mean = float(np.average(words, weights=counts))
    return ColumnPlan(name, "text", missing, f"free text, {mean:.3g} words a cell")


def _category(
    name: str,
    levels: pa.Array,
    split: PooledLevels,
    missing: int,
    wished: str | None,
    *,
    ordered: bool,
) -> ColumnPlan:
    count = len(levels)
    note = f"{count} level{'s' * (count > 1)}" + (f", {split.pooled} rare pooled" if split.pooled else "")
    names = levels.to_pylist()
    if missing and level_order([*names, "none"]):
        note = (
            f'{note}; should the word "none" be a level and not a gap, give the words for gaps by `--missing`'
        )
    order = names if ordered else level_order(names)
    if wished in {None, "ordered"} and len(order) > 2:
        steps = [str(level) for level in order[:_SHOWN]] + ["…"] * (len(order) > _SHOWN)
        return ColumnPlan(name, "ordered", missing, f"{' < '.join(steps)}: {note}")
    if wished == "ordered":
        why = "its levels have no known order" if len(names) > 2 else "an order needs three levels"
        note = f"{note}; a category and not ordered: {why}"
    return ColumnPlan(name, "categorical", missing, note)
