"""`fit`: from a table to a judged and explained classifier."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from xent.data import MISSING
from xent.data.column_wishes import text_types
from xent.data.matrices import matrices
from xent.data.repeated_rows import repeated_rows
from xent.jobs.archives.network_members import has_network
from xent.jobs.encoding import Encoding, encoding_of
from xent.jobs.fit_findings import Measured, fit_findings
from xent.jobs.fit_problem import FitProblem, FitWishes, fit_problem
from xent.jobs.fit_result import Fit
from xent.jobs.frame_kind import frame_kind
from xent.jobs.keywords import OF_SETS, check_keywords
from xent.jobs.model_choice import ModelWishes, check_model, fitted_classifier
from xent.jobs.sample_findings import highest_surprisals, sample_findings
from xent.jobs.table_model import TableModel
from xent.jobs.watcher import Watcher
from xent.lab.descent_race import Race
from xent.models.fit_range import check_fit_range
from xent.models.inference import class_standard_errors
from xent.report.fit.explanation import races, training
from xent.report.fit.network_findings import ModelChoice
from xent.scoring.held_out import check_split

__all__ = ["Clock", "Fit", "fit"]


def fit(
    data: Any = "digits",
    target: Any = None,
    *,
    name: str | None = None,
    model: str = "linear",
    C: float | str = "auto",
    tol: float = 1e-8,
    held_out: float = 0.2,
    seed: int = 0,
    missing: str | Sequence[str] = MISSING,
    keep: str | Collection[str] = (),
    exclude: str | Collection[str] = (),
    types: Mapping[str, str] | None = None,
    text: bool = True,
    delimiter: str | None = None,
    header: bool = True,
    skip: int | None = None,
    encoding: str | None = None,
    group: str | None = None,
    lead: str | None = None,
    beats: str | None = None,
    class_weight: Mapping[Any, float] | str | None = None,
    sample_weight: Any = None,
    watcher: Watcher | None = None,
    checkpoint: str | Path | None = None,
    resume: bool = False,
    **options: Any,
) -> Fit:
    """
    Fit a probabilistic classifier to a table, judge it on held-out rows and explain it, in nats.

    Parameters
    ----------
    data : str, Path, DataFrame or array, default "digits"
        Name of a built-in data set, a file, a folder of WFDB records with a row for each annotated heartbeat,
        or a table in memory.
    target : str, or sequence or series of length n, optional
        Column to predict, by its name, or its values if `data` is in memory; optional where the data tell
        it: built-in sets, records, and files of series (UCR, .ts). Rows without a value are left out.
    name : str, optional
        Name of the result; by default that of the set or file.
    model : {"linear", "network", "auto"}, default "linear"
        ``"network"`` fits a `NeuralClassifier`; ``"auto"`` fits both kinds, compares them by cross-validated
        cross-entropy, and keeps the network only if the 95 % interval of the difference lies below 0.
    C : float or "auto", default "auto"
        Inverse strength of the L2 penalty of a linear model, 1e-100 to 1e100; ``"auto"`` takes the one with
        the least cross-validated cross-entropy.
    tol : float, default 1e-8
        Certified bound on the remaining loss at which the fit of a linear model stops, in nats per row, from
        1e-100 to 1e100.
    held_out : float, default 0.2
        Share of each class's rows that the model does not see and is judged on, in (0, 1); with groups,
        which stay whole, about that share.
    seed : int, default 0
        Seed of the choice of the held-out rows and of a network's training, >= 0.
    missing : str or sequence of str
        Cells of a delimited file that count as missing besides the empty one, as `xent.data.read_table` takes
        them.
    keep : str or collection of str
        Columns that are used although they look like identifiers, as `xent.data.plan_columns` takes them.
    exclude : str or collection of str
        Columns that are not used.
    types : mapping of str to str, optional
        Kind that a column must have, as `xent.data.plan_columns` takes it: ``{"zip": "categorical"}``.
    text : bool, default True
        False to drop columns of free text, whose words are features otherwise.
    delimiter, header, skip, encoding : optional
        Options of reading a file of text, as `xent.data.read_table` takes them; refused beside other data.
    group : str, optional
        Column that names the group of each row, such as a patient. A group is never both in training and held
        out, nor in two folds of the cross-validation; the column itself is not used. A row without a group
        stands alone. None means that each row stands alone, except the beats of a folder of records, whose
        groups are patients.
    lead, beats : str, optional
        Lead to read of a folder of records, and ``"aami"`` for five classes of beats in place of the symbols,
        as `xent.data.read_records` takes them.
    class_weight : mapping of class to float, or "balanced", optional
        Factor of the loss of each class in training, default 1; ``"balanced"`` gives every class the same
        weight in all. Held-out figures do not have these factors.
    sample_weight : array of shape (n,) or str, optional
        Weight of each row, finite and >= 0, or the column that holds it, which is not used otherwise: in the
        loss in training, and in every held-out loss, share, area and cost. Numbers of rows and the confusion
        matrix count each row once.
    watcher : Watcher, optional
        Object that is called at each step; None reports nothing.
    checkpoint : str or Path, optional
        File that keeps the state of a network's training after each epoch; with ``"auto"``, FILE.folds beside
        it keeps the folds that were compared. Ignored for ``"linear"``.
    resume : bool, default False
        True to continue the training of that file if it exists; otherwise an existing file is replaced.
        Without `checkpoint` it has no effect.
    **options
        Options of a built-in set, as `xent.data.load_builtin` takes them.

    Returns
    -------
    Fit
        The findings, the model, and the held-out predictions.

    Raises
    ------
    DataError
        If the table or its target cannot be used, fewer than two classes have a weight above 0, or
        `checkpoint` cannot be continued with `resume`; the message says why and what to do.
    DTypeError
        If a sample weight is not a real number.
    DomainError
        If an option is out of range, or contradicts another: `resume` of a linear model, `C` or `tol` of a
        network; if a weight or class weight is negative or not finite, `class_weight` has a key that is
        not a class, or no held-out row has weight.
    ShapeError
        If `sample_weight` does not have one entry per row.
    ParameterError
        If a keyword is not known.
    BackendError
        If a library is missing: PyTorch or safetensors for a `model` other than linear, or one that reads
        `data`.
    OutputError
        If `checkpoint` cannot be written.
    FloatingPointError
        If the loss of a network is not finite after an epoch.

    Warns
    -----
    ConvergenceWarning
        If rounding or 1,000 steps end the fit of a linear model above `tol`.

    Notes
    -----
    A `KeyboardInterrupt` after the first epoch of a network's last training ends that training: the best
    epoch so far is kept, judged and returned. Elsewhere it is raised.

    Examples
    --------
    >>> import xent
    >>> fitted = xent.fit("iris", C=10)
    >>> print(f"{fitted.findings.held_out.cross_entropy.value:.3f} nats")
    0.045 nats
    """
    check_split(held_out=held_out, seed=seed, caller="fit")
    check_fit_range(C=C, tol=tol, caller="fit")
    check_keywords(options, fit, taken=OF_SETS)
    asked = ModelWishes(model, C, tol, seed, Path(checkpoint) if checkpoint is not None else None, resume)
    check_model(asked)
    watcher, kind = watcher or Watcher(), frame_kind(data)
    reading: dict[str, Any] = {"delimiter": delimiter, "header": header, "skip": skip, "encoding": encoding}
    reading |= {"text": text_types(types), "lead": lead, "beats": beats}
    wishes = FitWishes(missing, reading, options, exclude, group, held_out, seed, class_weight, sample_weight)
    clock = Clock(watcher)
    with clock("read"):
        table, problem = fit_problem(data, target, name, wishes)
        goal, train, test = problem.goal, problem.train, problem.held_out
    with clock("encode"):
        learnt = encoding_of(table, problem, keep=keep, types=types or {}, text=text)
        watcher.columns(learnt.columns)
        pieces = table.to_batches()
        del table, data
        X, X_held_out = matrices(learnt.encoder, pieces, goal.rows[train], goal.rows[test])
    with clock("fit"):
        classifier, choice = fitted_classifier(asked, X, problem, watcher)
    fitted = _table_model(problem, learnt, classifier)
    with clock("race"):
        raced = races(classifier, X, problem.train_codes)
    with clock("judge"):
        measured = _measured(classifier, problem, learnt, (X, X_held_out), raced=raced, choice=choice)
        del X, X_held_out
        findings = fit_findings(problem, fitted, measured, clock.seconds)
    held_out_rows = goal.rows[test], goal.codes[test], measured.log_probs
    return Fit(findings, fitted, *held_out_rows, kind, problem.places, problem.held_out_weights)


def _table_model(problem: FitProblem, learnt: Encoding, classifier: Any) -> TableModel:
    """Encoder and classifier with the classes and the number of training rows of each, unweighted."""
    counts = np.bincount(problem.train_codes, minlength=len(problem.goal.classes))
    return TableModel(
        problem.target, problem.goal.classes, learnt.encoder, classifier, tuple(counts.tolist())
    )


def _measured(
    classifier: Any,
    problem: FitProblem,
    learnt: Encoding,
    features: tuple[Any, Any],
    *,
    raced: tuple[Race, ...],
    choice: ModelChoice | None,
) -> Measured:
    """
    Parts of the findings that need the `features`, those of the training rows and those of the held-out rows.

    Predictions of the held-out rows, training error, standard errors, copies of rows and findings about
    signals or pictures are computed here; columns and doubts of `learnt`, `raced` and `choice`, the
    comparison of two models or None, enter as they are.
    """
    X, X_held_out = features
    codes, codes_held_out = problem.train_codes, problem.goal.codes[problem.held_out]
    log_probs = classifier.predict_log_proba(X_held_out)
    worst = highest_surprisals(log_probs, codes_held_out)
    surprising = X_held_out[worst], problem.goal.rows[problem.held_out][worst]
    return Measured(
        learnt.rows,
        learnt.columns,
        learnt.doubts,
        raced,
        training(classifier, X, codes, problem.train_weights),
        _standard_errors(classifier, X, problem),
        log_probs,
        repeated_rows(X, codes, X_held_out, codes_held_out),
        _masses(problem),
        sample_findings(learnt.sources, classifier, problem.labels, (X, codes), surprising),
        choice,
    )


def _masses(problem: FitProblem) -> Any:
    """Weight of the training rows of each class, (K,), without class factors; None without weights."""
    if problem.train_weights is None:
        return None
    return np.bincount(problem.train_codes, weights=problem.train_weights, minlength=len(problem.labels))


def _standard_errors(classifier: Any, X: Any, problem: FitProblem) -> Any:
    """
    Standard errors of the coefficients of a linear model, of the shape of ``coef_``; None for a network.

    They are None too where `class_standard_errors` has none, as for too many coefficients.
    """
    if has_network(classifier):
        return None
    return class_standard_errors(classifier, X, problem.train_codes, problem.train_weights)


class Clock:
    """Timer of phases: reports the beginning of each phase to a watcher and keeps its seconds."""

    def __init__(self, watcher: Watcher) -> None:
        self.watcher = watcher
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, phase: str) -> Iterator[None]:
        """
        Context of a phase: tells the watcher its name, and after the block keeps its seconds in `seconds`.

        Nothing is kept after an error in the block.
        """
        self.watcher.phase(phase)
        began = time.perf_counter()
        yield
        self.seconds[phase] = time.perf_counter() - began
