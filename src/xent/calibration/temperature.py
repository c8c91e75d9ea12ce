r"""
Best inverse temperature of logits, by Newton's method within a bracket, certified.

The mean loss :math:`F(\beta) = \sum_i w_i (\mathrm{logsumexp}(\beta z_i) - \beta z_{i y_i})` is convex in
:math:`\beta`. If its derivative changes sign in an interval of length h, then :math:`F(\beta) - \min F \le
|F'(\beta)| h` for every :math:`\beta` in it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xent.solvers.threads import map_groups

__all__ = ["InverseTemperature", "inverse_temperature"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

_LOWEST, _HIGHEST = 2.0**-16, 2.0**16
_BLOCK = 1 << 16
# Rows on which the search begins: a pass over them costs little, and leaves few passes over all rows.
_SAMPLE = 4096
_STEPS = 200


@dataclass(frozen=True, slots=True)
class InverseTemperature:
    """
    Best inverse temperature.

    Parameters
    ----------
    value : float
        Inverse temperature.
    loss : float
        Mean loss there, in nats.
    gap : float
        Certified upper bound of the loss minus its minimum over all inverse temperatures of the bracket.
    bounded : bool
        False if no minimum was met within ``2**-16 .. 2**16``: the loss falls to 0 because every row is
        right, or to that of chance because chance would do better.
    passes : int
        Number of passes over all rows.
    """

    value: float
    loss: float
    gap: float
    bounded: bool
    passes: int


def inverse_temperature(
    logits: Array, codes: Codes, weights: Array | None = None, *, tol: float = 1e-10
) -> InverseTemperature:
    """
    Inverse temperature of least mean loss in nats, within ``2**-16 .. 2**16``.

    Parameters
    ----------
    logits : ndarray of shape (n, K)
        Logits or log-probabilities; ``-inf`` is probability 0 at every temperature, and must not be the true
        class of a row of positive weight.
    codes : ndarray of shape (n,)
        True class of each row.
    weights : ndarray of shape (n,), optional
        Weight of each row, with a positive sum.
    tol : float
        Gap to reach, in nats.

    Returns
    -------
    InverseTemperature
        Value, loss and certified gap, which exceeds `tol` at a limit of the search or after its last step.
    """
    start = 1.0
    if len(logits) > 4 * _SAMPLE:
        rows = np.random.default_rng(0).choice(len(logits), _SAMPLE, replace=False)
        rows.sort()
        some = None if weights is None else weights[rows]
        if some is None or some.any():
            start = _search(logits[rows], codes[rows], some, 1.0, 1e-6).value
    return _search(logits, codes, weights, start, tol)


def _search(
    logits: Array, codes: Codes, weights: Array | None, start: float, tol: float
) -> InverseTemperature:
    """
    Inverse temperature of least weighted mean loss in nats, by Newton's method from `start` within a bracket.

    The bracket is narrowed by the signs of the derivative, from ``2**-16 .. 2**16``. The search ends when a
    bound on the distance of the mean loss from its minimum is at most `tol`, at a limit, or after the last
    step; the loss itself is such a bound, for it is not negative. `gap` of the result is the bound reached,
    infinite if there is none. `weights` of None are 1.
    """
    low, high = _LOWEST, _HIGHEST
    low_known = high_known = False
    beta, total = start, float(len(codes)) if weights is None else float(weights.sum())
    for passes in range(1, _STEPS + 1):
        loss, slope, curve = (part / total for part in _derivatives(logits, codes, weights, beta))
        if slope > 0:
            high, high_known = beta, True
        else:
            low, low_known = beta, True
        certain = low_known and high_known
        # Newton's step may leave the bracket on one side: the certificate needs both ends near.
        gap = abs(slope) * (high - low) if certain else math.inf
        if slope == 0 or gap <= tol:
            return InverseTemperature(beta, loss, 0.0 if slope == 0 else gap, bounded=True, passes=passes)
        if loss <= tol:
            # No loss is negative, so this one is within its own value of the minimum.
            return InverseTemperature(beta, loss, loss, bounded=certain, passes=passes)
        ended = (not high_known and beta >= _HIGHEST) or (not low_known and beta <= _LOWEST)
        if ended or high / low < 1 + 4 * np.finfo(float).eps:
            return InverseTemperature(beta, loss, gap, bounded=certain, passes=passes)
        beta = _next(beta, slope, curve, (low, high), certain=certain, tol=tol)
    return InverseTemperature(beta, loss, gap, bounded=certain, passes=passes)


def _next(
    beta: float, slope: float, curve: float, bracket: tuple[float, float], *, certain: bool, tol: float
) -> float:
    """
    Next inverse temperature: Newton's step slightly beyond the minimum, or a step of the bracket.

    `slope` and `curve` are the first and second derivative of the mean loss at `beta`, `bracket` the lower
    and upper end, and `tol` the gap to reach, by which the step goes beyond. `certain` is True if the
    derivative is known to be at most 0 at the lower end and positive at the upper one, so that the minimum
    lies between. Newton's step is rejected if it leaves the bracket, changes `beta` by a factor of 4 or more,
    or, unless `certain`, by an eighth of `beta` or more. Then the result is the geometric mean of the bracket
    if `certain`, and otherwise `beta` times 4 or 1/4, whichever lowers the loss, within ``2**-16 .. 2**16``.
    """
    low, high = bracket
    step = -slope / curve if curve > 0 else math.copysign(math.inf, -slope)
    # A little beyond Newton's point, so that both ends of the bracket close in on the minimum.
    beyond = math.copysign(min(abs(step), math.sqrt(tol / curve) if curve > 0 else 0.0), step) / 4
    newton = beta + step + beyond
    if low < newton < high and 0.25 < newton / beta < 4 and (certain or abs(step) < beta / 8):
        return newton
    if certain:
        return math.sqrt(low * high)
    return min(max(beta * (4.0 if slope < 0 else 0.25), _LOWEST), _HIGHEST)


def _derivatives(
    logits: Array, codes: Codes, weights: Array | None, beta: float
) -> tuple[float, float, float]:
    """
    Sums over the rows, times their weights, of the loss in nats, its first and its second derivative in
    `beta`.

    The loss is that of ``softmax(beta * logits)``. `logits`, (n, K), may hold -inf, not for the true class of
    a row of weight; `weights`, (n,) or None for 1, are not scaled.
    """

    def part(rows: slice) -> Array:
        step = max(1, _BLOCK // logits.shape[1])
        total = np.zeros(3)
        for at in range(rows.start, rows.stop, step):
            block = slice(at, min(at + step, rows.stop))
            total += _block(logits[block], codes[block], None if weights is None else weights[block], beta)
        return total

    loss, slope, curve = np.sum(map_groups(part, len(logits), heavy=logits.shape[1] > 32), axis=0)
    return float(loss), float(slope), float(curve)


def _block(logits: Array, codes: Codes, weights: Array | None, beta: float) -> Array:
    """
    Weighted sums over a block of rows of the loss in nats and its first two derivatives in `beta`: shape
    (3,).

    Rows of weight 0 add nothing, also if their loss is infinite; without `weights` each row counts 1.
    """
    peak = logits.max(axis=1)
    shifted = logits - peak[:, None]
    own = shifted[np.arange(len(codes)), codes]
    odds = np.exp(beta * shifted)
    total = odds.sum(axis=1)
    # 0 times infinity would be nan; a class of probability 0 moves no mean.
    if np.isneginf(shifted.min(initial=0.0)):
        shifted = np.where(np.isneginf(shifted), 0.0, shifted)
    mean = np.einsum("ij,ij->i", odds, shifted) / total
    odds *= shifted
    square = np.einsum("ij,ij->i", odds, shifted) / total
    rows = np.stack([np.log(total) - beta * own, mean - own, np.maximum(square - mean**2, 0.0)])
    if weights is None:
        return np.asarray(rows.sum(axis=1))
    # A row of weight 0 is ignored, also where its true class has probability 0.
    return np.asarray(np.where(weights > 0, rows, 0.0) @ weights)
