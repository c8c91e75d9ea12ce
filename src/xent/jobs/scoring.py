"""`score`: predictions of any model judged and accounted for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.arrays import checked_integer
from xent.data.predictions.reading import read_predictions
from xent.data.predictions.tokens import read_tokens
from xent.given_names import names_of
from xent.jobs.archives.calibrator_file import load_calibrator, recalibrated_model
from xent.jobs.given_prior import given_prior
from xent.jobs.scored import scored
from xent.measures.estimators.corpus_perplexity import corpus_perplexity
from xent.report.scores.findings import ScoreFindings, TokenFindings
from xent.scoring.slices import LEAST_ROWS

__all__ = ["score", "score_tokens"]

Array = NDArray[np.float64]


def score(
    data: Any,
    target: Any = None,
    *,
    probs: str | Sequence[str] = (),
    log_probs: str | Sequence[str] = (),
    logits: str | Sequence[str] = (),
    weight: str | None = None,
    group: str | None = None,
    slices: str | Sequence[str] = (),
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
        A file (.csv, .parquet, .feather, .jsonl ...), a table, a directory that `xent.fit` wrote, or an array
        with a row for each prediction and a column for each class in sorted order; one axis is enough for
        the second of two classes.
    target : str or sequence, optional
        Column of the true classes, ``target`` by default; or the true classes themselves, as an array, list
        or series, for data in memory.
    probs, log_probs, logits : str or sequence of str
        For each model its columns: a prefix, names between commas, or one column for two classes. Without
        any, columns named like the classes are taken, and their space is told by the values.
    weight, group : str, optional
        Columns of the weights of the rows, finite and >= 0, and of their groups, within which rows are not
        independent.
    slices : str or sequence of str
        Columns that cut the rows into slices, which are judged by themselves: by values, but numbers that are
        fractions or more than 12 by quartile.
    least_rows : int, default 30
        Least number of rows of a slice, at least 1; slices of fewer are left out.
    prior : mapping of str to float, or str, optional
        Class probabilities, or counts, that skill and account are measured against: a mapping, text such as
        ``"a=0.3,b=0.7"``, or the path of a table with the column `target`. By default the shares of these
        rows.
    normalize : bool, default False
        True to divide probabilities by their sums instead of refusing them.
    calibrator : str or Path, optional
        File of a calibrator that `xent.calibrate` wrote, to apply first.

    Returns
    -------
    ScoreFindings
        Findings for each model, and comparisons of each pair. Rows without a class are left out.

    Raises
    ------
    DataError
        If the table or the calibrator cannot be read, a column is missing, columns do not match the classes,
        a row has no group, true classes come with a file, or `prior` lacks a class or is of another kind;
        the message says why and what to do.
    DTypeError
        If `least_rows` is not an integer, or `data` is a tensor of PyTorch that requires gradients.
    DomainError
        If `least_rows` is below 1, predictions are out of the range of their space or do not sum to 1 in a
        row, weights are negative, not finite or all 0, an entry of an array is masked, or `prior` is no
        distribution.
    BackendError
        If a file is a spreadsheet and the library for it is not installed.

    Examples
    --------
    >>> import xent
    >>> rows = {"y": ["no", "yes"] * 50, "p_no": [0.9, 0.2] * 50, "p_yes": [0.1, 0.8] * 50}
    >>> found = xent.score(rows, "y")
    >>> print(f"{found.models[0].held_out.cross_entropy.value:.4f} nats")
    0.1643 nats
    """
    least_rows = checked_integer(least_rows, "least_rows", least=1, caller="xent score")
    spaces = {"probs": names_of(probs), "log-probs": names_of(log_probs), "logits": names_of(logits)}
    table = read_predictions(
        data,
        target,
        spaces=spaces,
        weight=weight,
        group=group,
        slices=names_of(slices),
        normalize=normalize,
        caller="xent score",
    )
    if calibrator is not None:
        learned = load_calibrator(calibrator)
        note = f"The predictions went through the calibrator {str(calibrator)!r} ({learned.method}) first."
        models = tuple(recalibrated_model(one, learned) for one in table.models)
        table = replace(table, models=models, notes=(*table.notes, note))
    shares = None if prior is None else given_prior(prior, table.target, table.classes, caller="xent score")
    return scored(table, shares, (weight, group), least_rows)


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

    Returns
    -------
    TokenFindings
        Number of tokens, and rates per token, and per byte or character if their column is named.

    Raises
    ------
    DataError
        If the table cannot be read, a column is missing or of another kind, or a row has no document.
    BackendError
        If a file is a spreadsheet and the library for it is not installed.
    DomainError
        If a log-likelihood is above 0 or missing, or a number of bytes or characters is negative, fractional
        or missing, or 0 for a whole document.
    """
    table = read_tokens(
        data, log_likelihood, document, bytes=bytes, characters=characters, caller="xent score"
    )
    corpus = corpus_perplexity(table.log_likelihoods, bytes=table.bytes, characters=table.characters)
    return TokenFindings(table.name, sum(map(len, table.log_likelihoods)), corpus)
