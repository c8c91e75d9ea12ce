"""
Fit of a `TableEncoder` to rows that come in pieces, in memory that does not grow with them.

If a column is text, a first scan takes a sample by which text is read. The next scan finds ranges, gaps and
levels, so that columns are planned; the last one means, variances and exact medians.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xent.data.column_plan import check_learnable
from xent.data.column_values import is_text
from xent.data.column_wishes import ColumnWishes, check_target
from xent.data.encoding_notes import encoded_columns
from xent.data.expected_cells import plain_column
from xent.data.file_facts import facts_of
from xent.data.free_text import TextSource
from xent.data.level_indicators import category_of
from xent.data.numeric_features import NumericSource, numeric_block
from xent.data.numeric_scaling import RunningMoments
from xent.data.pieces.columns import StreamedColumn
from xent.data.pieces.medians import MedianBracket
from xent.data.pieces.plans import settled_readings, streamed_plan, streamed_source, streamed_words
from xent.data.pieces.tables import PieceConverter, StridedSample, rebatched
from xent.data.planned_column import ColumnPlan
from xent.data.row_batches import BATCH_ROWS, RowBatch
from xent.data.table_conversion import to_table
from xent.data.table_files import check_names
from xent.errors import DataError

__all__ = ["StreamedFit", "streamed_fit"]

Array = NDArray[np.float64]
Pieces = Callable[[], Iterator[pa.Table]]

# Half of the most rows of the sample.
_SAMPLE = 1 << 15
# Widening of brackets that missed their medians, scan after scan; the last one holds everything.
_WIDER = (1.0, 8.0, np.inf)


@dataclass(frozen=True, slots=True)
class StreamedFit:
    """
    Facts that an encoder learns of pieces.

    Parameters
    ----------
    plans : tuple of ColumnPlan
        Plan of each column.
    numeric, categories, texts : list
        Sources of numeric features, categories, and columns of free text.
    moments : RunningMoments
        Counts, means and deviations of the numeric features.
    medians : list of float
        Median of each numeric feature.
    missing : tuple of str
        Words for a missing cell.
    reading : mapping of str to str
        Options with which further data must be read.
    rows : int
        Number of rows.
    """

    plans: tuple[ColumnPlan, ...]
    numeric: list[NumericSource]
    categories: list[Any]
    texts: list[TextSource]
    moments: RunningMoments
    medians: list[float]
    missing: tuple[str, ...]
    reading: Mapping[str, str]
    rows: int

    @property
    def gaps(self) -> list[bool]:
        """True for each numeric feature that has a gap."""
        return [bool(count < self.rows) for count in self.moments.count]

    def noted(self, encoder: Any) -> list[dict[str, Any]]:
        """Plans with the notes of the fitted `encoder`, as plain data."""
        return encoded_columns(self.plans, encoder)


def streamed_fit(
    tables: Callable[[], Iterable[Any]],
    target: str | None,
    wishes: ColumnWishes,
    *,
    row_name: Callable[[int], str] = str,
) -> StreamedFit:
    """
    Plans, features and moments that an encoder learns of the rows of `tables`, in several scans.

    Parameters
    ----------
    tables : callable
        Function that returns an iterable of pieces, each time the same ones from the first on. It is called
        for every scan, and for the first piece alone.
    target : str or None
        Column to leave out; None to use all columns.
    wishes : ColumnWishes
        Requests about columns.
    row_name : callable, default str
        Name, for messages, of a row of the last piece by its number among the rows of all pieces.

    Returns
    -------
    StreamedFit
        Plan of each column but the target; sources of numeric features, their counts, means, squared
        deviations and exact medians; categories; words of free text; words for missing; options
        of reading; number of rows.

    Raises
    ------
    DataError
        If there are no rows, `target` or a wish names no column, a column cannot have the kind requested, no
        column is left to learn from, or a number is infinite.
    DTypeError
        If a limit of `wishes` is not an integer.
    DomainError
        If a kind or limit of `wishes` is out of range.
    """

    def pieces() -> Iterator[pa.Table]:
        for each in tables():
            table = to_table(each)
            yield table.drop_columns([target]) if target in table.column_names else table

    first = _first_piece(tables, target, wishes)
    facts = facts_of(first)
    converter = PieceConverter(_readings(pieces, first, wishes), wishes.types, facts.missing)
    columns, sample = _surveyed(pieces, converter, row_name)
    plans = tuple(
        streamed_plan(
            column,
            converter.readings.get(name),
            sample.column(name),
            odd=converter.odd.get(name, 0),
            wishes=wishes,
            facts=facts,
        )
        for name, column in columns.items()
    )
    check_learnable(plans)
    found = [streamed_source(plan, columns[plan.name]) for plan in plans]
    numeric = [source for source in found if source is not None]
    categories = _categories(plans, columns, wishes)
    texts = _texts(plans, columns, sample, wishes)
    moments, medians = _scanned(pieces, converter, numeric, sample)
    rows = next(iter(columns.values())).rows
    return StreamedFit(
        plans, numeric, categories, texts, moments, medians, facts.missing, facts.reading, rows
    )


def _first_piece(tables: Callable[[], Iterable[Any]], target: str | None, wishes: ColumnWishes) -> pa.Table:
    """
    First piece as a table, target included; raises `DataError` if there is none, or names occur twice in it.

    `DataError` too if `target` or a wish names no column of it; `DomainError` for a kind or limit of `wishes`
    that is out of range, and `DTypeError` for a limit that is not an integer.
    """
    for each in tables():
        first = to_table(each)
        check_names(first.column_names, caller="plan_columns", argument="table")
        check_target(first, target, caller="plan_columns")
        wishes.checked(first, target)
        return first
    raise DataError("plan_columns", "table", "have rows", got="none")


def _readings(pieces: Pieces, first: pa.Table, wishes: ColumnWishes) -> dict[str, Any]:
    """
    Rules by name for reading each column of text, or of a requested kind; None for one that stays as it is.

    A `Reading` tells the meaning, decimal mark, currency and order of dates. A sample of at most 65,536 rows
    decides, by the words for missing and the decimal mark of the piece `first`, which has all columns; only
    columns in `pieces()` count. A column to be dropped has no entry; without columns of text or requested
    kinds the result is empty. Raises `DataError` for a column that cannot be of the requested kind.
    """
    text = [
        field.name
        for field in first.schema
        if field.name in wishes.types or is_text(plain_column(first.column(field.name)).type)
    ]
    present = set(next(pieces()).column_names)
    names = [name for name in text if name in present]
    if not names:
        return {}
    sample = StridedSample(_SAMPLE)
    for piece in pieces():
        sample.add(piece.select(names))
    table = sample.table().replace_schema_metadata(first.schema.metadata)
    return settled_readings(table, names, wishes)


def _surveyed(
    pieces: Pieces, converter: PieceConverter, row_name: Callable[[int], str]
) -> tuple[dict[str, StreamedColumn], pa.Table]:
    """
    Counts, limits and levels of each converted column by name, and a sample of the converted rows, 65,536 at
    most.

    One scan of `pieces()` fills both; cells that do not read are counted in ``converter.odd``. Raises
    `DataError` if the pieces have no row, or a number is infinite, with the `row_name` of its number among
    all rows.
    """
    columns: dict[str, StreamedColumn] = {}
    sample = StridedSample(_SAMPLE)
    for piece in pieces():
        table = converter.converted(piece)
        if not columns:
            columns = {field.name: StreamedColumn(field.name, field.type, row_name) for field in table.schema}
        for name, column in columns.items():
            column.add(table.column(name))
        sample.add(table)
    if not sample.rows:
        raise DataError("plan_columns", "table", "have rows", got="none")
    return columns, sample.table()


def _categories(
    plans: tuple[ColumnPlan, ...], columns: dict[str, StreamedColumn], wishes: ColumnWishes
) -> list[Any]:
    """
    Category of each categorical or ordered column, in the order of `plans`; all rows decide.

    It has at most ``wishes.most_levels`` indicators, that of missing cells aside.
    """
    return [
        category_of(plan, counts, levels, columns[plan.name].rows, most=wishes.most_levels)
        for plan in plans
        if plan.kind in {"categorical", "ordered"}
        for levels, counts in [columns[plan.name].counted]
    ]


def _texts(
    plans: tuple[ColumnPlan, ...], columns: dict[str, StreamedColumn], sample: pa.Table, wishes: ColumnWishes
) -> list[TextSource]:
    """
    Words of each column of free text, at most ``wishes.most_words``, and their inverse document frequencies.

    A list in the order of `plans`. All rows decide or, where the levels of a column were not counted, the
    cells of `sample`, the converted cells of some rows.
    """
    return [
        streamed_words(plan, columns[plan.name], sample.column(plan.name), most=wishes.most_words)
        for plan in plans
        if plan.kind == "text"
    ]


def _scanned(
    pieces: Pieces, converter: PieceConverter, numeric: list[NumericSource], sample: pa.Table
) -> tuple[RunningMoments, list[float]]:
    """
    Counts, means and squared deviations of the numeric features, gaps left out, and their exact medians.

    Both are in the order of the features, each source's parts in turn, from one to three scans of `pieces()`.
    A scan counts within brackets that `sample`, converted cells of some rows, gives around the medians; if a
    bracket misses, one 8 times as wide and then all values are tried. No scan, and no medians, without
    numeric features.
    """
    moments = RunningMoments()
    if not numeric:
        return moments, []
    values = numeric_block(RowBatch(sample, 0, None), numeric)
    medians: list[float | None] = [None] * values.shape[1]
    for wider in _WIDER:
        lacking = [j for j, median in enumerate(medians) if median is None]
        if not lacking:
            break
        brackets = {j: MedianBracket.of_sample(values[:, j], wider) for j in lacking}
        again = moments if not moments.rows else None
        for block in _blocks(pieces, converter, numeric):
            if again is not None:
                with np.errstate(over="ignore", invalid="ignore"):
                    again.add(block)
            for j, bracket in brackets.items():
                bracket.add(block[:, j])
        for j, bracket in brackets.items():
            medians[j] = bracket.median()
    return moments, [float(median) for median in medians if median is not None]


def _blocks(pieces: Pieces, converter: PieceConverter, numeric: list[NumericSource]) -> Iterator[Array]:
    """
    Numeric features of the converted pieces, (rows, features), neither filled nor scaled, in blocks of 16,384
    rows.

    Only the last block may be shorter. These are the blocks of a table in memory, so that sums have the same
    bits. NaN is a gap; an infinite number raises `DataError`.
    """
    names = list(dict.fromkeys(source["column"] for source in numeric))
    start = 0
    for table in rebatched((converter.converted(piece.select(names)) for piece in pieces()), BATCH_ROWS):
        yield numeric_block(RowBatch(table, 0, None, start), numeric)
        start += table.num_rows
