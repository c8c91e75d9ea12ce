"""Note of a planned column with what its encoding does to gaps, ranks and words."""

from __future__ import annotations

from typing import Any

from xent.data.numeric_features import numeric_names
from xent.data.planned_column import ColumnPlan

__all__ = ["encoded_note"]


def encoded_note(plan: ColumnPlan, encoder: Any) -> str:
    """Note of `plan`, followed by how the fitted `encoder` treats missing cells or words of the column."""
    if plan.kind == "text":
        words = next(len(source["words"]) for source in encoder.texts_ if source["column"] == plan.name)
        empty = f"; {plan.missing} missing: no word" if plan.missing else ""
        return f"{plan.note}: {words:,} word{'s' * (words != 1)} as tf-idf features{empty}"
    if not (plan.used and plan.missing):
        return plan.note
    if plan.kind in {"categorical", "ordered"}:
        lowest = any(each["column"] == plan.name and "gap" in each for each in encoder.numeric_)
        return f"{plan.note}; {plan.missing} missing: a level of their own{', the lowest' * lowest}"
    if plan.kind == "datetime":
        return f"{plan.note}; medians for {plan.missing} missing"
    place = numeric_names(encoder.numeric_).index(plan.name)
    return f"{plan.note}; median {encoder.imputer_.statistics_[place]:.6g} for {plan.missing} missing"
