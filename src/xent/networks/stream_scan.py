"""Scan before a training on a stream: moments of the features, and the rows that are kept in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from xent.networks.coded_stream import CodedRows, CodedStream
from xent.networks.rows_of_network import Standardisation, scale_of

__all__ = ["StreamScan", "WeightedMoments", "scan"]

Array = NDArray[np.float64]

_BLOCK = 4096


@dataclass(slots=True, eq=False)
class WeightedMoments:
    """
    Sum of the weights of rows, and of each feature the mean and the root of the weighted squared deviations.

    `add` updates `weight`, `mean` and `norm`, the latter two of shape (width,), block by block; all are 0 at
    first.

    Parameters
    ----------
    width : int
        Number of features.
    """

    width: int
    weight: float = 0.0
    mean: Array = field(init=False)
    norm: Array = field(init=False)

    def __post_init__(self) -> None:
        self.mean, self.norm = np.zeros(self.width), np.zeros(self.width)

    def add(self, X: Array, weights: Array) -> None:
        """
        Add rows, (n, features), with their weights, (n,), to mean, norm and weight; rows of weight 0 change
        nothing.

        The norm is the root of the weighted sum of squared deviations from the mean of all rows so far. The
        update is that of Chan, Golub and LeVeque (1983), equation 2.1, with weights for counts.
        """
        own = float(weights.sum())
        if own <= 0:
            return
        mean = weights / own @ X
        apart = X - mean
        # Values of 1e200 have squares that overflow.
        size = np.maximum(np.abs(apart).max(axis=0, initial=0.0), np.finfo(float).tiny)
        norm = size * np.sqrt(weights @ (apart / size) ** 2)
        total = self.weight + own
        between = np.abs(mean - self.mean) * np.sqrt(self.weight / total * own)
        self.norm = np.hypot(np.hypot(self.norm, norm), between)
        self.mean = self.mean + (mean - self.mean) * (own / total)
        self.weight = total

    def standardisation(self) -> Standardisation:
        """
        Mean and weighted standard deviation of each feature in the rows so far; 1 in place of that of a
        constant one.

        Rows of positive weight must have been added.
        """
        return Standardisation(self.mean, scale_of(self.mean, self.norm / np.sqrt(self.weight)))


@dataclass(frozen=True, slots=True, eq=False)
class StreamScan:
    """
    Content of a stream.

    Parameters
    ----------
    moments : WeightedMoments
        Of the rows trained on.
    count : int
        Number of these.
    mass : ndarray of shape (K,)
        Sum of the weights of each class's rows trained on.
    held_out, judged : CodedRows
        Rows held out from training, and rows trained on by which the training loss is judged.
    """

    moments: WeightedMoments
    count: int
    mass: Array
    held_out: CodedRows
    judged: CodedRows


def scan(stream: CodedStream) -> StreamScan:
    """
    Scan all rows of `stream` of positive weight, fragment by fragment.

    Moments of the features, weights by class and count are those of the rows to train on; the held-out rows
    and a sample of the rows to train on, about as many, are kept in memory, features not standardised. Raises
    `DataError` if the source cannot be read, or for a class that the first scan did not see.
    """
    moments = WeightedMoments(stream.width)
    mass = np.zeros(len(stream.classes.classes))
    count = 0
    held_out: list[CodedRows] = []
    judged: list[CodedRows] = []
    for fragment in stream.source.fragments:
        for rows in stream.rows(fragment, _BLOCK):
            inside = rows.subset(~rows.held_out)
            moments.add(inside.X, inside.weights)
            mass += np.bincount(inside.codes, weights=inside.weights, minlength=len(mass))
            count += len(inside.codes)
            held_out.append(rows.subset(rows.held_out))
            judged.append(inside.subset(stream.split.judged(inside.marks)))
    kept = (CodedRows.joined(each, stream.width) for each in (held_out, judged))
    return StreamScan(moments, count, mass, *kept)
