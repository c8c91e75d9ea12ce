r"""
Focal loss of the true class.

With the surprisal :math:`s`, :math:`u = e^{-s}` the probability and :math:`c = 1 - u`,

.. math::

    \varphi = c^\gamma s, \quad
    \varphi' = c^\gamma \left(1 + \gamma\, u\, \frac sc\right), \quad
    \varphi'' = \gamma\, u\, c^{\gamma - 1} \left(2 - s + (\gamma - 1)\, u\, \frac sc\right).

Where the model is sure :math:`s / c` tends to 1; where it is sure and wrong :math:`u s` tends to 0.

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
        """The loss in nats."""
        del xp
        return of_label.complement**self.gamma * of_label.surprisal

    def slope(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Its derivative in the surprisal."""
        return of_label.complement**self.gamma * (1 + self.gamma * _prob_times_ratio(of_label, xp=xp))

    def bend(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Its second derivative in the surprisal; 0 where the complement is."""
        ratio = _prob_times_ratio(of_label, xp=xp)
        inner = (
            2 * of_label.prob
            - _prob_times_surprisal(of_label, xp=xp)
            + (self.gamma - 1) * of_label.prob * ratio
        )
        one_less = xp.where(of_label.complement == 0, 1.0, of_label.complement) ** (self.gamma - 1)
        return xp.where(of_label.complement == 0, 0.0, self.gamma * one_less * inner)


def _prob_times_surprisal(of_label: ClassProbability, *, xp: Namespace) -> Array:
    """``u * s``, which is 0 for a label that is ruled out, though its surprisal be infinite."""
    return of_label.prob * xp.where(of_label.prob == 0, 0.0, of_label.surprisal)


def _prob_times_ratio(of_label: ClassProbability, *, xp: Namespace) -> Array:
    """``u * s / c``, which is 1 for a sure model and 0 for one that rules the label out."""
    is_sure = of_label.complement == 0
    ratio = _prob_times_surprisal(of_label, xp=xp) / xp.where(is_sure, 1.0, of_label.complement)
    return xp.where(is_sure, 1.0, ratio)
