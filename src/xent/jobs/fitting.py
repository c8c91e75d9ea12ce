"""`fit`: from a table to a judged and explained classifier."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from xent.data import MISSING, TableEncoder, encode_target
from xent.data.column_wishes import text_types
from xent.data.file_facts import facts_of
from xent.data.level_indicators import complementary_names
from xent.data.matrices import matrices
from xent.data.missing_targets import words_for_missing
from xent.data.repeated_rows import repeated_rows
from xent.data.source import read_source
from xent.jobs.doubts import table_doubts
from xent.jobs.fit_result import Fit
from xent.jobs.frame_kind import frame_kind
from xent.jobs.keywords import check_keywords
from xent.jobs.left_out import without_columns
from xent.jobs.splitting import grouped_split
from xent.jobs.table_model import TableModel
from xent.jobs.watcher import Watcher
from xent.jobs.weighting import class_factors, table_weights
from xent.models import LogisticRegression
from xent.models.fit_range import check_fit_range
from xent.models.inference import class_standard_errors
from xent.report.fit.cautions import cautions
from xent.report.fit.explanation import races, strongest_coefficients, training
from xent.report.fit.findings import ColumnFinding, FitFindings, RowCounts
from xent.report.fit.row_remarks import row_remarks
from xent.scoring import judge
from xent.scoring.decision_scores import decision_scores
from xent.scoring.held_out import check_split
from xent.version import __version__

__all__ = ["Fit", "fit"]


def fit(
    data: Any = "digits",
    target: Any = None,
    *,
    name: str | None = None,
    C: float | str = "auto",
    tol: float = 1e-8,
    held_out: float = 0.2,
    seed: int = 0,
    missing: Sequence[str] = MISSING,
    keep: Collection[str] = (),
    exclude: Collection[str] = (),
    types: Mapping[str, str] | None = None,
    text: bool = True,
    delimiter: str | None = None,
    header: bool = True,
    skip: int | None = None,
    encoding: str | None = None,
    group: str | None = None,
    class_weight: Mapping[Any, float] | str | None = None,
    sample_weight: Any = None,
    watcher: Watcher | None = None,
    **options: Any,
) -> Fit:
    """
    Fit a probabilistic classifier to a table, judge it on held-out rows and explain it, in nats.

    Parameters
    ----------
    data : str, Path, DataFrame or array, default "digits"
        Name of a built-in data set, a file, or a table in memory.
    target : str, or sequence or series of length n, optional
        Column to predict, by its name, or its values if `data` is in memory; optional for built-in sets only,
        which have one.
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
    exclude : collection of str
        Columns that are not used.
    types : mapping of str to str, optional
        Kind that a column must have, as `xent.data.plan_columns` takes it: ``{"zip": "categorical"}``.
    text : bool, default True
        False to drop columns of free text, whose words are features otherwise.
    delimiter, header, skip, encoding : optional
        Options of reading a delimited file, as `xent.data.read_table` takes them.
    group : str, optional
        Column that names the group of each row, such as a patient. A group is never both in training and held
        out, nor in two folds of the cross-validation; the column itself is not used. None means that each row
        stands alone.
    class_weight : mapping of class to float, or "balanced", optional
        Factor of the loss of each class in training, default 1; ``"balanced"`` gives every class the same
        weight in all.
    sample_weight : array of shape (n,) or str, optional
        Factor of each row's loss in training, finite and >= 0, or the column that holds it, which is not used
        otherwise. Held-out rows count equally.
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
    ShapeError
        If `sample_weight` does not have one entry per row.
    ParameterError
        If a keyword is not known.

    Examples
    --------
    >>> import xent
    >>> fitted = xent.fit("iris", C=10)
    >>> print(f"{fitted.findings.held_out.cross_entropy.value:.3f} nats")
    0.045 nats
    """
    check_split(held_out=held_out, seed=seed, caller="fit")
    check_fit_range(C=C, tol=tol, caller="fit")
    check_keywords(options, fit)
    watcher, kind = watcher or Watcher(), frame_kind(data)
    clock = _Clock(watcher)
    with clock("read"):
        reading = {"delimiter": delimiter, "header": header, "skip": skip, "encoding": encoding}
        reading["text"] = text_types(types)
        table, target, name = read_source(
            data, target, name, options, missing=missing, reading=reading, caller="fit"
        )
        notes = facts_of(table).notes
        words = words_for_missing(data, table, target, missing, reading)
        goal = encode_target(table, target)
        remarks = row_remarks(goal.classes, goal.codes, words)
        labels = tuple(str(label) for label in goal.classes)
        weights, weigher = table_weights(table, sample_weight, goal)
        factors = class_factors(class_weight, goal.classes)
        groups, train, test = grouped_split(table, target, goal, group, share=held_out, seed=seed)
        table, left_out = without_columns(table, target, exclude, group=group, weight=weigher)
    with clock("encode"):
        encoder = TableEncoder(target=target, keep=tuple(keep), types=dict(types or {}))
        encoder.set_params(**({} if text else {"most_words": 0})).fit(table, rows=goal.rows[train])
        columns = (*map(ColumnFinding.of, encoder.columns), *left_out)
        watcher.columns(columns)
        rows = RowCounts(table.num_rows, goal.missing, len(train), len(test), remarks, notes)
        doubts = table_doubts(table, encoder, goal, train, test, grouped=group is not None)
        pieces = table.to_batches()
        del table, data
        X, X_held_out = matrices(encoder, pieces, goal.rows[train], goal.rows[test])
    with clock("fit"):
        classifier = LogisticRegression(C=C, tol=tol, class_weight=factors)
        trained_weights = None if weights is None else weights[train]
        classifier.fit(
            X,
            goal.codes[train],
            trained_weights,
            groups=None if groups is None else groups[train],
            on_trial=watcher.trial,
            on_candidate=watcher.candidate,
            on_iteration=watcher.iteration,
        )
    counts = np.bincount(goal.codes[train], minlength=len(labels))
    model = TableModel(target, goal.classes, encoder, classifier, tuple(counts.tolist()))
    with clock("race"):
        raced = races(classifier, X, goal.codes[train])
    with clock("judge"):
        trained = training(classifier, X, goal.codes[train])
        errors = class_standard_errors(classifier, X, goal.codes[train], trained_weights)
        log_probs = classifier.predict_log_proba(X_held_out)
        repeated = repeated_rows(X, goal.codes[train], X_held_out, goal.codes[test])
        del X, X_held_out
        judgement = judge(log_probs, goal.codes[test], classes=labels, rows=goal.rows[test])
        decisions = decision_scores(
            log_probs,
            goal.codes[test],
            classes=labels,
            commonest=int(counts.argmax()),
            confusion=judgement.confusion,
        )
    findings = FitFindings(
        name=name,
        target=target,
        classes=labels,
        rows=rows,
        columns=columns,
        training=trained,
        held_out=judgement,
        decisions=decisions,
        cautions=cautions(
            doubts,
            rows=rows,
            columns=columns,
            labels=labels,
            counts=counts,
            judgement=judgement,
            training=trained,
            repeated=repeated,
            log_probs=log_probs,
            codes=goal.codes[test],
        ),
        coefficients=strongest_coefficients(
            classifier,
            encoder.get_feature_names_out(),
            labels,
            omitted=complementary_names(encoder.categories_),
            errors=errors,
        ),
        races=raced,
        seconds=clock.seconds,
        version=__version__,
    )
    return Fit(findings, model, goal.rows[test], goal.codes[test], log_probs, kind)


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
