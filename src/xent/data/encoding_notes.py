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

    A dictionary for each of `plans`, in their order, with the fields of `ColumnPlan`.
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
    Median by the name of each column with numeric features, that of its last feature if it has several.

    Empty if the encoder has no numeric feature.
    """
    if encoder.imputer_ is None:
        return {}
    owners = [each["column"] for each in encoder.numeric_ for _ in each["parts"]]
    return dict(zip(owners, map(float, encoder.imputer_.statistics_), strict=True))


def _note(plan: ColumnPlan, medians: dict[str, float], lowest: set[str], words: dict[str, int]) -> str:
    """
    Note of `plan`, followed by the treatment of missing cells, or the words, of its column.

    `medians` has the median and `words` the number of words by column; `lowest` names the columns whose
    missing cells rank below all levels. The note stays as it is for a dropped column, and for one that has
    neither a gap nor free text.
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
