"""`fit`: from a table to a judged and explained classifier."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xent.data import MISSING, TableEncoder, encode_target
from xent.data.matrices import matrices
from xent.data.missing_targets import words_for_missing
from xent.data.source import read_source
from xent.jobs.manifest import check_replaceable, write_manifest
from xent.jobs.model_file import save_model
from xent.jobs.prediction import prediction_table
from xent.jobs.table_model import TableModel
from xent.jobs.watcher import Watcher
from xent.models import LogisticRegression
from xent.models.fit_range import check_fit_range
from xent.models.inference import class_standard_errors
from xent.report.fit.explanation import races, strongest_coefficients, training
from xent.report.fit.findings import ColumnFinding, FitFindings, RowCounts
from xent.report.fit.row_remarks import row_remarks
from xent.scoring import judge
from xent.scoring.held_out import check_split, split_rows
from xent.version import __version__

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Fit", "fit"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Fit:
    """
    Result of `fit`: findings, model and predictions for the held-out rows.

    Parameters
    ----------
    findings : FitFindings
        Content of the report.
    model : TableModel
        The classifier, ready for new rows.
    held_out_rows : ndarray
        Numbers of the held-out rows in the table, from 0.
    held_out_codes : ndarray
        True class of each held-out row, as a position in ``model.classes``.
    held_out_log_probs : ndarray of shape (n, K)
        Logarithms of the predicted probabilities of the held-out rows, in nats.
    """

    findings: FitFindings
    model: TableModel
    held_out_rows: Codes
    held_out_codes: Codes
    held_out_log_probs: Array

    def predictions(self) -> pa.Table:
        """The held-out rows: ``row``, ``target``, ``predicted``, and ``p_CLASS`` for every class."""
        return prediction_table(
            self.held_out_log_probs,
            self.model.classes,
            rows=self.held_out_rows,
            codes=self.held_out_codes,
        )

    def save(self, directory: Path) -> None:
        """
        Write report.html, metrics.json, predictions.parquet and model.skops into `directory`.

        manifest.json gets the checksums, by which a later fit recognises the files that it may replace.

        Raises
        ------
        OutputError
            If a file of one of these names exists and is not an unchanged result.
        """
        import pyarrow.parquet

        # Matplotlib loads slowly, and fitting does not need it.
        from xent.report.fit import render_html, render_json

        check_replaceable(directory, caller="save")
        (directory / "report.html").write_text(render_html(self.findings), encoding="utf-8")
        (directory / "metrics.json").write_text(render_json(self.findings), encoding="utf-8")
        pyarrow.parquet.write_table(self.predictions(), directory / "predictions.parquet")
        save_model(self.model, directory / "model.skops")
        write_manifest(directory)


def fit(
    data: Any = "digits",
    target: str | None = None,
    *,
    name: str | None = None,
    C: float | str = "auto",
    tol: float = 1e-8,
    held_out: float = 0.2,
    seed: int = 0,
    missing: Sequence[str] = MISSING,
    keep: Collection[str] = (),
    watcher: Watcher | None = None,
    **options: Any,
) -> Fit:
    """
    Fit a probabilistic classifier to a table, judge it on held-out rows and explain it, in nats.

    Parameters
    ----------
    data : str, Path, DataFrame or array, default "digits"
        Name of a built-in data set, a file, or a table in memory.
    target : str, optional
        Column to predict; optional for built-in sets only, which have one.
    name : str, optional
        Name of the result; by default that of the set or file.
    C : float or "auto", default "auto"
        Inverse strength of the L2 penalty, 1e-100 to 1e100; ``"auto"`` takes the one with the least
        cross-validated cross-entropy.
    tol : float, default 1e-8
        Certified bound on the remaining loss at which the fit stops, in nats per row, from 1e-100 to 1e100.
    held_out : float, default 0.2
        Share of each class's rows that the model does not see and is judged on, in (0, 1).
    seed : int, default 0
        Seed of the choice of the held-out rows, >= 0.
    missing : sequence of str
        Cells of a delimited file that count as missing besides the empty one, as `xent.data.read_table` takes
        them.
    keep : collection of str
        Columns that are used although they look like identifiers, as `xent.data.plan_columns` takes them.
    watcher : Watcher, optional
        Object that is called at each step; None reports nothing.
    **options
        Options of a built-in set, as `xent.data.load_builtin` takes them.

    Returns
    -------
    Fit
        The findings, the model, and the held-out predictions.

    Raises
    ------
    DataError
        If the table or its target cannot be used; the message says why and what to do.
    DomainError
        If an option is out of range.

    Examples
    --------
    >>> import xent
    >>> fitted = xent.fit("iris", C=10)
    >>> print(f"{fitted.findings.held_out.cross_entropy.value:.3f} nats")
    0.045 nats
    """
    check_split(held_out=held_out, seed=seed, caller="fit")
    check_fit_range(C=C, tol=tol, caller="fit")
    watcher = watcher or Watcher()
    clock = _Clock(watcher)
    with clock("read"):
        table, target, name = read_source(data, target, name, options, missing=missing, caller="fit")
        words = words_for_missing(data, table, target, missing)
        goal = encode_target(table, target)
        remarks = row_remarks(goal.classes, goal.codes, words)
        train, test = split_rows(goal.codes, held_out, seed=seed)
    with clock("encode"):
        encoder = TableEncoder(target=target, keep=tuple(keep)).fit(table, rows=goal.rows[train])
        columns = tuple(
            ColumnFinding(plan.name, plan.kind, plan.missing, plan.note, plan.odd) for plan in encoder.columns
        )
        watcher.columns(columns)
        rows = RowCounts(table.num_rows, goal.missing, len(train), len(test), remarks)
        pieces = table.to_batches()
        del table, data
        X, X_held_out = matrices(encoder, pieces, goal.rows[train], goal.rows[test])
    with clock("fit"):
        classifier = LogisticRegression(C=C, tol=tol)
        classifier.fit(
            X,
            goal.codes[train],
            on_trial=watcher.trial,
            on_candidate=watcher.candidate,
            on_iteration=watcher.iteration,
        )
    model = TableModel(target, goal.classes, encoder, classifier)
    labels = tuple(str(label) for label in goal.classes)
    with clock("race"):
        raced = races(classifier, X, goal.codes[train])
    with clock("judge"):
        trained = training(classifier, X, goal.codes[train])
        errors = class_standard_errors(classifier, X, goal.codes[train])
        log_probs = classifier.predict_log_proba(X_held_out)
        del X, X_held_out
        judgement = judge(log_probs, goal.codes[test], classes=labels, rows=goal.rows[test])
    findings = FitFindings(
        name=name,
        target=target,
        classes=labels,
        rows=rows,
        columns=columns,
        training=trained,
        held_out=judgement,
        coefficients=strongest_coefficients(classifier, encoder.get_feature_names_out(), labels, errors),
        races=raced,
        seconds=clock.seconds,
        version=__version__,
    )
    return Fit(findings, model, goal.rows[test], goal.codes[test], log_probs)


class _Clock:
    """Timer of phases: reports the beginning of each phase to a watcher and keeps its seconds."""

    def __init__(self, watcher: Watcher) -> None:
        self.watcher = watcher
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, phase: str) -> Iterator[None]:
        self.watcher.phase(phase)
        began = time.perf_counter()
        yield
        self.seconds[phase] = time.perf_counter() - began
