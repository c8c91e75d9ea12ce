"""Fit of rows that are read in batches: the source, its columns, and the minimum in passes."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import warnings
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.errors import DataError, DomainError
from xent.models.finite_squares import check_squares
from xent.models.parameters import is_unpenalised, l1_ratio_of
from xent.models.penalty_search import PenaltyCandidate, PenaltySearch, search_penalty
from xent.models.row_weights import given_factors
from xent.solvers.feature_rows import is_sparse
from xent.solvers.iteration import Iteration
from xent.solvers.objective_in_memory import ObjectiveInMemory
from xent.solvers.solution import Solution
from xent.solvers.standardisation import Standardisation, standardisation_of
from xent.solvers.threads import row_threads
from xent.streams.blocks import RowStream
from xent.streams.journal import Journal, open_journal
from xent.streams.minimum import streamed_minimum
from xent.streams.objective import PassSettings, StreamedObjective
from xent.streams.progress import PassProgress
from xent.streams.readers import Reader, is_sparse_reader
from xent.streams.sources import Source
from xent.streams.survey import Survey, survey

__all__ = ["BatchWishes", "BatchedFit", "batched_fit", "factors_of_classes"]

Array = NDArray[np.float64]

# Rows of the sample: so many, and so many numbers of 8 bytes, at least 5,000 rows.
_SAMPLE_ROWS, _SAMPLE_NUMBERS, _LEAST_SAMPLE = 100_000, 1 << 24, 5000
# Numbers that a row with words is taken to have: those of text are a few dozen.
_SPARSE_NUMBERS = 160


@dataclass(frozen=True, slots=True)
class BatchWishes:
    """
    Arguments of `LogisticRegression.fit_batches` beside the source, which its docstring describes.

    `on_trial` and `on_candidate` are callbacks of the search for C, as for `LogisticRegression.fit`.
    """

    executor: Executor | None = None
    checkpoint: Any = None
    resume: bool = False
    on_progress: Callable[[PassProgress], None] | None = None
    on_iteration: Callable[[Iteration], None] | None = None
    on_trial: Callable[[float], None] | None = None
    on_candidate: Callable[[PenaltyCandidate], None] | None = None


@dataclass(frozen=True, slots=True)
class BatchedFit:
    """
    Result of a fit in passes.

    Parameters
    ----------
    solution : Solution
        Last point, for the features as they are, and all steps.
    C : float
        Inverse strength of the penalty.
    classes : ndarray of shape (K,)
        Classes.
    passes : int
        Passes over the rows, the first scan included.
    search : PenaltySearch or None
        Search for C, if there was one.
    found : Survey
        Content of the source, with the sample.
    """

    solution: Solution
    C: float
    classes: NDArray[Any]
    passes: int
    search: PenaltySearch | None
    found: Survey


def batched_fit(
    model: Any, source: Source, reader: Reader, wishes: BatchWishes, *, start: Callable[..., Any], caller: str
) -> BatchedFit:
    """
    Fit by the parameters of `model`, which are checked already and not changed, in passes over `source`.

    `reader` makes features, classes and weights of its pieces. The passes begin at the optimum of a sample
    that the first scan draws; `start` gives the first point of the sample's fit for a shape, (M, p + 1), a
    point for features that are not centred, or None for the class frequencies. A `C` of "auto" is chosen on
    the sample. The checkpoint of `wishes` is written after each pass, and removed if the fit converges; one
    that does not is neither warned of nor an error here. From a checkpoint of another machine the passes
    begin at its best point, after a `UserWarning`.

    Raises
    ------
    DataError
        If the source cannot be read, has no rows, fewer than two or more than 10,000 classes, or changes
        between passes; if a class to be balanced has no weight, or for a `C` of "auto" no class of the sample
        has rows in two folds; or, with ``resume``, the checkpoint is damaged or belongs to other data.
    DomainError
        If the penalty is not one of finite squares, a class weight is negative or not finite, a feature is
        not finite, or its squares in the sample are not, or a weight negative or not finite.
    ShapeError
        If a batch of arrays has other columns than the first, or not a label or weight for each row.
    OutputError
        If the checkpoint exists and `wishes.resume` is False, or cannot be written.
    """
    _check(model, caller)
    marks = source.marks(caller=caller)
    found = _surveyed(source, reader, wishes, caller)
    check_squares(found.X, caller=caller)
    factors = factors_of_classes(model.class_weight, found, caller)
    is_centred = model.fit_intercept and not is_sparse(found.X)
    centre = found.X.mean(axis=0) if is_centred else np.zeros(found.X.shape[1])
    sample = _sample(found, factors, centre, fit_intercept=model.fit_intercept)
    search = _searched(sample, found, factors, wishes) if model.C == "auto" else None
    C = float(model.C) if search is None else search.C
    journal = open_journal(
        wishes.checkpoint, _digest(marks, found, reader, centre), resume=wishes.resume, caller=caller
    )
    objective = StreamedObjective(
        source,
        RowStream(reader, found.classes, factors, centre, caller),
        found,
        decay=1.0,
        fit_intercept=model.fit_intercept,
        standardisation=_standardisation(sample),
        settings=PassSettings(wishes.executor, journal, wishes.on_progress, marks),
    )
    objective.decay = sample.decay = 1 / (C * objective.total_weight)
    near = _stored_point(journal, caller)
    solution = _solved(model, objective, sample, wishes, start, centre=centre, near=near)
    if solution.converged:
        journal.remove()
    return BatchedFit(solution, C, found.classes.classes, objective.passes + 1, search, found)


def _standardisation(sample: ObjectiveInMemory) -> Standardisation:
    """
    Means and scales of the features by all rows of `sample`, each row counting once; means of 0 without
    intercepts.
    """
    if is_sparse(sample.X):
        return sample.standardisation
    return standardisation_of(sample.X, fit_intercept=sample.fit_intercept)


def _surveyed(source: Source, reader: Reader, wishes: BatchWishes, caller: str) -> Survey:
    """
    Content of `source` by a first scan, with a sample of about 100,000 to 200,000 rows, or all if they are
    fewer.

    Above 167 features the sample has fewer rows, but 5,000 at least. Calls `on_progress` of `wishes`,
    computes with its executor, and raises errors as `survey`.
    """
    numbers = _SPARSE_NUMBERS if is_sparse_reader(reader) else len(reader.features)
    size = max(_LEAST_SAMPLE, min(_SAMPLE_ROWS, _SAMPLE_NUMBERS // max(numbers, 1)))
    return survey(
        source, reader, sample=size, caller=caller, executor=wishes.executor, on_progress=wishes.on_progress
    )


def _solved(
    model: Any,
    objective: StreamedObjective,
    sample: ObjectiveInMemory,
    wishes: BatchWishes,
    start: Callable[..., Any],
    *,
    centre: Array,
    near: Any,
) -> Solution:
    """
    Minimum of `objective`, moved back from `centre`, (p,), to the features as they are.

    The passes begin at `near`, about the centre; if it is None, at the optimum of the sample, whose fit
    begins at `start` of the shape of a point, (M, p + 1): a point for the features as they are, or None for
    the class frequencies.
    """
    first = start(objective.shape)
    solution = streamed_minimum(
        objective,
        sample,
        tol=model.tol,
        max_iter=model.max_iter,
        start=None if first is None else _moved(first, centre),
        near=near,
        on_iteration=wishes.on_iteration,
    )
    return _uncentred(solution, centre)


def _check(model: Any, caller: str) -> None:
    """
    Raise `DomainError` if `model` has no penalty, Jeffreys' prior, or a share of absolute values in the
    penalty.
    """
    if is_unpenalised(model):
        got = f"penalty={model.penalty!r} and C={model.C!r}"
        hint = "Maximum likelihood and Firth's method need the rows in memory: use `fit`, or a large C."
        raise DomainError(caller, "C", "be finite, with a penalty, for rows in batches", got=got, hint=hint)
    if l1_ratio_of(model) > 0:
        rule = "be 0 for rows in batches"
        raise DomainError(caller, "l1_ratio", rule, got=repr(l1_ratio_of(model)))


def factors_of_classes(class_weight: Any, found: Survey, caller: str) -> Array | None:
    """
    Factor of each class, (K,), for the parameter `class_weight`; None if it is None.

    It is a dict by class, in which a class that is missing has 1, or "balanced": then all weight over K times
    that of the class, by the weights of all rows in `found`. Raises `DataError` if fewer than two classes
    have weight, or one has none and is to be "balanced"; `DTypeError` for a factor that is no number,
    `DomainError` for one that is negative or not finite; `ValueError` of scikit-learn for other invalid
    values.
    """
    classes = found.classes.classes
    if np.count_nonzero(found.mass) < 2:
        got = f"{np.count_nonzero(found.mass)} with a positive weight"
        raise DataError(caller, "y", "hold at least two classes among rows of positive weight", got=got)
    if class_weight is None:
        return None
    if isinstance(class_weight, str) and class_weight == "balanced":
        if not found.mass.all():
            got = f"no weight in class {str(classes[np.argmin(found.mass)])!r}"
            raise DataError(caller, "class_weight", 'find weight in every class to be "balanced"', got=got)
        return np.asarray(found.mass.sum() / (len(classes) * found.mass))
    return given_factors(class_weight, classes, classes, caller=caller)


def _sample(found: Survey, factors: Array | None, centre: Array, *, fit_intercept: bool) -> ObjectiveInMemory:
    """
    Objective of the sample in `found`, without a penalty, in which each class has the weight that it has in
    all rows.

    `factors`, (K,) or None for 1, multiply the weights of the classes. Dense features are less `centre`,
    (p,), the means of the sample, or 0 without an intercept; sparse ones are as they are. A class without
    weight in the sample has none here.
    """
    weights = found.weights if factors is None else found.weights * factors[found.codes]
    mass = found.mass if factors is None else found.mass * factors
    own = np.bincount(found.codes, weights=weights, minlength=len(mass))
    weights = weights * (mass / np.where(own > 0, own, 1))[found.codes]
    X = found.X if is_sparse(found.X) else np.ascontiguousarray(found.X - centre)
    return ObjectiveInMemory(X, found.codes, len(mass), weights=weights, fit_intercept=fit_intercept)


def _searched(
    sample: ObjectiveInMemory, found: Survey, factors: Array | None, wishes: BatchWishes
) -> PenaltySearch:
    """
    Search for C on the rows of `sample`, their weights scaled to sum to the weight that the sampled rows
    have.

    That is the sum of the weights in `found` times `factors`, (K,) or None for 1, as in a search in memory.
    Folds keep the groups in `found` whole; callbacks are those of `wishes`. Raises `DataError` if no class
    has rows in two folds.
    """
    own = found.weights if factors is None else found.weights * factors[found.codes]
    problem = ObjectiveInMemory(
        sample.X,
        sample.codes,
        sample.n_classes,
        weights=sample.weights * float(own.sum()),
        fit_intercept=sample.fit_intercept,
    )
    with row_threads():
        return search_penalty(
            problem, groups=found.groups, on_trial=wishes.on_trial, on_candidate=wishes.on_candidate
        )


def _digest(marks: dict[str, str], found: Survey, reader: Reader, centre: Array) -> str:
    """
    SHA-256, in hexadecimal digits, of the data of a fit: files, columns, classes, their rows, and the sample.

    `marks` has for each path a text that changes with the file, `centre`, (p,), the means that are
    subtracted. Parameters of the fit do not enter: the key of each pass holds its point and the class
    factors.
    """
    facts = [
        sorted(marks.items()),
        list(reader.columns),
        len(reader.features),
        str(found.classes.classes.tolist()),
    ]
    digest = hashlib.sha256(json.dumps(facts).encode())
    X = [found.X.data, found.X.indices, found.X.indptr] if is_sparse(found.X) else [found.X]
    for each in (found.counts, found.mass, *X, centre):
        digest.update(np.ascontiguousarray(each).tobytes())
    return digest.hexdigest()


def _stored_point(journal: Journal, caller: str) -> Array | None:
    """
    Point of least mean loss, without penalty, (M, p + 1), in a journal of another machine, after a
    `UserWarning`.

    It is a point for features less the centre, and None if the journal has no loss, of which is warned all
    the same. None, without a warning, for a journal of this machine, a new one too, whose passes are repeated
    from it. `caller` is named in the warning.
    """
    if journal.is_of_this_machine:
        return None
    warnings.warn(
        f"{caller}: the checkpoint was made on another machine or by other versions: the fit ends at the "
        "same optimum, with other bits.",
        UserWarning,
        stacklevel=4,
    )
    points = [entry for entry in journal.entries.values() if entry.kind == "value"]
    best = min(points, key=lambda entry: float(entry.sums[0]), default=None)
    return None if best is None else best.point


def _uncentred(solution: Solution, centre: Array) -> Solution:
    """
    `solution` for the features themselves, with coefficients that for M > 1 sum to 0 over the classes.

    It is a copy; `centre`, (p,), is what was subtracted.
    """
    point = solution.point - solution.point.mean(axis=0) if len(solution.point) > 1 else solution.point
    return dataclasses.replace(solution, point=_moved(point, -centre))


def _moved(point: Array, centre: Array) -> Array:
    """
    Copy of `point`, (M, p + 1), that gives features less `centre`, (p,), the logits of `point` at the
    features.
    """
    return np.column_stack([point[:, :-1], point[:, -1] + point[:, :-1] @ centre])
