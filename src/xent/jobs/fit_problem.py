"""Problem that `fit` solves: the classes of a table's rows, their split, groups and weights."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xent.data import Target, encode_target
from xent.data.file_facts import facts_of
from xent.data.missing_targets import words_for_missing
from xent.data.source import read_source
from xent.given_names import names_of
from xent.jobs.left_out import without_columns
from xent.jobs.splitting import grouped_split
from xent.jobs.weighting import check_held_out_weight, class_factors, table_weights
from xent.models.row_weights import check_no_class_is_empty
from xent.report.fit.findings import ColumnFinding
from xent.report.fit.row_remarks import row_remarks

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["FitProblem", "FitWishes", "fit_problem"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class FitWishes:
    """
    Arguments of `fit` about reading, splitting and weighting, which its docstring describes.

    `reading` holds further options of `xent.data.read_table`, `options` those of a built-in set.
    """

    missing: str | Sequence[str]
    reading: Mapping[str, Any]
    options: dict[str, Any]
    exclude: str | Collection[str]
    group: str | None
    held_out: float
    seed: int
    class_weight: Any
    sample_weight: Any


@dataclass(frozen=True, slots=True)
class FitProblem:
    """
    Classes, split and weights of the rows of a table.

    Parameters
    ----------
    name, target : str
        Names of the table and of the column that is predicted.
    goal : Target
        Rows that have a class, and their classes.
    train, held_out : ndarray
        Places of the training and the held-out rows in `goal`.
    groups : ndarray or None
        Group of each row of `goal`; None means that each row stands alone.
    weights : ndarray or None
        Weight of each row of `goal`; None means 1.
    factors : dict, "balanced" or None
        Factors of the classes, by their numbers.
    left_out : tuple of ColumnFinding
        Columns that are no features by the caller's wish.
    remarks, notes : tuple of str
        Remarks on the rows, and notes of the reader of the file.
    group : str or None
        Column of the groups.
    weigher : str
        Name of the weights, "" for none.
    places : pyarrow.Table
        Columns that say where each row of the table is from; none for most tables.
    """

    name: str
    target: str
    goal: Target
    train: Codes
    held_out: Codes
    groups: Codes | None
    weights: Array | None
    factors: dict[int, float] | str | None
    left_out: tuple[ColumnFinding, ...]
    remarks: tuple[str, ...]
    notes: tuple[str, ...]
    group: str | None
    weigher: str
    places: pa.Table

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the classes: their values in ``goal.classes`` as text, in that order."""
        return tuple(str(label) for label in self.goal.classes)

    @property
    def train_codes(self) -> Codes:
        """Class of each training row, as a place in ``goal.classes``."""
        return self.goal.codes[self.train]

    @property
    def train_weights(self) -> Array | None:
        """Weight of each training row, without the factor of its class; None means 1."""
        return None if self.weights is None else self.weights[self.train]

    @property
    def held_out_weights(self) -> Array | None:
        """Weight of each held-out row, without the factor of its class; None means 1."""
        return None if self.weights is None else self.weights[self.held_out]

    @property
    def train_groups(self) -> Codes | None:
        """Group of each training row, None without groups."""
        return None if self.groups is None else self.groups[self.train]

    @property
    def held_out_groups(self) -> Codes | None:
        """Group of each held-out row, None without groups."""
        return None if self.groups is None else self.groups[self.held_out]

    @property
    def has_one_held_out_group(self) -> bool:
        """True if all held-out rows are of one group; False without groups."""
        groups = self.held_out_groups
        return groups is not None and len(np.unique(groups)) == 1


def fit_problem(data: Any, target: Any, name: str | None, wishes: FitWishes) -> tuple[pa.Table, FitProblem]:
    """
    Table in `data` without the columns that are no features, and the problem of its rows: classes, weights,
    split.

    The target stays in the table, excluded columns and those of groups, weights and places (where a row is
    from, such as a record) do not; the problem has the places in a table. All rows stay, also those without a
    class, which are in neither part of the split. `target` may be an array beside `data`, or None for the
    target that the data name. `name` is that of the data, None for one of their own. The group is that of
    `wishes`, else one that the data name.

    Raises
    ------
    DataError
        If the table, its target or a named column cannot be used, too few groups can be split, fewer than two
        classes have weight, or a class that is to be balanced has none in training.
    DomainError
        If a weight or class weight is negative or not finite, no held-out row has weight, class weights are
        neither "balanced" nor a mapping or have a key that is not a class, or an option of reading is
        invalid.
    ShapeError
        If `sample_weight` does not have one entry per row.
    BackendError
        If the library that reads the file is not installed.
    """
    missing, reading = names_of(wishes.missing), dict(wishes.reading)
    table, target, name = read_source(
        data, target, name, wishes.options, missing=missing, reading=reading, caller="fit"
    )
    facts = facts_of(table)
    group = wishes.group or (facts.group if facts.group != target else None)
    words = words_for_missing(data, table, target, missing, reading)
    goal = encode_target(table, target)
    weights, weigher = table_weights(table, wishes.sample_weight, goal)
    factors = class_factors(wishes.class_weight, goal.classes)
    groups, train, test = grouped_split(table, target, goal, group, share=wishes.held_out, seed=wishes.seed)
    if weights is not None:
        _check_weights(weights, goal, train, test, is_balanced=factors == "balanced")
    places = table.select([name for name in facts.places if name != target])
    table, dropped = without_columns(
        table, target, wishes.exclude, group=group, weight=weigher, places=places.column_names
    )
    remarks = row_remarks(goal.classes, goal.codes, words)
    weigher = "" if weights is None else weigher or "sample_weight"
    split, notes = (train, test, groups), facts.notes
    return table, FitProblem(
        name, target, goal, *split, weights, factors, dropped, remarks, notes, group, weigher, places
    )


def _check_weights(weights: Array, goal: Target, train: Codes, held_out: Codes, *, is_balanced: bool) -> None:
    """
    Raise an error for weights that leave nothing to balance or to judge.

    The error is `DataError` if a class that is to be balanced has no weight in training, `DomainError` if the
    held-out rows have none.
    """
    if is_balanced:
        coded = np.asarray(goal.classes, dtype=object), goal.codes[train]
        check_no_class_is_empty(coded, weights[train], caller="fit")
    check_held_out_weight(weights[held_out])
