"""Plans of an encoder's columns as plain data, with what the encoding does to gaps, ranks and words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from xent.data.planned_column import ColumnPlan

__all__ = ["encoded_columns"]


def encoded_columns(plans: Iterable[ColumnPlan], encoder: Any) -> list[dict[str, Any]]:
    """
    Fields of each plan by name, with a note that also tells the treatment by the fitted `encoder`.

    A dictionary for each of `plans`, in their order: name, kind, missing, note, odd, gaps and reading. The
    note of a used column with missing cells, or of free text, ends with what becomes of them (the median, a
    level of their own, no word) or with the number of words.
    """
    medians = _medians(encoder)
    lowest = {each["column"] for each in encoder.numeric_ if "gap" in each}
    words = {source["column"]: len(source["words"]) for source in encoder.texts_}
    # `dataclasses.asdict` copies every string with care, which takes a second for 50,000 columns.
    names = [field.name for field in fields(ColumnPlan)]
    return [
        {name: getattr(plan, name) for name in names} | {"note": _note(plan, medians, lowest, words)}
        for plan in plans
    ]


def _medians(encoder: Any) -> dict[str, float]:
    """
    Median in training, in the column's own unit, of each column with numeric features, by its name.

    These are numbers, truth values, dates and ordered categories; of a date it is the median of its last
    calendar part. Empty if the encoder has no numeric feature.
    """
    if encoder.imputer_ is None:
        return {}
    owners = [each["column"] for each in encoder.numeric_ for _ in each["parts"]]
    return dict(zip(owners, map(float, encoder.imputer_.statistics_), strict=True))


def _note(plan: ColumnPlan, medians: dict[str, float], lowest: set[str], words: dict[str, int]) -> str:
    """
    Note of `plan`, followed by the treatment of missing cells, or the number of words, of its column.

    `medians` has the median and `words` the number of words by column; `lowest` names the ordered columns
    whose missing cells rank below all levels. Free text always has its words appended; any other note stays
    as it is if the column is dropped or has no missing cell.
    """
    if plan.kind == "text":
        count = words[plan.name]
        empty = f"; {plan.missing} missing: no word" if plan.missing else ""
        return f"{plan.note}: {count:,} word{'s' * (count != 1)} as tf-idf features{empty}"
    if not (plan.used and plan.missing):
        return plan.note
    if plan.kind in {"categorical", "ordered"}:
        rank = ", the lowest" * (plan.name in lowest)
        return f"{plan.note}; {plan.missing} missing: a level of their own{rank}"
    if plan.kind == "datetime":
        return f"{plan.note}; medians for {plan.missing} missing"
    return f"{plan.note}; median {medians[plan.name]:.6g} for {plan.missing} missing"
