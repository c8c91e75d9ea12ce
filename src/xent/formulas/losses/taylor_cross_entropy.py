r"""
Taylor cross-entropy: a partial sum of the series of the logarithm.

With the surprisal :math:`s`, :math:`u = e^{-s}` the probability and :math:`c = 1 - u`, so that
:math:`s = \sum_{n \ge 1} c^n / n`,

.. math::

    \varphi = \sum_{n=1}^m \frac{c^n}{n}, \quad
    \varphi' = u \sum_{n=1}^m c^{n-1} = 1 - c^m, \quad
    \varphi'' = -m\, u\, c^{m-1} .

All terms have one sign, so the sums are evaluated as they stand. :math:`1 - c^m` would cancel for `c` near 1.

Source: Feng, L. et al. (2020). Can cross entropy loss be robust to label noise? IJCAI.
doi:10.24963/ijcai.2020/305.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace
from xent.formulas.true_class import ClassProbability

__all__ = ["TaylorCrossEntropy"]


@dataclass(frozen=True)
class TaylorCrossEntropy:
    """
    Taylor cross-entropy as a function of the surprisal.

    Parameters
    ----------
    order : int
        Number of terms, >= 1; 1 gives the complement of the probability.
    """

    order: int

    def value(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Loss in nats, elementwise: the sum of ``c**n / n`` over n = 1 .. `order`, with the complement c."""
        del xp
        coefficients = tuple(1 / n for n in range(1, self.order + 1))
        return of_label.complement * _polynomial(coefficients, of_label.complement)

    def first_derivative(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Derivative of `value` in the surprisal, elementwise: ``1 - c**order`` without cancellation."""
        del xp
        return of_label.prob * _polynomial((1.0,) * self.order, of_label.complement)

    def second_derivative(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Second derivative of `value` in the surprisal, elementwise."""
        del xp
        return -self.order * of_label.prob * of_label.complement ** (self.order - 1)


def _polynomial(coefficients: tuple[float, ...], x: Array) -> Array:
    """Polynomial in `x` by Horner's rule; `coefficients` start with that of power 0."""
    total = 0 * x + coefficients[-1]
    for coefficient in reversed(coefficients[:-1]):
        total = total * x + coefficient
    return total
