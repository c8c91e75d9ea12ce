"""Report of a fit whose rows were read in batches, from the rows that were kept."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xent.data import TableEncoder, Target
from xent.data.file_facts import facts_of
from xent.data.pieces.target import StreamedTarget
from xent.data.repeated_rows import repeated_rows
from xent.errors import DataError
from xent.jobs.batches.streamed_weights import KeptWeights
from xent.jobs.doubts import table_doubts
from xent.jobs.fit_findings import Measured, fit_findings
from xent.jobs.fit_problem import FitProblem
from xent.jobs.fit_result import Fit
from xent.jobs.fitting import Clock
from xent.jobs.table_model import TableModel
from xent.models.inference import class_standard_errors
from xent.report.fit.explanation import has_network, races, training
from xent.report.fit.findings import ColumnFinding, RowCounts

__all__ = ["KeptRows", "check_kept", "judged_stream"]

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class KeptRows:
    """
    Rows in memory: tables of a part of the training rows and of the held-out ones, with their classes.

    `held_out_rows` are the numbers of the held-out rows among all rows of the data. `group` is the column of
    the groups, None for none, `held_out_groups` the group of each held-out row, and `training_groups` the
    number of groups in training. `weights` is None where rows count equally.
    """

    train: pa.Table
    train_codes: Codes
    held_out: pa.Table
    held_out_codes: Codes
    held_out_rows: Codes
    group: str | None = None
    held_out_groups: Codes | None = None
    training_groups: int = 0
    weights: KeptWeights | None = None


def judged_stream(
    name: str,
    goal: StreamedTarget,
    kept: KeptRows,
    parts: tuple[TableEncoder, Any],
    columns: tuple[ColumnFinding, ...],
    *,
    factors: Any,
    clock: Clock,
) -> Fit:
    """
    Result of a fit in batches, from the rows in `kept`: a sample of the training rows, and all held-out rows.

    Races, training error, standard errors (None for a network) and doubts come from the sample, counts and
    weights by class from all training rows; the held-out rows are encoded and predicted here. `name` is that
    of the data, `goal` the target's classes and the number of all rows of each. `parts` are the fitted
    encoder and classifier, `columns` the findings about each column, `factors` the class weights by number,
    "balanced" or None; `clock` collects the seconds of each phase.
    """
    encoder, classifier = parts
    network = has_network(classifier)
    trained = _trained_counts(goal, kept)
    problem = _problem(name, goal, kept, columns, factors)
    model = TableModel(goal.name, goal.classes, encoder, classifier, tuple(trained.tolist()))
    X = encoder.transform(kept.train, first=0)
    X_held_out = encoder.transform(kept.held_out, first=kept.held_out_rows)
    with clock("race"):
        raced = races(classifier, X, kept.train_codes)
    with clock("judge"):
        given = kept.weights
        measured = Measured(
            _row_counts(goal, kept, trained, classifier),
            columns,
            _doubts(problem, kept, encoder),
            raced,
            training(classifier, X, kept.train_codes, None if given is None else given.train),
            None
            if network
            else class_standard_errors(classifier, X, kept.train_codes, _shares(kept, trained)),
            classifier.predict_log_proba(X_held_out),
            repeated_rows(X, kept.train_codes, X_held_out, kept.held_out_codes),
            None if given is None else given.masses,
        )
        findings = fit_findings(problem, model, measured, clock.seconds)
    held_out = kept.held_out_rows, kept.held_out_codes, measured.log_probs
    return Fit(findings, model, *held_out, held_out_weights=problem.held_out_weights)


def _shares(kept: KeptRows, trained: Codes) -> NDArray[np.float64]:
    """
    Weight of each kept training row, (n,), scaled so that those of a class sum to that of all its training
    rows.

    `trained` is the number of training rows of each class, (K,), its weight in all if rows have no weights.
    """
    weights = np.ones(len(kept.train_codes)) if kept.weights is None else kept.weights.train
    masses = trained if kept.weights is None else kept.weights.masses
    own = np.bincount(kept.train_codes, weights=weights, minlength=len(trained))
    return np.asarray((masses / np.where(own > 0, own, 1))[kept.train_codes] * weights)


def _trained_counts(goal: StreamedTarget, kept: KeptRows) -> Codes:
    """Number of all training rows of each class, (K,): rows in `goal` less held-out ones in `kept`."""
    return goal.counts - np.bincount(kept.held_out_codes, minlength=len(goal.classes))


def check_kept(goal: StreamedTarget, kept: KeptRows) -> None:
    """
    Raise `DataError` unless rows are held out and every class has a training row.

    `goal` has the number of all rows by class, from which those of the held-out rows in `kept` are taken off.
    The error is about `group` if the rows are split by groups, else about `held_out`.
    """
    if len(kept.held_out_codes) and _trained_counts(goal, kept).min() > 0:
        return
    hint = "Give another --seed or --held-out."
    if kept.group is None:
        fact = f"{len(kept.held_out_codes):,} held-out rows"
        raise DataError("fit", "held_out", "leave rows of every class in training", got=fact, hint=hint)
    held_out = 0 if kept.held_out_groups is None else len(np.unique(kept.held_out_groups))
    total = kept.training_groups + held_out
    fact = f"{total:,} groups in column {kept.group!r}, of which {held_out:,} are held out"
    rule = "name groups of which some can be held out while every class stays in training"
    raise DataError("fit", "group", rule, got=fact, hint=hint)


def _row_counts(goal: StreamedTarget, kept: KeptRows, trained: Codes, classifier: Any) -> RowCounts:
    """
    Numbers of all rows read, of those without a class, of training and held-out rows, and of groups of both.

    `trained`, (K,), is the number of training rows of each class. A sentence says how many training rows the
    training error, races, standard errors (not of a network) and doubts come from, another how groups are
    held out. Group and weight are "" without a column of them.
    """
    total = int(goal.counts.sum())
    network = has_network(classifier)
    errors = "" if network else "the standard errors "
    remark = (
        f"The rows were read in batches; the training error, the races, {errors}and the doubts "
        f"come from {len(kept.train_codes):,} of the training rows."
    )
    remarks = [remark]
    if kept.group is not None:
        remarks.append("A group is held out by a hash of its value and the seed.")
    groups = 0 if kept.held_out_groups is None else len(np.unique(kept.held_out_groups))
    return RowCounts(
        total + goal.missing,
        goal.missing,
        int(trained.sum()),
        len(kept.held_out_codes),
        tuple(remarks),
        facts_of(kept.train).notes,
        group=kept.group or "",
        groups=(kept.training_groups, groups),
        weight="" if kept.weights is None else kept.weights.name,
    )


def _problem(
    name: str,
    goal: StreamedTarget,
    kept: KeptRows,
    columns: tuple[ColumnFinding, ...],
    factors: Any,
) -> FitProblem:
    """
    Problem of the rows that were kept: the training rows of the sample, then all held-out ones.

    Held-out rows have their numbers in the data; training rows have the number 0 and, with groups, the group
    -1, which nothing looks at. `columns`, the findings about all columns, stand in the place of the columns
    left out; `factors` are the class weights. There are no remarks, notes or places.
    """
    import pyarrow as pa

    train, test = len(kept.train_codes), len(kept.held_out_codes)
    codes = np.concatenate([kept.train_codes, kept.held_out_codes])
    rows = np.concatenate([np.zeros(train, np.int64), kept.held_out_rows])
    places = np.arange(train + test)
    groups = kept.held_out_groups
    # Groups of training rows are not looked at.
    groups = None if groups is None else np.concatenate([np.full(train, -1), groups])
    given = kept.weights
    weights = None if given is None else np.concatenate([given.train, given.held_out])
    return FitProblem(
        name,
        goal.name,
        Target(goal.classes, codes, rows, goal.missing),
        places[:train],
        places[train:],
        groups,
        weights,
        factors,
        columns,
        (),
        (),
        kept.group,
        "" if kept.weights is None else kept.weights.name,
        pa.table({}),
    )


def _doubts(problem: FitProblem, kept: KeptRows, encoder: TableEncoder) -> Any:
    """`TableDoubts` about the kept rows, training rows and held-out ones, as `table_doubts` finds them."""
    import pyarrow as pa

    table = pa.concat_tables([kept.train, kept.held_out]).combine_chunks()
    goal = dataclasses.replace(problem.goal, rows=np.arange(table.num_rows))
    return table_doubts(
        table, encoder, goal, problem.train, problem.held_out, grouped=problem.group is not None
    )
