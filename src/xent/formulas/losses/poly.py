r"""
Surprisal and probability of error, each times a factor: cross-entropy with its first polynomial term changed.

With the surprisal :math:`s`, :math:`u = e^{-s}` the probability and :math:`c = 1 - u`,

.. math::

    \varphi = a s + b c, \quad \varphi' = a + b u, \quad \varphi'' = -b u .

It is poly-1 for :math:`a = 1, b = \varepsilon`, symmetric cross-entropy for :math:`a = \alpha, b = -A
\beta`, and the mean absolute error for :math:`a = 0, b = 2`. As :math:`s = \sum_n c^n / n`, the sum would
cancel for a negative `b` where the model is sure; there it is taken as :math:`(a + b) s + |b| (s - c)`, and
the slope as :math:`(a + b) + |b| c`.

Source: Leng, Z. et al. (2022). PolyLoss: a polynomial expansion perspective of classification loss functions.
ICLR. Equation 1, and its section on the first coefficient.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from xent.arrays import Array, Namespace
from xent.formulas.true_class import ClassProbability

__all__ = ["Poly", "surprisal_less_complement"]

# Below 1 its terms fall faster than factorials grow: the 20th is less than half a unit of rounding.
_SERIES = tuple((-1.0) ** n / math.factorial(n) for n in range(2, 21))


@dataclass(frozen=True)
class Poly:
    """
    Weighted sum of surprisal and complement as a function of the surprisal.

    Parameters
    ----------
    of_surprisal : float
        Factor of the surprisal, >= 0; 0 gives a bounded loss.
    of_complement : float
        Factor of the complement, >= ``-of_surprisal``.
    """

    of_surprisal: float
    of_complement: float

    def value(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """The loss in nats."""
        a, b = self.of_surprisal, self.of_complement
        if a == 0:  # where the surprisal is infinite, so would 0 times it be undefined
            return b * of_label.complement
        if b >= 0:
            return a * of_label.surprisal + b * of_label.complement
        excess = -b * surprisal_less_complement(of_label, xp=xp)
        return excess if a + b == 0 else (a + b) * of_label.surprisal + excess

    def slope(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Its derivative in the surprisal."""
        del xp
        a, b = self.of_surprisal, self.of_complement
        if b >= 0:
            return a + b * of_label.prob
        return (a + b) - b * of_label.complement

    def bend(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Its second derivative in the surprisal."""
        del xp
        return -self.of_complement * of_label.prob


def surprisal_less_complement(of_label: ClassProbability, *, xp: Namespace) -> Array:
    """``s - c``, which is half the square of `s` for a sure model, with its digits."""
    s = of_label.surprisal
    near_0 = xp.where(s < 1, s, 0.0)
    series = _SERIES[-1] + 0 * near_0
    for coefficient in reversed(_SERIES[:-1]):
        series = series * near_0 + coefficient
    return xp.where(s < 1, near_0 * near_0 * series, s - of_label.complement)
