r"""
Beta calibration: logit of the recalibrated probability :math:`a \log p - b \log(1 - p) + c`, with a, b >= 0.

References
----------
.. [1] Kull, M., Silva Filho, T. and Flach, P. (2017). Beta calibration: a well-founded and easily implemented
   improvement on logistic calibration for binary classifiers. AISTATS, PMLR 54, 623-631.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xent.calibration.ridge_newton import ridge_newton
from xent.formulas.losses.sigmoid_cross_entropy import sigmoid_cross_entropy
from xent.formulas.sigmoid import sigmoid

__all__ = ["BetaMap", "beta_map"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

# Ridge around the identity a = b = 1, c = 0: too weak to be seen in the coefficients, strong enough for a
# unique, certified minimum where the rows are separable.
_RIDGE = 1e-9


@dataclass(frozen=True, slots=True)
class BetaMap:
    """
    Logit ``a log p - b log(1 - p) + c`` of the second class, p being its probability.

    Parameters
    ----------
    a, b : float
        Coefficients, >= 0.
    c : float
        Intercept.
    gap : float
        Certified distance of the penalised loss from its minimum, in nats.
    """

    a: float
    b: float
    c: float
    gap: float

    def logit(self, log_probs: Array) -> Array:
        """
        Recalibrated logit of the second class, (n,), from log-probabilities of shape (n, 2).

        It is infinite where a probability is 0, unless the coefficient of its logarithm is 0.
        """
        # 0 times infinity: a dropped coefficient ignores its logarithm altogether.
        first = 0.0 if self.b == 0 else self.b * log_probs[:, 0]
        second = 0.0 if self.a == 0 else self.a * log_probs[:, 1]
        return np.asarray(second - first + self.c + np.zeros(len(log_probs)))

    @property
    def midpoint(self) -> float:
        """
        Probability m of the second class that is mapped to one half: ``a log m - b log(1 - m) + c = 0``.

        It lies in 0 .. 1. The search is over log-odds from -745 to 745, so that a root beyond these gives
        about their probability; nan if a and b are both 0.
        """
        if self.a + self.b == 0:
            return float("nan")
        low, high = -745.0, 745.0
        for _ in range(200):
            middle = (low + high) / 2
            log_m, log_rest = -np.logaddexp(0, -middle), -np.logaddexp(0, middle)
            if self.a * log_m - self.b * log_rest + self.c > 0:
                high = middle
            else:
                low = middle
        return float(1 / (1 + np.exp(-(low + high) / 2)))


def beta_map(log_probs: Array, codes: Codes, weights: Array | None = None) -> BetaMap:
    """
    Map of least mean loss; a negative coefficient is set to 0 and the others are fitted again.

    Parameters
    ----------
    log_probs : ndarray of shape (n, 2)
        Finite log-probabilities of the two classes; nothing is clipped.
    codes : ndarray of shape (n,)
        True class of each row, 0 or 1.
    weights : ndarray of shape (n,), optional
        Weight of each row, with a positive sum.

    Returns
    -------
    BetaMap
        Coefficients a, b >= 0 and c, and the certified gap.
    """
    share = np.full(len(codes), 1 / len(codes)) if weights is None else weights / weights.sum()
    features = np.column_stack([log_probs[:, 1], -log_probs[:, 0], np.ones(len(codes))])
    kept = np.asarray([True, True, True])
    while True:
        found, gap = _fit(features, codes, share, kept)
        negative = np.flatnonzero(found[:2] < 0)
        if not len(negative):
            return BetaMap(float(found[0]), float(found[1]), float(found[2]), gap)
        # The more negative one first, as the original does.
        kept[negative[np.argmin(found[negative])]] = False


def _fit(features: Array, codes: Codes, share: Array, kept: NDArray[np.bool_]) -> tuple[Array, float]:
    """
    Coefficients a, b and c, (3,), of least weighted mean loss with a small ridge, and the certified gap in
    nats.

    `features`, (n, 3), has the columns log p, -log(1 - p) and 1; `share`, (n,), sums to 1. The ridge draws a
    and b to 1 and c to 0. A coefficient that is not `kept`, flags of shape (3,), is 0. a and b may be
    negative.
    """
    identity = np.where(kept, [1.0, 1.0, 0.0], 0.0)
    offset, x = features @ identity, features[:, kept]
    events = codes.astype(float)

    def convex(point: Array, curved: bool) -> tuple[float, Array, Array | None]:  # noqa: FBT001
        z = offset + x @ point
        losses, slopes = sigmoid_cross_entropy.value_and_gradient(z, events, 1 - events, xp=np)
        hessian = None
        if curved:
            p, q = sigmoid(z, xp=np)
            hessian = x.T @ (x * (share * p * q)[:, None])
        return float(share @ losses), x.T @ (share * slopes), hessian

    found = ridge_newton(convex, np.full(int(kept.sum()), _RIDGE), tol=1e-14)
    full = identity.copy()
    full[kept] += found.point
    return full, found.gap
