r"""
Focal loss of the true class, as a function of its surprisal.

With the surprisal :math:`s`, :math:`u = e^{-s}` the probability and :math:`c = 1 - u`,

.. math::

    \varphi = c^\gamma s, \quad
    \varphi' = c^\gamma \left(1 + \gamma\, u\, \frac sc\right), \quad
    \varphi'' = \gamma\, u\, c^{\gamma - 1} \left(2 - s + (\gamma - 1)\, u\, \frac sc\right).

As :math:`u \to 1`, :math:`s / c` tends to 1; as :math:`u \to 0`, :math:`u s` tends to 0.

Source: Lin, T.-Y. et al. (2017). Focal loss for dense object detection. ICCV. Equation 4.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace
from xent.formulas.true_class import ClassProbability

__all__ = ["Focal"]


@dataclass(frozen=True)
class Focal:
    """
    Focal loss as a function of the surprisal.

    Parameters
    ----------
    gamma : float
        Exponent of the complement, >= 0; 0 gives cross-entropy.
    """

    gamma: float

    def value(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Loss in nats, elementwise: the surprisal times the power `gamma` of the complement."""
        del xp
        return of_label.complement**self.gamma * of_label.surprisal

    def first_derivative(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Derivative of `value` in the surprisal, elementwise."""
        return of_label.complement**self.gamma * (1 + self.gamma * _prob_times_ratio(of_label, xp=xp))

    def second_derivative(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """
        Second derivative of `value` in the surprisal, elementwise; 0 where the complement is 0.

        For gamma <= 1 that is not the limit, but callers multiply it by gradients that are 0 there.
        """
        ratio = _prob_times_ratio(of_label, xp=xp)
        inner = (
            2 * of_label.prob
            - _prob_times_surprisal(of_label, xp=xp)
            + (self.gamma - 1) * of_label.prob * ratio
        )
        one_less = xp.where(of_label.complement == 0, 1.0, of_label.complement) ** (self.gamma - 1)
        return xp.where(of_label.complement == 0, 0.0, self.gamma * one_less * inner)


def _prob_times_surprisal(of_label: ClassProbability, *, xp: Namespace) -> Array:
    """Probability times surprisal, ``u * s``, elementwise; 0 where the probability is 0."""
    return of_label.prob * xp.where(of_label.prob == 0, 0.0, of_label.surprisal)


def _prob_times_ratio(of_label: ClassProbability, *, xp: Namespace) -> Array:
    """
    ``u * s / c`` of probability u, surprisal s and complement c, elementwise.

    It is 1 where the complement is 0, and 0 where the probability is 0.
    """
    is_sure = of_label.complement == 0
    ratio = _prob_times_surprisal(of_label, xp=xp) / xp.where(is_sure, 1.0, of_label.complement)
    return xp.where(is_sure, 1.0, ratio)
