"""Findings about rows that are signals or pictures."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xent.data.signals.sample_columns import SampleSource, sample_sources
from xent.report.fit.samples import ClassSamples, RowSamples, Samples

if TYPE_CHECKING:
    import pyarrow as pa

    from xent.data.target_encoding import KnownTarget
    from xent.jobs.table_model import TableModel

__all__ = ["class_attribution", "highest_surprisals", "judged_samples", "sample_findings"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]

_SURPRISING = 10
# Rows that show the mean of a class; more would only cost time.
_MOST_ROWS = 20_000
_MOST_PLACES = 128
_LONGEST_SIDE = 32
_DIGITS = 5


def highest_surprisals(log_probs: Array, codes: Codes) -> Codes:
    """
    Places of the ten rows of highest surprisal, highest first; of all rows if they are fewer.

    The surprisal is minus the entry of `log_probs`, (n, K), at the row's class in `codes`. Earlier rows go
    first among equal ones.
    """
    surprisals = 0 - log_probs[np.arange(len(codes)), codes]
    return np.argsort(-surprisals, kind="stable")[:_SURPRISING]


def class_attribution(classifier: Any, means: Array) -> tuple[str, Array]:
    """
    Words for the method, and the share of each feature in each class's logit at the class's mean, (K, p), in
    nats.

    `means`, (K, p), are those of standardised features, 0 for all rows. The share of a linear model is the
    weight times the deviation of the class's mean from 0; a single row of weights, of the second of two
    classes, counts with the other sign for the first. A classifier with a method `class_attribution` of the
    same result answers for itself.
    """
    own = getattr(classifier, "class_attribution", None)
    if own is not None:
        found: tuple[str, Array] = own(means)
        return found
    weights = classifier.coef_
    if len(weights) == 1:
        # One row of weights is the difference of the two logits.
        weights = np.concatenate([-weights, weights])
    return "weight \N{MULTIPLICATION SIGN} deviation", weights * means


def sample_findings(
    sources: Sequence[SampleSource],
    classifier: Any,
    labels: Sequence[str],
    training: tuple[Any, Codes],
    surprising: tuple[Any, Codes],
) -> Samples | None:
    """
    Findings about the samples in `sources`; None without rows, or if they are neither signals nor pictures.

    Means and counts are those of at most 20,000 rows, evenly spaced. Pictures beside signals are left out, or
    signals beside pictures if these come first.

    Parameters
    ----------
    sources : sequence of SampleSource
        Samples among the features, a set for each channel.
    classifier : classifier
        The fitted model.
    labels : sequence of str
        Names of the classes.
    training : tuple of array and ndarray
        Features and classes of rows that show the means of the classes.
    surprising : tuple of array and ndarray
        Features and numbers of the rows of highest surprisal.
    """
    X, codes = training
    held = [source for source in sources if source.holds(X)] if len(codes) else []
    # Signals beside pictures would be neither's channels.
    held = [source for source in held if (source.columns.shape is None) == (held[0].columns.shape is None)]
    if not held:
        return None
    if len(codes) > _MOST_ROWS:
        shown = _evenly(len(codes))
        X, codes = X[shown], codes[shown]
    means = _class_means(X, codes, len(labels))
    attributed = class_attribution(classifier, means)
    counts = np.bincount(codes, minlength=len(labels)).tolist()
    classes = tuple(zip(labels, counts, strict=True))
    first, *others = (_of_source(source, means, attributed, classes, surprising) for source in held)
    return replace(first, others=tuple(others))


def _of_source(
    source: SampleSource,
    means: Array,
    attributed: tuple[str, Array],
    classes: Sequence[tuple[str, int]],
    surprising: tuple[Any, Codes],
) -> Samples:
    """
    Findings about one set of samples: means and shares of each class, and the `surprising` rows with their
    numbers.

    `means` and the shares in `attributed`, after the words for the method, have shape (K, features); means
    and rows are standardised features, shares nats. `classes` are names and counts. Values come in the units
    of the table, shares in nats, with five significant digits; a constant column has a share of 0.
    Neighbouring samples are merged to at most 128 of a signal, or 32 on a side of a picture: shares are
    added, other values averaged.
    """
    method, attribution = attributed
    used = source.features >= 0
    shares = np.where(used, attribution[:, np.maximum(source.features, 0)], 0.0)
    merge = _Merging(source.columns.shape, len(source.features))
    rows, numbers = surprising
    return Samples(
        title=source.columns.title,
        columns=(source.columns.names[0], source.columns.names[-1]),
        places=_rounded(merge.means(np.asarray(source.columns.places))),
        quantity=source.columns.quantity,
        unit=source.columns.unit,
        shape=merge.shape,
        method=method,
        surprising=tuple(
            RowSamples(int(number), _rounded(merge.means(line)))
            for number, line in zip(numbers, source.values(rows), strict=True)
        ),
        classes=tuple(
            ClassSamples(label, n, _rounded(merge.means(mean)), _rounded(merge.sums(share)))
            for (label, n), mean, share in zip(classes, source.values(means), shares, strict=True)
        ),
    )


def judged_samples(
    model: TableModel, table: pa.Table, known: KnownTarget, log_probs: Array
) -> Samples | None:
    """
    Findings about the samples in the judged rows `known` of `table`; None if it has none that can be shown.

    Samples are the columns of a signal or a picture; pictures beside signals are left out, or signals beside
    pictures if these come first. None is also the result for a model with free text or dates among its
    columns, for samples with a column that is no number, and for numbered columns that neither their names
    nor their values show to be samples. Class means are those of at most 20,000 judged rows, evenly spaced;
    `log_probs`, (n, K), are the predictions of all, by which the ten rows of highest surprisal are shown,
    with their numbers in `table`. Cells that do not read are gaps without a warning.
    """
    sources = sample_sources(model.encoder, table)
    if not sources:
        return None
    labels = tuple(str(label) for label in model.classes)
    shown, worst = _evenly(len(known.rows)), highest_surprisals(log_probs, known.codes)
    with warnings.catch_warnings():
        # Predicting has warned of the cells of these rows already.
        warnings.simplefilter("ignore", UserWarning)
        X, X_worst = (model.encoder.transform(table, rows=known.rows[places]) for places in (shown, worst))
    return sample_findings(
        sources, model.classifier, labels, (X, known.codes[shown]), (X_worst, known.rows[worst])
    )


def _evenly(n: int) -> Codes:
    """Places of at most 20,000 of `n` rows, evenly spaced: the first rows may be of one patient."""
    return np.linspace(0, n - 1, min(n, _MOST_ROWS)).astype(np.int64)


def _class_means(X: Any, codes: Codes, K: int) -> Array:
    """
    Mean of the rows of each class, (K, features), unweighted; 0 for a class without rows.

    The features are standardised, so that 0 is the mean of all training rows. `codes` are 0 .. K-1.
    """
    means = np.zeros((K, X.shape[1]))
    for k in range(K):
        members = codes == k
        if members.any():
            means[k] = X[members].mean(axis=0)
    return means


def _rounded(values: Array) -> tuple[float, ...]:
    return tuple(float(f"{value:.{_DIGITS}g}") for value in np.asarray(values).ravel().tolist())


class _Merging:
    """
    Merging of neighbouring samples where a picture could not show them apart.

    `sums` and `means` turn values, one for each sample, into one for each merged sample, in one axis; `shape`
    is that of the merged picture, or None for a signal.
    """

    def __init__(self, shape: tuple[int, int] | None, count: int) -> None:
        self._old = shape or (1, count)
        limits = (_LONGEST_SIDE, _LONGEST_SIDE) if shape else (1, _MOST_PLACES)
        self._steps = tuple(math.ceil(n / most) for n, most in zip(self._old, limits, strict=True))
        new = tuple(math.ceil(n / step) for n, step in zip(self._old, self._steps, strict=True))
        self.shape = (new[0], new[1]) if shape else None

    def sums(self, values: Array) -> Array:
        """
        Sums of `values`, one for each sample, over those of each merged sample, in one axis.

        A picture has its samples in C order, row by row, before and after. Samples are merged in blocks of
        equal size but for the last ones, which may be smaller.
        """
        grid = values.reshape(self._old)
        for axis in (0, 1):
            starts = np.arange(0, grid.shape[axis], self._steps[axis])
            grid = np.add.reduceat(grid, starts, axis=axis)
        return np.asarray(grid.ravel())

    def means(self, values: Array) -> Array:
        return self.sums(values) / self.sums(np.ones(len(values)))
