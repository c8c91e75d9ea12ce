"""`judge` of a source that is read in batches, in memory that does not grow with the rows."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xent.data.column_values import is_text
from xent.data.column_wishes import check_target
from xent.data.expected_cells import plain_column
from xent.data.files.read_options import read_options
from xent.data.pieces.encoded_reader import weight_cells
from xent.data.pieces.held_out_rule import HeldOutRule
from xent.data.pieces.known_target import StreamedKnownTarget, streamed_known_target
from xent.data.pieces.table_source import table_source
from xent.data.source import is_path
from xent.data.target_encoding import KnownTarget
from xent.data.text_reading import read_column
from xent.data.unseen_levels import unseen_levels
from xent.jobs.batches.memory_share import stream_name
from xent.jobs.batches.streamed_prediction import UnseenCounts, columns_of_training, full_layout
from xent.jobs.batches.training_tables import source_pieces
from xent.jobs.judged_findings import findings_of_test
from xent.jobs.judging import Judged
from xent.jobs.known_model import known_model
from xent.jobs.table_model import TableModel
from xent.streams.sources import Source

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["judge_batches"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

# Most probabilities that are kept, 32 MiB: those of 838,860 rows of five classes.
_MOST_KEPT = 1 << 22


def judge_batches(
    model: Any,
    data: Any,
    *,
    name: str | None = None,
    sample_weight: str | None = None,
    reading: Mapping[str, Any] | None = None,
) -> Judged:
    """
    Judge a fitted model as `xent.judge` does, on rows that are read in batches.

    Parameters
    ----------
    model : TableModel, Fit, str or Path
        A fitted model, or the path of a model file or of its directory.
    data : str, Path, pyarrow.dataset.Dataset, polars.LazyFrame or callable
        Source of tables, read in two passes: a file, folder or pattern, a data set, a lazy frame, or a
        function that returns a new iterator of batches at each call.
    name : str, optional
        Name of the result; by default that of the file or folder.
    sample_weight : str, optional
        Column of the weights of the rows, >= 0 and finite, in every loss, share, area and cost; those of
        rows that are not judged are not read.
    reading : mapping, optional
        Layout of delimited text: ``delimiter``, ``header``, ``skip``, ``encoding`` of `xent.data.read_table`.

    Returns
    -------
    Judged
        The findings and the predictions of the judged rows, a pyarrow table.

    Raises
    ------
    DataError
        If the model or the source cannot be read, a column is missing or of another kind, a number is
        infinite, or no row has a class of the model.
    DomainError
        If the weights of judged rows are negative, not finite or all 0, or a layout is out of range, or given
        for data that are no local files of delimited text.
    BackendError
        If the model is a network, and PyTorch or safetensors is missing.
    ParameterError
        If a key of `reading` is no option of the layout.

    Notes
    -----
    The findings are those of `xent.judge`, without pictures of signals, while rows times classes are at most
    2^22. Of more rows a part of that size is judged, chosen by a hash of their places; a caution says so.
    """
    began = time.perf_counter()
    judged = str(model) if is_path(model) else "a model in memory"
    model = known_model(model, caller="judge")
    options = read_options(missing=model.encoder.missing_words_, **full_layout(reading, judge_batches))
    source = table_source(data, options, text=model.encoder.text_columns, caller="judge")
    columns = columns_of_training(model.encoder, source, data, caller="judge")
    if sample_weight is not None:
        _check_column(source, sample_weight, "sample_weight")
    goal = _known_target(source, model)
    predicted = _Predicted(model, goal, sample_weight)
    further = () if sample_weight is None else (sample_weight,)
    for fragment, first, piece in source_pieces(
        source, tuple(dict.fromkeys((*columns, model.target, *further))), caller="judge"
    ):
        predicted.add(fragment, first, piece)
    known, log_probs, weights = predicted.result()
    findings = findings_of_test(
        model,
        name or stream_name(data),
        known,
        log_probs,
        read=goal.rows,
        groups=("", None),
        weights=(sample_weight or "", weights),
        said=[*predicted.sentences()],
        judged=judged,
        samples=None,
        began=began,
    )
    return Judged(findings, model, known, log_probs, weights=weights)


def _known_target(source: Source, model: TableModel) -> StreamedKnownTarget:
    """
    Target of `model` in the rows of `source`, by a scan of its column.

    Raises `DataError` if the column is missing, or no row has a class of the model.
    """
    _check_column(source, model.target, "target")
    cells = (piece.column(0) for _, _, piece in source_pieces(source, (model.target,), caller="judge"))
    return streamed_known_target(cells, model.target, model.classes)


def _check_column(source: Source, name: str, argument: str) -> None:
    """Raise `DataError`, about `argument`, unless `source` has the column `name`; arrays have none."""
    import pyarrow as pa

    empty = pa.table({one: pa.array([], pa.null()) for one in source.columns or ()})
    check_target(empty, name, caller="judge", argument=argument)


class _Predicted:
    """Predictions of the judged rows of all pieces so far, and counts of cells that training did not have."""

    def __init__(self, model: TableModel, goal: StreamedKnownTarget, weight: str | None) -> None:
        self._model, self._goal, self._weight = model, goal, weight
        self._weights: list[Array] = []
        share = _MOST_KEPT / len(model.classes) / goal.known
        self._rule = HeldOutRule(share, 0) if share < 1 else None
        self._start = 0
        self._rows: list[Codes] = []
        self._codes: list[Codes] = []
        self._log_probs: list[Array] = []
        self._odd: Counter[tuple[str, str]] = Counter()
        self._unseen = UnseenCounts()

    def add(self, fragment: str, first: int, piece: pa.RecordBatch) -> None:
        """
        Predict the judged rows of `piece`, whose first row has the number `first` in the fragment named
        `fragment`.

        Rows are numbered from 0 through all calls, so pieces come in the order of the data. Judged are the
        rows whose target is a class of the model; if these are more than 2^22 over the number of classes,
        only the part of them that a hash of their places draws. Unseen levels and cells that do not read are
        counted in the judged rows. Raises `DataError` if weights are not numbers, whose range is not checked,
        and for features that the encoder cannot read.
        """
        import pyarrow as pa

        codes = self._goal.codes(piece.column(self._model.target))
        chosen = codes >= 0
        if self._rule is not None:
            chosen &= self._rule.is_held_out(self._rule.hashes(piece, first, fragment))
        places = np.flatnonzero(chosen)
        table = pa.Table.from_batches([piece]).take(pa.array(places))
        if len(places):
            X = self._model.encoder.transform(table, first=self._start + places)
            self._log_probs.append(self._model.classifier.predict_log_proba(X))
        self._rows.append(places + self._start)
        self._codes.append(codes[places])
        if self._weight is not None:
            self._weights.append(weight_cells(table, self._weight, caller="judge"))
        self._start += piece.num_rows
        self._unseen.add(unseen_levels(self._model.encoder, table))
        self._count_odd(table)

    def result(self) -> tuple[KnownTarget, Array, Array | None]:
        """
        Judged rows, their log-probabilities, (n, K), and their weights, (n,), None where rows count equally.

        At least one row must have been judged.
        """
        goal = self._goal
        known = KnownTarget(
            np.concatenate(self._codes), np.concatenate(self._rows), goal.missing, goal.unknown
        )
        weights = None if self._weight is None else np.concatenate(self._weights)
        return known, np.concatenate(self._log_probs), weights

    def sentences(self) -> Iterator[str]:
        """
        Sentences about the judged rows of all pieces: that they are a part, odd cells by column, unseen
        levels.

        Odd cells cannot be read as in training and count as missing. There is no sentence without a finding.
        """
        judged = sum(map(len, self._rows))
        if self._rule is not None:
            yield (
                f"{judged:,} of {self._goal.known:,} rows were judged, chosen by a hash of their places; all "
                "figures, and the predictions that are written, are theirs"
            )
        for (column, meaning), count in self._odd.items():
            cells = "1 cell" if count == 1 else f"{count} cells"
            yield f"{cells} of column {column!r} cannot be read as {meaning} and count as missing"
        yield from self._unseen.sentences(judged)

    def _count_odd(self, table: pa.Table) -> None:
        """
        Add to the counts by column and meaning the cells of text in `table` that do not read as in training.

        A column that was read in training as, say, dates, has such a meaning; only columns that are used and
        now hold text are looked at. Words for a missing cell do not count.
        """
        encoder = self._model.encoder
        for plan in encoder.columns:
            if not plan.used or plan.reading is None:
                continue
            column = plain_column(table.column(plan.name))
            if is_text(column.type):
                odd = read_column(column, plan.reading, tuple(encoder.missing_words_)).odd
                if len(odd):
                    self._odd[plan.name, plan.reading["meaning"]] += len(odd)
