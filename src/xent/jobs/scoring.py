"""`score` and `compare`: anyone's predictions judged, accounted for and compared."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.data.predictions.reading import PredictionTable, ScoredModel, read_predictions
from xent.data.predictions.tokens import read_tokens
from xent.errors import DataError
from xent.jobs.calibrator_file import load_calibrator, recalibrated_model
from xent.jobs.given_prior import given_prior
from xent.jobs.model_scores import model_scores
from xent.measures.estimators.corpus_perplexity import corpus_perplexity
from xent.report.scores.findings import ScoreFindings, TokenFindings
from xent.scoring.comparison import Comparison, comparison
from xent.scoring.multiple_tests import holm
from xent.scoring.row_scores import RowScores, row_scores
from xent.scoring.slices import LEAST_ROWS, SliceColumn
from xent.version import __version__

__all__ = ["compare", "score", "score_tokens"]

Array = NDArray[np.float64]


def score(
    data: Any,
    target: str | None = None,
    *,
    probs: Sequence[str] = (),
    log_probs: Sequence[str] = (),
    logits: Sequence[str] = (),
    weight: str | None = None,
    group: str | None = None,
    slices: Sequence[str] = (),
    least_rows: int = LEAST_ROWS,
    prior: str | Mapping[str, float] | None = None,
    normalize: bool = False,
    calibrator: Any = None,
) -> ScoreFindings:
    """
    Judge predictions of any model: loss with interval, account, calibration, slices, label errors; in nats.

    Parameters
    ----------
    data : str, Path, DataFrame, array or mapping
        A file (.csv, .parquet, .feather, .jsonl ...), a table, or a directory that `xent.fit` wrote.
    target : str, optional
        Column of the true classes, ``target`` by default.
    probs, log_probs, logits : sequence of str
        For each model its columns: a prefix, names between commas, or one column for two classes. Without
        any, columns named like the classes are taken, and their space is told by the values.
    weight, group : str, optional
        Columns of the weights of the rows, and of their groups, within which rows are not independent.
    slices : sequence of str
        Columns that cut the rows.
    least_rows : int, default 30
        Least number of rows of a slice.
    prior : mapping of str to float, or str, optional
        Class probabilities that skill and account are measured against: a mapping, text such as
        ``"a=0.3,b=0.7"``, or a table with the column `target`. By default the shares of these rows.
    normalize : bool, default False
        True to divide probabilities by their sums instead of refusing them.
    calibrator : str or Path, optional
        File of a calibrator that `xent.calibrate` wrote, to apply first.

    Returns
    -------
    ScoreFindings
        Findings for each model, and comparisons of each pair.

    Raises
    ------
    DataError, DomainError
        If the table cannot be used; the message says why and what to do.

    Examples
    --------
    >>> import xent
    >>> rows = {"y": ["no", "yes"] * 50, "p_no": [0.9, 0.2] * 50, "p_yes": [0.1, 0.8] * 50}
    >>> found = xent.score(rows, "y")
    >>> print(f"{found.models[0].held_out.cross_entropy.value:.4f} nats")
    0.1643 nats
    """
    spaces = {"probs": probs, "log-probs": log_probs, "logits": logits}
    table = read_predictions(
        data,
        target,
        spaces=spaces,
        weight=weight,
        group=group,
        slices=slices,
        normalize=normalize,
        caller="xent score",
    )
    if calibrator is not None:
        learned = load_calibrator(calibrator)
        table = replace(table, models=tuple(recalibrated_model(one, learned) for one in table.models))
    shares = None if prior is None else given_prior(prior, table.target, table.classes, caller="xent score")
    return _findings(table, shares, (weight, group), least_rows)


def compare(
    data: Sequence[Any],
    target: str | None = None,
    *,
    probs: Sequence[str] = (),
    log_probs: Sequence[str] = (),
    logits: Sequence[str] = (),
    weight: str | None = None,
    group: str | None = None,
    slices: Sequence[str] = (),
    normalize: bool = False,
) -> ScoreFindings:
    """
    Compare models on the same rows: paired difference of loss with interval and test, in nats.

    Parameters
    ----------
    data : sequence of str, Path, DataFrame, array or mapping
        One table for each model, row for row the same, or one table with several models.
    target : str, optional
        Column of the true classes in each of them.
    probs, log_probs, logits, weight, group, slices, normalize
        As `score` takes them; weights, groups and slices are read from the first table.

    Returns
    -------
    ScoreFindings
        Findings for each model, and comparisons of each pair, adjusted by Holm's procedure.

    Raises
    ------
    DataError
        If there are fewer than two models, or tables have different rows.
    """
    spaces = {"probs": probs, "log-probs": log_probs, "logits": logits}
    tables = [
        read_predictions(
            each,
            target,
            spaces=spaces,
            weight=weight if place == 0 else None,
            group=group if place == 0 else None,
            slices=slices if place == 0 else (),
            normalize=normalize,
            caller="xent compare",
        )
        for place, each in enumerate(data)
    ]
    joined = tables[0]
    if len(tables) > 1:
        joined = replace(joined, models=_joined(tables))
    if len(joined.models) < 2:
        hint = "Name two files, or the columns of two models with --probs A --probs B."
        raise DataError("xent compare", "predictions", "hold at least two models", got="one", hint=hint)
    return _findings(joined, None, (weight, group), LEAST_ROWS)


def score_tokens(
    data: Any,
    log_likelihood: str,
    document: str,
    *,
    bytes: str | None = None,  # noqa: A002 - the unit's name
    characters: str | None = None,
) -> TokenFindings:
    """
    Perplexity of a corpus from the log-likelihoods of its tokens, one row for each token; in nats and bits.

    Parameters
    ----------
    data : str, Path, DataFrame or mapping
        A file or a table.
    log_likelihood, document : str
        Columns of the log-likelihood of each token in nats, and of its document.
    bytes, characters : str, optional
        Columns of the number of bytes or characters of each token.
    """
    table = read_tokens(
        data, log_likelihood, document, bytes=bytes, characters=characters, caller="xent score"
    )
    corpus = corpus_perplexity(table.log_likelihoods, bytes=table.bytes, characters=table.characters)
    return TokenFindings(table.name, sum(map(len, table.log_likelihoods)), corpus)


def _findings(
    table: PredictionTable, prior: Array | None, columns: tuple[str | None, str | None], least: int
) -> ScoreFindings:
    scores = [row_scores(one.predictions.log_probs, one.predictions.codes) for one in table.models]
    models = tuple(
        model_scores(one, of_rows, table.slices, prior, least)
        for one, of_rows in zip(table.models, scores, strict=True)
    )
    return ScoreFindings(
        name=table.name,
        target=table.target,
        classes=table.classes,
        rows=len(scores[0].losses),
        missing=table.missing,
        weight=columns[0],
        group=columns[1],
        models=models,
        comparisons=_comparisons(table.models, scores, table.slices),
        notes=table.notes,
        version=__version__,
    )


def _comparisons(
    models: Sequence[ScoredModel], scores: Sequence[RowScores], slices: Sequence[SliceColumn]
) -> tuple[Comparison, ...]:
    """Each pair of models, with p-values adjusted for all of them."""
    found = [
        comparison(
            (models[i].name, models[j].name),
            (models[i].predictions, models[j].predictions),
            (scores[i], scores[j]),
            slices,
        )
        for i, j in itertools.combinations(range(len(models)), 2)
    ]
    adjusted = holm(np.asarray([one.p_value for one in found]))
    return tuple(replace(one, adjusted_p_value=float(p)) for one, p in zip(found, adjusted, strict=True))


def _joined(tables: Sequence[PredictionTable]) -> tuple[ScoredModel, ...]:
    """Models of all tables, named by their tables, over the rows, classes and weights of the first."""
    first = tables[0].models[0].predictions
    models = []
    for table in tables:
        _check_same_rows(tables[0], table)
        order = [table.classes.index(label) for label in first.classes]
        for one in table.models:
            name = table.name if len(table.models) == 1 else f"{table.name} {one.name}"
            moved = replace(first, log_probs=one.predictions.log_probs[:, order])
            models.append(replace(one, name=name, predictions=moved))
    names = [one.name for one in models]
    if len(set(names)) < len(names):
        models = [replace(one, name=f"{one.name} {i}") for i, one in enumerate(models, start=1)]
    return tuple(models)


def _check_same_rows(first: PredictionTable, other: PredictionTable) -> None:
    one, two = first.models[0].predictions, other.models[0].predictions
    caller, rule = "xent compare", "have the same rows in each file"
    if set(first.classes) != set(other.classes):
        got = f"classes {', '.join(first.classes[:10])} and {', '.join(other.classes[:10])}"
        raise DataError(caller, "predictions", "have the same classes in each file", got=got)
    if len(one.codes) != len(two.codes):
        got = f"{len(one.codes):,} in {first.name!r} and {len(two.codes):,} in {other.name!r}"
        raise DataError(caller, "predictions", rule, got=got)
    different = np.flatnonzero(np.asarray(first.classes)[one.codes] != np.asarray(other.classes)[two.codes])
    moved = np.flatnonzero(one.rows != two.rows)
    for wrong, what in ((moved, "row numbers"), (different, "true classes")):
        if len(wrong):
            got = f"different {what} in {first.name!r} and {other.name!r} at {len(wrong):,} rows"
            hint = "Sort both files by the same key."
            raise DataError(caller, "predictions", rule, got=got, index=(int(wrong[0]),), hint=hint)
