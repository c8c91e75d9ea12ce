"""`judge`: a saved model's predictions scored on a table of its own, with the report of a fit."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xent.data import to_table
from xent.data.file_facts import facts_of
from xent.data.source import check_of_files, is_path, name_of
from xent.data.target_encoding import KnownTarget, known_target
from xent.data.unseen_levels import unseen_levels
from xent.jobs.fit_result import framed_page, write_report
from xent.jobs.frame_kind import frame_kind, in_kind
from xent.jobs.judged_findings import findings_of_test
from xent.jobs.keywords import OF_READING, check_keywords
from xent.jobs.known_model import known_model
from xent.jobs.manifest import results_in
from xent.jobs.prediction import places_of, prediction_table, read_known
from xent.jobs.sample_findings import judged_samples
from xent.jobs.splitting import own_groups
from xent.jobs.table_model import TableModel
from xent.jobs.weighting import given_weights
from xent.report.fit.findings import FitFindings
from xent.scoring.predictions import checked_weights

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Judged", "judge"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, repr=False)
class Judged:
    """
    Result of `judge`: findings and predictions; a notebook shows it as its report.

    Parameters
    ----------
    findings : FitFindings
        Content of the report; its held-out rows are the judged rows.
    model : TableModel
        The model.
    target : KnownTarget
        Judged rows and their classes.
    log_probs : ndarray of shape (n, K)
        Logarithms of the predicted probabilities of the judged rows, in nats.
    kind : {"pyarrow", "pandas", "polars"}, default "pyarrow"
        Library of the frame that `predictions` returns, that of the data.
    places : pyarrow.Table, optional
        Columns that say where each row of the data is from.
    weights : ndarray of shape (n,), optional
        Weights of the judged rows.
    """

    findings: FitFindings
    model: TableModel
    target: KnownTarget
    log_probs: Array
    kind: str = "pyarrow"
    places: pa.Table | None = None
    weights: Array | None = None

    def predictions(self) -> Any:
        """The judged rows: ``row``, ``target``, ``predicted``, ``weight`` if given, and each ``p_CLASS``."""
        return in_kind(self._predictions(), self.kind)

    def save(self, directory: Path) -> None:
        """
        Write report.html, metrics.json, predictions.parquet and manifest.json into `directory`, which must
        exist.

        Raises
        ------
        OutputError
            If `directory` does not exist or cannot be written, or holds a file with the name of any result,
            also model.skops or calibrator.json, that is not an unchanged one.
        """
        with results_in(directory) as place:
            write_report(place, self.findings, self._predictions())

    def __repr__(self) -> str:
        held_out = self.findings.held_out
        return (
            f"<Judged on {self.findings.name!r}: cross-entropy {held_out.cross_entropy.value:.4g} nats, "
            f"error {held_out.error.value:.3g}, on {held_out.rows:,} rows; save(DIRECTORY) keeps it>"
        )

    def _repr_html_(self) -> str:
        return framed_page(self.findings)

    def _predictions(self) -> pa.Table:
        """
        Table of Arrow of the judged rows, as `prediction_table` makes it, with places, true classes and
        weights.
        """
        known = self.target
        return prediction_table(
            self.log_probs,
            self.model.classes,
            rows=known.rows,
            codes=known.codes,
            places=self.places,
            weights=self.weights,
        )


def judge(
    model: Any, data: Any, *, name: str | None = None, sample_weight: Any = None, **reading: Any
) -> Judged:
    """
    Judge a fitted model on rows whose classes are known, losses in nats, with the report of a fit.

    Parameters
    ----------
    model : TableModel, Fit, str or Path
        A fitted model, or the path of a model file or of its directory.
    data : str, Path, DataFrame or array
        A file, a folder of WFDB records, or a table, with the columns that the model was fitted on and its
        target. Rows without a class are ignored; those of a class that the model does not know are counted
        and not judged.
    name : str, optional
        Name of the result; by default that of the file.
    sample_weight : array of shape (n,) or str, optional
        Weight of each row of `data` in every loss, share, area and cost, finite and >= 0, or the column that
        holds it; those of rows that are not judged are not read.
    **reading
        Options of `xent.data.read_table` for a file, as `xent.predict` takes them.

    Returns
    -------
    Judged
        The findings, and the predictions of the judged rows.

    Raises
    ------
    DataError
        If the model or the data cannot be read, a column is missing or of another kind, a number is infinite,
        no row has a class of the model, or an option of reading does not suit the data.
    DomainError
        If a weight is negative, masked or not finite, or those of all judged rows are 0; or if an option of
        reading is out of range, or does not suit the file.
    DTypeError
        If the weights are not real numbers.
    ShapeError
        If there is not one weight for each row.
    BackendError
        If a library is missing: PyTorch or safetensors for a network, or one that reads `data`.
    ParameterError
        If a keyword is no option of reading.

    Notes
    -----
    The rows should be rows that the model was not fitted to; this is not checked.

    Examples
    --------
    >>> import xent
    >>> from xent.data import load_builtin
    >>> table, _ = load_builtin("iris")
    >>> judged = xent.judge(xent.fit(table[::2], "species", C=10), table[1::2])
    >>> f"{judged.findings.held_out.cross_entropy.value:.3f} nats on {judged.findings.held_out.rows} rows"
    '0.101 nats on 75 rows'
    """
    began = time.perf_counter()
    check_keywords(reading, judge, taken=OF_READING)
    judged = str(model) if is_path(model) else "a model in memory"
    model = known_model(model, caller="judge")
    table = to_table(_read(model, data, reading))
    known = known_target(table, model.target, model.classes)
    weights, weigher = given_weights(table, sample_weight, known.rows, caller="judge")
    if weights is not None:
        weights = checked_weights(weights, len(known.rows), caller="judge")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        log_probs = model.predict_log_proba(table, rows=known.rows)
    said = [note.removesuffix(".") for note in facts_of(table).notes]
    said += [str(one.message) for one in caught]
    said += [found.sentence for found in unseen_levels(model.encoder, table.take(known.rows))]
    findings = findings_of_test(
        model,
        name or name_of(data),
        known,
        log_probs,
        read=table.num_rows,
        groups=own_groups(table, known.rows),
        weights=(weigher, weights),
        said=said,
        judged=judged,
        samples=judged_samples(model, table, known, log_probs),
        began=began,
    )
    return Judged(findings, model, known, log_probs, frame_kind(data), places_of(table), weights)


def _read(model: TableModel, data: Any, reading: dict[str, Any]) -> Any:
    encoder = model.encoder
    check_of_files(data, reading, caller="judge")
    if not is_path(data):
        return data
    return read_known(encoder, data, reading)
