"""Predictions of a source that is read in batches, written as they are made."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from xent.data.files.read_options import read_options
from xent.data.pieces.table_source import table_source
from xent.data.source import is_path
from xent.data.unseen_levels import UnseenLevels, unseen_levels
from xent.errors import DataError
from xent.jobs.archives.calibrator_file import load_calibrator
from xent.jobs.keywords import OF_LAYOUT, check_keywords
from xent.jobs.known_model import known_model
from xent.jobs.prediction import prediction_table
from xent.jobs.table_file import write_tables
from xent.jobs.table_model import TableModel
from xent.streams.fragments import pieces_of
from xent.streams.sources import Source

if TYPE_CHECKING:
    import pyarrow as pa

    from xent.data import TableEncoder

__all__ = ["UnseenCounts", "columns_of_training", "full_layout", "predict_batches"]

# Unseen levels of a column that are counted one by one; of more only the total is right.
_MOST_NAMED = 10_000


def predict_batches(
    model: Any,
    data: Any,
    out: Any,
    *,
    calibrator: Any = None,
    kind: str | None = None,
    reading: Mapping[str, Any] | None = None,
) -> int:
    """
    Write the predictions of `xent.predict` for rows that are read in batches; the number of rows.

    Parameters
    ----------
    model : TableModel, Fit, str or Path
        A fitted model, or the path of a model file or of its directory.
    data : str, Path, pyarrow.dataset.Dataset, polars.LazyFrame or callable
        Source of tables: a file, folder or pattern, a data set, a lazy frame, or a function that returns an
        iterator of batches.
    out : Path or binary stream
        Path that ends in .csv or .parquet, or an open stream; a path appears whole or not at all.
    calibrator : str or Path, optional
        File of a calibrator, to apply at the end, with the same classes.
    kind : {"csv", "parquet"}, optional
        Format for a stream, CSV for None; that of a path is told by its ending.
    reading : mapping, optional
        Layout of delimited text: ``delimiter``, ``header``, ``skip``, ``encoding`` of `xent.data.read_table`.

    Returns
    -------
    int
        Number of rows that were predicted. Levels that training did not have give a `UserWarning` at the end.

    Raises
    ------
    DataError
        If the model, the source or the calibrator cannot be read, a column is missing or of another kind, a
        number is infinite, the source hands out no rows, or the calibrator has other classes.
    DomainError
        If a layout is out of range, or given for data that are no local files of delimited text.
    OutputError
        If a path has another ending, or cannot be written.
    BackendError
        If the model is a network, and PyTorch or safetensors is missing.
    ParameterError
        If a key of `reading` is no option of the layout.
    """
    model = known_model(model, caller="predict")
    maps = None if calibrator is None else load_calibrator(calibrator)
    options = read_options(missing=model.encoder.missing_words_, **full_layout(reading, predict_batches))
    source = table_source(data, options, text=model.encoder.text_columns, caller="predict")
    columns = columns_of_training(model.encoder, source, data, caller="predict")
    unseen = UnseenCounts()
    count = [0]

    def tables() -> Iterator[pa.Table]:
        import pyarrow as pa

        piece = None
        for fragment in source.fragments:
            for piece in pieces_of(fragment, columns, caller="predict"):
                table = pa.Table.from_batches([piece])
                yield _predicted(model, maps, table, count[0])
                unseen.add(unseen_levels(model.encoder, table))
                count[0] += table.num_rows
        if piece is None:
            raise DataError("predict", "data", "have rows", got="none")

    write_tables(tables(), out, kind)
    for sentence in unseen.sentences(count[0]):
        warnings.warn(sentence, UserWarning, stacklevel=2)
    return count[0]


def full_layout(reading: Mapping[str, Any] | None, job: Callable[..., Any]) -> dict[str, Any]:
    """
    Options of `read_table` for the layout of delimited text: `reading`, with defaults for those that it
    lacks.

    Raises `ParameterError`, which names `job`, for a key that is no such option.
    """
    check_keywords(reading or {}, job, taken=OF_LAYOUT)
    return {"delimiter": None, "header": True, "skip": None, "encoding": None} | dict(reading or {})


def _predicted(model: TableModel, maps: Any, table: pa.Table, first: int) -> pa.Table:
    """
    Predictions of the rows of `table`: ``row``, numbered from `first`, ``predicted`` and ``p_CLASS`` of each
    class.

    `maps`, a `FittedCalibrator`, recalibrates the probabilities before the most probable class is taken; None
    leaves them as they are. Probabilities lie in 0 .. 1. A table without rows gives the columns without rows.
    Raises `DataError` if the calibrator has other classes, or the encoder cannot read a feature.
    """
    X = model.encoder.transform(table, first=first)
    K = len(model.classes)
    log_probs = model.classifier.predict_log_proba(X) if table.num_rows else np.empty((0, K))
    if maps is not None and table.num_rows:
        names = tuple(str(label) for label in model.classes)
        log_probs = maps.of(log_probs, names, caller="xent predict")
    return prediction_table(log_probs, model.classes, rows=np.arange(first, first + len(log_probs)))


def columns_of_training(encoder: TableEncoder, source: Source, data: Any, *, caller: str) -> tuple[str, ...]:
    """
    Names of the columns that `encoder` reads: those that are used or whose gaps are, in the order of
    training.

    Raises `DataError` for the first that `source`, made of `data`, lacks; the message names `data` if it is a
    path. `caller` is named in the error.
    """
    columns = tuple(plan.name for plan in encoder.columns if plan.used or plan.gaps)
    known = source.columns or ()
    absent = [name for name in columns if name not in known]
    if absent:
        rule = "have the columns that were used in training"
        what = str(data) if is_path(data) else "the source"
        raise DataError(caller, "data", rule, got=f"{what} without {absent[0]!r}")
    return columns


class UnseenCounts:
    """Levels that training did not have, counted over pieces."""

    def __init__(self) -> None:
        self._found: dict[str, UnseenLevels] = {}

    def add(self, new: tuple[UnseenLevels, ...]) -> None:
        """Add the unseen levels of a piece to those of earlier ones."""
        for each in new:
            before = self._found.get(each.column)
            self._found[each.column] = each if before is None else _joined(before, each)

    def sentences(self, rows: int) -> Iterator[str]:
        """Sentence for each column with unseen levels, of which `rows` cells were read in all pieces."""
        for found in self._found.values():
            yield dataclasses.replace(found, rows=rows).sentence


def _joined(before: UnseenLevels, new: UnseenLevels) -> UnseenLevels:
    """
    Unseen levels of one column in two pieces, `before` and `new`: counts are added by level, and cells in
    all.

    Levels are ordered by falling count, those of `before` first among equal ones. Once 10,000 are named,
    further ones are counted as cells alone. The nearest known level is that of `before`, if it has one. The
    number of rows stays that of `before`.
    """
    levels = {level: (count, near) for level, count, near in before.levels}
    for level, count, near in new.levels:
        if level in levels or len(levels) < _MOST_NAMED:
            earlier, known = levels.get(level, (0, ""))
            levels[level] = earlier + count, known or near
    named = sorted(((level, *pair) for level, pair in levels.items()), key=lambda one: -one[1])
    return dataclasses.replace(before, cells=before.cells + new.cells, levels=tuple(named))
