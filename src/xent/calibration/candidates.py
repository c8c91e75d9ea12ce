"""Recalibration maps to choose from, simplest first, with the number of rows that each needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.calibration.beta import beta_map
from xent.calibration.log_softmax import log_odds, mixed_with_uniform
from xent.calibration.maps import Beta, Identity, Isotonic, StructuredScaling, Temperature, VennAbersMap
from xent.calibration.structured_scaling import structured_scaling
from xent.calibration.temperature import inverse_temperature
from xent.calibration.venn_abers import venn_abers_pairs
from xent.scoring.isotonic import pool_adjacent_violators

__all__ = [
    "CANDIDATES",
    "Candidate",
    "beta",
    "isotonic",
    "matrix_scaling",
    "temperature",
    "vector_scaling",
    "venn_abers",
]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
Fit = Callable[[Array, Codes, "Array | None"], Any]

_ROWS_PER_COEFFICIENT = 20
_MOST_COEFFICIENTS = 600


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    Map to choose, with `fit`, a function of log-probabilities, codes and weights.

    Parameters
    ----------
    name : str
        Name in reports.
    fit : callable
        Function that returns the fitted map.
    coefficients : callable
        Number of coefficients for K classes and n rows; for isotonic regression the number whose fit to
        noise gains as much.
    classes : int or None
        Number of classes that the map is made for; None for any.
    """

    name: str
    fit: Fit
    coefficients: Callable[[int, int], int]
    classes: int | None = None

    def suits(self, K: int, n: int) -> bool:
        """
        True if the map is made for `K` classes, and `n` rows are at least 20 for each coefficient.

        Maps of more than 600 coefficients suit none, but for isotonic regression.
        """
        d = self.coefficients(K, n)
        fits = d <= _MOST_COEFFICIENTS or self.fit is isotonic
        return self.classes in {None, K} and fits and n >= _ROWS_PER_COEFFICIENT * d


def temperature(log_probs: Array, codes: Codes, weights: Array | None = None) -> Temperature:
    """
    Map by the temperature of least loss of `log_probs`, (n, K), then a mixture with the uniform distribution.

    The share of the uniform distribution is 1 / (n + 1), and keeps every loss finite; the search is without
    it. `codes`, (n,), are the classes and `weights`, (n,) or None for 1, the weights of the rows. Rows whose
    class has probability 0 cost infinity at every temperature and are left out of the search, but count in n,
    as do rows of weight 0. Without other rows, or without weight on these, the temperature is 1.
    """
    possible = np.isfinite(log_probs[np.arange(len(codes)), codes])
    if not possible.all():
        # Such a row costs infinity at every temperature.
        log_probs, codes = log_probs[possible], codes[possible]
        weights = None if weights is None else weights[possible]
    mix = 1 / (len(possible) + 1)
    if len(codes) == 0 or (weights is not None and not weights.any()):
        return Temperature(1.0, mix)
    return Temperature(inverse_temperature(log_probs, codes, weights).value, mix)


def vector_scaling(log_probs: Array, codes: Codes, weights: Array | None = None) -> StructuredScaling:
    """
    Map by a temperature, then a factor and a shift of each class's logit; shapes are those of
    `temperature`.
    """
    return _scaling(log_probs, codes, weights, full=False)


def matrix_scaling(log_probs: Array, codes: Codes, weights: Array | None = None) -> StructuredScaling:
    """Map by a temperature, then an affine map of the logits; shapes are those of `temperature`."""
    return _scaling(log_probs, codes, weights, full=True)


def beta(log_probs: Array, codes: Codes, weights: Array | None = None) -> Beta:
    """
    Beta calibration of two classes, after a mixture with 1 / (n + 1) of the uniform if a probability is 0.

    Shapes are those of `temperature`, with K = 2.
    """
    mix = 0.0 if np.isfinite(log_probs).all() else 1 / (len(codes) + 1)
    return Beta(beta_map(mixed_with_uniform(log_probs, mix), codes, weights), mix)


def isotonic(log_probs: Array, codes: Codes, weights: Array | None = None) -> Isotonic:
    """
    Isotonic regression of each class on its log-odds, mixed with 1 / (n + 1) of the uniform distribution.

    For two classes only the second is regressed, and the first gets the rest; for more, probabilities are
    divided by their sum. Shapes are those of `temperature`.
    """
    K = log_probs.shape[1]
    steps = [
        pool_adjacent_violators(log_odds(log_probs, k), (codes == k).astype(float), weights)
        for k in ([1] if K == 2 else range(K))
    ]
    return Isotonic(tuple(s.points for s in steps), tuple(s.levels for s in steps), 1 / (len(codes) + 1))


def venn_abers(log_probs: Array, codes: Codes, weights: Array | None = None) -> VennAbersMap:
    """Inductive Venn-Abers predictor of two classes; shapes are those of `temperature`, with K = 2."""
    return VennAbersMap(venn_abers_pairs(log_odds(log_probs, 1), codes == 1, weights))


def _identity(_log_probs: Array, _codes: Codes, _weights: Array | None = None) -> Identity:
    """Map that changes nothing, whatever the rows."""
    return Identity()


def _scaling(log_probs: Array, codes: Codes, weights: Array | None, *, full: bool) -> StructuredScaling:
    """
    Best temperature, then structured scaling of its log-probabilities by a matrix if `full`, else by a factor
    and a shift of each class.
    """
    first = temperature(log_probs, codes, weights)
    found = structured_scaling(first(log_probs), codes, weights, full=full)
    return StructuredScaling(first, found.matrix, found.shift, found.gap)


CANDIDATES = (
    Candidate("identity", _identity, lambda _K, _n: 0),
    Candidate("temperature", temperature, lambda _K, _n: 1),
    Candidate("beta", beta, lambda _K, _n: 3, classes=2),
    Candidate("vector scaling", vector_scaling, lambda K, _n: 2 * K - 1),
    Candidate("matrix scaling", matrix_scaling, lambda K, _n: K * K + K - 1),
    Candidate("isotonic", isotonic, lambda K, n: round(4 * n ** (1 / 3)) * (1 if K == 2 else K)),
)
"""Maps that the account and `xent calibrate` choose from."""
