"""`fit` of a source that is read in batches: the same report from memory that does not grow with the rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xent.data import MISSING, TableEncoder
from xent.data.column_plan import check_target
from xent.data.column_wishes import text_types
from xent.data.files.read_options import read_options
from xent.data.pieces.encoded_reader import EncodedReader, RowChoice
from xent.data.pieces.held_out_rule import HeldOutRule
from xent.data.pieces.table_source import table_source
from xent.data.pieces.target import streamed_target
from xent.errors import DataError, DomainError
from xent.given_names import names_of
from xent.jobs.batches.memory_share import stream_name
from xent.jobs.batches.row_collector import RowCollector
from xent.jobs.batches.streamed_findings import KeptRows, check_kept, judged_stream
from xent.jobs.batches.training_tables import TrainingTables, source_pieces, with_others
from xent.jobs.fit_result import Fit
from xent.jobs.fitting import Clock
from xent.jobs.left_out import without_columns
from xent.jobs.model_choice import ModelWishes, best_so_far, check_model
from xent.jobs.watcher import Watcher
from xent.jobs.weighting import class_factors
from xent.models import LogisticRegression
from xent.models.batch_fit import BatchWishes
from xent.models.fit_range import check_fit_range
from xent.report.fit.findings import ColumnFinding
from xent.scoring.held_out import check_split
from xent.streams.sources import Source

__all__ = ["StreamWishes", "check_streamed_model", "fit_stream"]

_MODELS = ("linear", "network")
# Most held-out rows: standard errors of their scores are then a 450th of the scatter of a row.
_MOST_HELD_OUT = 200_000


@dataclass(frozen=True, slots=True)
class StreamWishes:
    """
    Options of `fit_stream`, which are those of `fit`, and where to keep passes.

    `model` is linear or network. `checkpoint` is a file, None for none; `resume` goes on from it; `executor`
    computes sums of fragments of a linear fit.
    """

    model: str = "linear"
    C: float | str = "auto"
    tol: float = 1e-8
    held_out: float = 0.2
    seed: int = 0
    keep: str | Collection[str] = ()
    exclude: str | Collection[str] = ()
    types: Mapping[str, str] | None = None
    text: bool = True
    class_weight: Any = None
    sample_weight: str | None = None
    group: str | None = None
    missing: str | Sequence[str] = MISSING
    delimiter: str | None = None
    header: bool = True
    skip: int | None = None
    encoding: str | None = None
    checkpoint: Path | None = None
    resume: bool = False
    executor: Any = None


def fit_stream(
    data: Any, target: str, wishes: StreamWishes, *, name: str | None = None, watcher: Watcher | None = None
) -> Fit:
    """
    Fit to a source of rows that need not fit in memory, judge on held-out rows and explain, in nats.

    Parameters
    ----------
    data : str, Path, pyarrow.dataset.Dataset, polars.LazyFrame or callable
        Source of tables, read in several passes: a file, folder or pattern, a data set, a lazy frame, or a
        function that returns a new iterator of batches at each call.
    target : str
        Column to predict.
    wishes : StreamWishes
        Options of `fit` that apply to batches, and an executor of the sums of a linear fit, or None.
    name : str, optional
        Name of the result; by default that of the file or folder.
    watcher : Watcher, optional
        Object that is called at each step and each fragment.

    Returns
    -------
    Fit
        The findings, the model, and the held-out predictions.

    Raises
    ------
    DataError
        If the source cannot be read or has no named columns, a column is missing, the target cannot be
        predicted, no row is held out, a class has no row in training, a number is infinite, weights are no
        numbers, or the data change between passes; with ``resume`` also if `checkpoint` is damaged or that
        of another fit.
    DomainError
        If an option is out of range, or the model neither linear nor a network; if a network has a `C`, a
        `tol` or an executor; if a weight is missing, negative or not finite.
    BackendError
        If the model is a network, and PyTorch or safetensors is missing.
    OutputError
        If `checkpoint` cannot be written; without ``resume``, for a linear model, if it exists.

    Notes
    -----
    Without ``resume`` the training of a network replaces an existing `checkpoint`.

    A row is held out by a hash of the seed and its place, a group by a hash of the seed and its value, each
    with the probability ``held_out`` or, if less, that of 200,000 rows. Groups are held out whole, intervals
    draw whole groups, and each takes 8 bytes. The training error, the races, the standard errors and the
    doubts come from at most 40,000 of the training rows.
    """
    check_split(held_out=wishes.held_out, seed=wishes.seed, caller="fit")
    check_fit_range(C=wishes.C, tol=wishes.tol, caller="fit")
    check_streamed_model(wishes.model, distributed=wishes.executor is not None)
    check_model(ModelWishes(wishes.model, wishes.C, wishes.tol, wishes.seed))
    watcher = watcher or Watcher()
    clock = Clock(watcher)
    with clock("read"):
        source, left_out = _opened(data, target, wishes)
        goal = streamed_target(
            (piece.column(target) for _, _, piece in source_pieces(source, (target,), caller="fit")), target
        )
        factors = class_factors(wishes.class_weight, goal.classes)
        share = min(wishes.held_out, _MOST_HELD_OUT / int(goal.counts.sum()))
        choice = RowChoice(goal, HeldOutRule(share, wishes.seed, wishes.group))
    with clock("encode"):
        names = tuple(one for one in source.columns or () if one not in left_out)
        kept = _kept(source, choice, names, wishes.sample_weight)
        check_kept(goal, kept)
        encoder = TableEncoder(target=target, keep=names_of(wishes.keep), types=dict(wishes.types or {}))
        encoder.set_params(**({} if wishes.text else {"most_words": 0}))
        tables = TrainingTables(source, choice, names)
        encoder.fit_batches(tables, row_name=tables.row_name)
        columns = (*map(ColumnFinding.of, encoder.columns), *left_out.values())
        watcher.columns(columns)
    with clock("fit"):
        reader = EncodedReader(encoder, choice, wishes.sample_weight)
        classifier = _fitted(source, reader, wishes, watcher, factors=factors)
    name = name or stream_name(data)
    return judged_stream(name, goal, kept, (encoder, classifier), columns, factors=factors, clock=clock)


def check_streamed_model(model: str, *, distributed: bool) -> None:
    """
    Raise an error at once for a model that is not fitted in batches, or whose library is missing.

    `distributed` is True where an executor computes. Raises `DomainError` for a `model` other than "linear"
    and "network", or a network with `distributed`, and `BackendError` for a network without PyTorch or
    safetensors.
    """
    if model not in _MODELS:
        rule = "be linear or network for data that are read in batches"
        raise DomainError("fit", "model", rule, got=repr(model))
    if model != "linear" and distributed:
        rule = "be linear where workers of Dask compute"
        hint = "The steps of a network follow one another: leave --dask out."
        raise DomainError("fit", "model", rule, got=repr(model), hint=hint)
    check_model(ModelWishes(model, "auto", 1e-8, 0))


def _fitted(
    source: Source, reader: EncodedReader, wishes: StreamWishes, watcher: Watcher, *, factors: Any
) -> Any:
    """
    Classifier, fitted to the rows of `source` that `reader` chooses and encodes, the training rows.

    It is a `LogisticRegression` of the `C` and `tol` of `wishes` for the model "linear", else a
    `NeuralClassifier` of its seed, whose training an interrupt after the first epoch ends early; an earlier
    one raises `KeyboardInterrupt`. `factors` are the class weights by number, "balanced" or None. Both use
    the checkpoint of `wishes` and go on from it with ``resume``; `watcher` is called at each epoch or pass.
    """
    if wishes.model == "linear":
        linear = LogisticRegression(C=wishes.C, tol=wishes.tol, class_weight=factors)
        return linear.fit_source(source, reader, _batch_wishes(wishes, watcher))
    from xent.networks import NeuralClassifier
    from xent.networks.neural_fit import Watch

    network = NeuralClassifier(class_weight=factors, random_state=wishes.seed)
    with best_so_far(network):
        network.fit_source(
            source, reader, Watch(watcher.epoch, wishes.checkpoint, wishes.resume, watcher.rows)
        )
    return network


def _batch_wishes(wishes: StreamWishes, watcher: Watcher) -> BatchWishes:
    """Executor, checkpoint and ``resume`` of `wishes`, with methods of `watcher` as callbacks."""
    return BatchWishes(
        wishes.executor,
        wishes.checkpoint,
        wishes.resume,
        on_progress=watcher.rows,
        on_iteration=watcher.iteration,
        on_trial=watcher.trial,
        on_candidate=watcher.candidate,
    )


def _opened(data: Any, target: str, wishes: StreamWishes) -> tuple[Source, dict[str, ColumnFinding]]:
    """
    Source in `data`, not yet read, and the finding of each column that is no feature by the wish of the
    caller.

    The findings are by name: columns to exclude, of the groups or of the weights; the source still has them.
    Raises `DataError` if the source cannot be read or has no named columns, or if one of the named columns is
    missing or the target; `DomainError` for an invalid layout.
    """
    options = read_options(
        missing=wishes.missing,
        delimiter=wishes.delimiter,
        header=wishes.header,
        skip=wishes.skip,
        encoding=wishes.encoding,
    )
    source = table_source(data, options, text=text_types(wishes.types), caller="fit")
    names = source.columns
    if names is None:
        raise DataError("fit", "data", "hold columns with names", got="batches of arrays")
    import pyarrow as pa

    empty = pa.table({name: pa.array([], pa.null()) for name in names})
    check_target(empty, target, caller="fit")
    _, found = without_columns(empty, target, wishes.exclude, group=wishes.group, weight=wishes.sample_weight)
    return source, {one.name: one for one in found}


def _kept(source: Source, choice: RowChoice, names: tuple[str, ...], weight: str | None) -> KeptRows:
    """
    Rows to keep in memory, from one pass over `source`: a sample of training rows, and all held-out rows.

    They have the columns `names`; `weight` is the column of the weights, None for none. Raises `DataError` if
    the source cannot be read, and errors of `RowCollector.add`.
    """
    collector = RowCollector(choice, names, weight)
    for name, first, piece in source_pieces(source, with_others(names, choice, weight), caller="fit"):
        collector.add(piece, first, name)
    return collector.kept()
