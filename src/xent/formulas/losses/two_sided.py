r"""
Loss of one logit with one function for the event and another for its opposite.

For a logit :math:`z`, masses :math:`a` of the event and :math:`b` of its opposite, and functions :math:`f`
and :math:`g` of log-odds,

.. math::

    \ell = a f(z) + b g(-z), \quad \frac{d\ell}{dz} = a f'(z) - b g'(-z), \quad
    \frac{d^2\ell}{dz^2} = a f''(z) + b g''(-z).

With masses :math:`t` and :math:`1 - t` it is the expected loss for an event of probability :math:`t`.

Source: Bishop, C. M. (2006). Pattern Recognition and Machine Learning, equation 4.90, for any two functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from xent.arrays import Array, Namespace
from xent.formulas.event import Event, event_and_opposite
from xent.precision.exact_difference import Logits

__all__ = ["CostOfEvent", "TwoSided"]


class CostOfEvent(Protocol):
    """Function of the log-odds of an event, with derivatives; values may be infinite, derivatives not."""

    def value(self, event: Event, *, xp: Namespace) -> Array:
        """Loss, elementwise."""

    def first_derivative(self, event: Event, *, xp: Namespace) -> Array:
        """Derivative of `value` in the log-odds."""

    def second_derivative(self, event: Event, *, xp: Namespace) -> Array:
        """Second derivative of `value` in the log-odds."""


@dataclass(frozen=True)
class TwoSided:
    """
    Loss of one logit, elementwise, with derivatives.

    The data of every method are the mass of the event and the mass of its opposite, both >= 0.

    Parameters
    ----------
    of_event, of_opposite : CostOfEvent
        Loss of the event and of its opposite, each as a function of its own log-odds.
    """

    of_event: CostOfEvent
    of_opposite: CostOfEvent

    def value(self, logits: Logits, mass_for: Array, mass_against: Array, *, xp: Namespace) -> Array:
        """Loss, elementwise."""
        return self._value(event_and_opposite(logits, xp=xp), (mass_for, mass_against), xp=xp)

    def gradient(self, logits: Logits, mass_for: Array, mass_against: Array, *, xp: Namespace) -> Array:
        """Derivative of `value` in the logits, elementwise."""
        return self._derivative(event_and_opposite(logits, xp=xp), (mass_for, mass_against), xp=xp)

    def value_and_gradient(
        self, logits: Logits, mass_for: Array, mass_against: Array, *, xp: Namespace
    ) -> tuple[Array, Array]:
        """`value` and `gradient`, elementwise, computed together from their common parts."""
        sides, masses = event_and_opposite(logits, xp=xp), (mass_for, mass_against)
        return self._value(sides, masses, xp=xp), self._derivative(sides, masses, xp=xp)

    def hessian(self, logits: Logits, mass_for: Array, mass_against: Array, *, xp: Namespace) -> Array:
        """Second derivative of `value` in the logits, elementwise: that of each side, times its mass."""
        event, opposite = event_and_opposite(logits, xp=xp)
        second_derivatives = (
            self.of_event.second_derivative(event, xp=xp),
            self.of_opposite.second_derivative(opposite, xp=xp),
        )
        return mass_for * second_derivatives[0] + mass_against * second_derivatives[1]

    def hessian_vector_product(
        self, logits: Logits, mass_for: Array, mass_against: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """Product of the diagonal Hessian with `vectors`, elementwise."""
        return self.hessian(logits, mass_for, mass_against, xp=xp) * vectors

    def _value(self, sides: tuple[Event, Event], masses: tuple[Array, Array], *, xp: Namespace) -> Array:
        """Loss, elementwise, given the `sides`, event and opposite, and their masses."""
        costs = self.of_event.value(sides[0], xp=xp), self.of_opposite.value(sides[1], xp=xp)
        return _times(masses[0], costs[0], xp=xp) + _times(masses[1], costs[1], xp=xp)

    def _derivative(self, sides: tuple[Event, Event], masses: tuple[Array, Array], *, xp: Namespace) -> Array:
        """Derivative in the logits, elementwise, given the `sides`, event and opposite, and their masses."""
        derivatives = (
            self.of_event.first_derivative(sides[0], xp=xp),
            self.of_opposite.first_derivative(sides[1], xp=xp),
        )
        return masses[0] * derivatives[0] - masses[1] * derivatives[1]


def _times(mass: Array, cost: Array, *, xp: Namespace) -> Array:
    """``mass * cost``; 0 where the mass is 0 and the cost infinite, because ``0 * inf`` is nan."""
    return mass * xp.where((mass == 0) & xp.isinf(cost), 0.0, cost)
