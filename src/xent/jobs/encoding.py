"""Encoder learnt from the training rows of a table, and findings that only the whole table gives."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xent.data import TableEncoder
from xent.data.signals.sample_columns import SampleSource, sample_sources
from xent.given_names import names_of
from xent.jobs.doubts import table_doubts
from xent.jobs.fit_problem import FitProblem
from xent.report.fit.cautions import TableDoubts
from xent.report.fit.findings import ColumnFinding, RowCounts

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Encoding", "encoding_of"]


@dataclass(frozen=True, slots=True)
class Encoding:
    """
    Encoder, and findings about the table, which is freed once its rows are encoded.

    Parameters
    ----------
    encoder : TableEncoder
        Encoder fitted to the training rows.
    columns : tuple of ColumnFinding
        All columns except the target.
    rows : RowCounts
        Numbers of rows, with remarks.
    doubts : TableDoubts
        Doubts that the table gives.
    sources : tuple of SampleSource
        Samples of signals or pictures among the features, a set for each channel.
    """

    encoder: TableEncoder
    columns: tuple[ColumnFinding, ...]
    rows: RowCounts
    doubts: TableDoubts
    sources: tuple[SampleSource, ...]


def encoding_of(
    table: pa.Table, problem: FitProblem, *, keep: str | Collection[str], types: Mapping[str, str], text: bool
) -> Encoding:
    """
    Encoding learnt from the training rows of `table`; the options are those of `fit`.

    Raises
    ------
    DataError
        If no column can be used, `keep` or `types` names none, a number is infinite, or a column cannot be of
        the kind that `types` asks for.
    DomainError
        If a kind in `types` is unknown.
    """
    goal, train = problem.goal, problem.train
    encoder = TableEncoder(target=problem.target, keep=names_of(keep), types=dict(types))
    encoder.set_params(**({} if text else {"most_words": 0})).fit(table, rows=goal.rows[train])
    return Encoding(
        encoder,
        (*map(ColumnFinding.of, encoder.columns), *problem.left_out),
        _row_counts(problem, table.num_rows),
        table_doubts(table, encoder, goal, train, problem.held_out, grouped=problem.group is not None),
        sample_sources(encoder, table),
    )


def _row_counts(problem: FitProblem, n: int) -> RowCounts:
    """
    Numbers of rows: all `n` of the table, those without a class, of training and held-out ones, and of
    groups.

    The numbers of groups in training and held out are 0 without groups. Remarks, notes and the names of
    groups and weights are those of `problem`; a name is "" for none.
    """
    held_out = len(problem.held_out)
    train, judged = (
        0 if side is None else len(np.unique(side))
        for side in (problem.train_groups, problem.held_out_groups)
    )
    return RowCounts(
        n,
        problem.goal.missing,
        len(problem.train),
        held_out,
        problem.remarks,
        problem.notes,
        problem.group or "",
        (train, judged),
        problem.weigher,
    )
