r"""
Focal loss of a binary event under a sigmoid, as a function of its log-odds.

With the log-odds :math:`x` of the event, its probability :math:`u`, the complement :math:`c` and the
surprisal :math:`s`, with :math:`ds/dx = -c` and :math:`du/dx = uc`,

.. math::

    f = c^\gamma s, \quad f' = -c^\gamma (c + \gamma u s), \quad
    f'' = u c^\gamma \bigl((2 \gamma + 1)\, c + \gamma s\, (\gamma u - c)\bigr).

No power has an exponent below :math:`\gamma \ge 0`, so nothing is infinite where :math:`c = 0`.

Source: Lin, T.-Y. et al. (2017). Focal loss for dense object detection. ICCV. Equation 4; derivatives by the
chain rule.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace
from xent.formulas.event import Event

__all__ = ["FocalOfEvent"]


@dataclass(frozen=True)
class FocalOfEvent:
    """
    Focal loss as a function of the log-odds of the event.

    Parameters
    ----------
    gamma : float
        Exponent of the complement, >= 0; 0 gives cross-entropy.
    """

    gamma: float

    def value(self, event: Event, *, xp: Namespace) -> Array:
        """Loss in nats, elementwise: the surprisal times the power `gamma` of the complement."""
        del xp
        return event.complement**self.gamma * event.surprisal

    def first_derivative(self, event: Event, *, xp: Namespace) -> Array:
        """Derivative of `value` in the log-odds, elementwise; it is never positive."""
        rest = self.gamma * _prob_times_surprisal(event, xp=xp)
        return -(event.complement**self.gamma) * (event.complement + rest)

    def second_derivative(self, event: Event, *, xp: Namespace) -> Array:
        """Second derivative of `value` in the log-odds, elementwise."""
        u, c = event.prob, event.complement
        cost = _prob_times_surprisal(event, xp=xp) * (self.gamma * u - c)
        return c**self.gamma * ((2 * self.gamma + 1) * (u * c) + self.gamma * cost)


def _prob_times_surprisal(event: Event, *, xp: Namespace) -> Array:
    """Probability times surprisal of the event, ``u * s``, elementwise; 0 where the probability is 0."""
    return event.prob * xp.where(event.prob == 0, 0.0, event.surprisal)
