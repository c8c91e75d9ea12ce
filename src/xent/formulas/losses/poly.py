r"""
Weighted sum of the surprisal and the complement: cross-entropy with a changed first polynomial term.

With the surprisal :math:`s`, :math:`u = e^{-s}` the probability and :math:`c = 1 - u`,

.. math::

    \varphi = a s + b c, \quad \varphi' = a + b u, \quad \varphi'' = -b u .

:math:`a = 1, b = \varepsilon` gives poly-1, :math:`a = \alpha, b = -A \beta` symmetric cross-entropy, and
:math:`a = 0, b = 2` the mean absolute error. As :math:`s = \sum_n c^n / n`, the sum would cancel for a
negative `b` and small :math:`s`; there it is evaluated as :math:`(a + b) s + |b| (s - c)`, and the slope as
:math:`(a + b) + |b| c`.

Source: Leng, Z. et al. (2022). PolyLoss: a polynomial expansion perspective of classification loss functions.
ICLR. Equation 1, and its section on the first coefficient.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from xent.arrays import Array, Namespace, is_number, is_traced
from xent.formulas.true_class import ClassProbability

__all__ = ["Poly", "surprisal_less_complement"]

# s - c = s - 1 + exp(-s) = s**2 / 2! - s**3 / 3! + ...; for s < 1 the terms after s**20 / 20! are below
# 2e-20.
_SERIES = tuple((-1.0) ** n / math.factorial(n) for n in range(2, 21))


@dataclass(frozen=True)
class Poly:
    """
    Weighted sum of surprisal and complement, as a function of the surprisal.

    Parameters
    ----------
    of_surprisal : float
        Factor :math:`a` of the surprisal, >= 0; 0 gives a bounded loss.
    of_complement : float
        Factor :math:`b` of the complement, >= ``-of_surprisal``, so that the loss is never negative.
    """

    of_surprisal: float
    of_complement: float

    def value(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """
        Loss ``of_surprisal * s + of_complement * (1 - p)`` in nats, elementwise, with surprisal s of p.

        It is ``inf`` at probability 0 unless `of_surprisal` is 0. For a negative `of_complement` nothing
        cancels at small surprisals.
        """
        a, b = self.of_surprisal, self.of_complement
        if is_number(a, 0):  # where the surprisal is infinite, so would 0 times it be undefined
            return b * of_label.complement
        if is_traced(b):
            return xp.where(
                b >= 0, self._sum(of_label, xp=xp), self._sum_without_cancellation(of_label, xp=xp)
            )
        return self._sum(of_label, xp=xp) if b >= 0 else self._sum_without_cancellation(of_label, xp=xp)

    def first_derivative(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """
        Derivative of `value` in the surprisal, elementwise: ``of_surprisal + of_complement * p``.

        p is the probability; for a negative `of_complement` nothing cancels where it is near 1.
        """
        a, b = self.of_surprisal, self.of_complement
        of_positive, of_negative = a + b * of_label.prob, (a + b) - b * of_label.complement
        if is_traced(b):
            return xp.where(b >= 0, of_positive, of_negative)
        return of_positive if b >= 0 else of_negative

    def second_derivative(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Second derivative of `value` in the surprisal, elementwise: ``-b * prob``."""
        del xp
        return -self.of_complement * of_label.prob

    def _sum(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Value, elementwise, for a factor of the complement that is not negative."""
        of_surprisal = _product(self.of_surprisal, of_label.surprisal, xp=xp)
        return of_surprisal + self.of_complement * of_label.complement

    def _sum_without_cancellation(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Value, elementwise, for a negative factor of the complement."""
        least = self.of_surprisal + self.of_complement
        excess = -self.of_complement * surprisal_less_complement(of_label, xp=xp)
        return excess if is_number(least, 0) else _product(least, of_label.surprisal, xp=xp) + excess


def _product(factor: float, surprisal: Array, *, xp: Namespace) -> Array:
    """``factor * surprisal``, elementwise; 0 where a traced `factor` is 0 and the surprisal infinite."""
    if not is_traced(factor):
        return factor * surprisal
    # The derivative in the factor is infinite there; the largest float stands for it.
    is_jump = (factor == 0) & xp.isinf(surprisal)
    return factor * xp.where(is_jump, float(xp.finfo(surprisal.dtype).max), surprisal)


def surprisal_less_complement(of_label: ClassProbability, *, xp: Namespace) -> Array:
    """
    ``s - c`` of the surprisal ``s = -log(p)`` and the complement ``c = 1 - p``, elementwise.

    It does not cancel: for small surprisals it is about ``s**2 / 2``. ``inf`` at probability 0.
    """
    s = of_label.surprisal
    near_0 = xp.where(s < 1, s, 0.0)
    series = _SERIES[-1] + 0 * near_0
    for coefficient in reversed(_SERIES[:-1]):
        series = series * near_0 + coefficient
    return xp.where(s < 1, near_0 * near_0 * series, s - of_label.complement)
