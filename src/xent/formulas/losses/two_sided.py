r"""
A cost of events and a cost of what happens instead, each a function of the log-odds of what happened.

For a logit :math:`z`, masses :math:`a` for the event and :math:`b` against it, and costs :math:`f` and
:math:`g`,

.. math::

    \ell = a f(z) + b g(-z), \quad \frac{d\ell}{dz} = a f'(z) - b g'(-z), \quad
    \frac{d^2\ell}{dz^2} = a f''(z) + b g''(-z).

With masses :math:`t` and :math:`1 - t` it is the expected cost of an event of probability :math:`t`.

Source: Bishop, C. M. (2006). Pattern Recognition and Machine Learning, equation 4.90, for any two costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from xent.arrays import Array, Namespace
from xent.formulas.event import Event, event_and_opposite
from xent.precision.exact_logits import Logits

__all__ = ["CostOfEvent", "TwoSided"]


class CostOfEvent(Protocol):
    """A function of the log-odds of what happened, with derivatives; all but the value finite."""

    def value(self, event: Event, *, xp: Namespace) -> Array:
        """The cost."""

    def slope(self, event: Event, *, xp: Namespace) -> Array:
        """Its derivative in the log-odds."""

    def bend(self, event: Event, *, xp: Namespace) -> Array:
        """Its second derivative in the log-odds."""


@dataclass(frozen=True)
class TwoSided:
    """
    Cost of one logit, elementwise, with its derivatives.

    Every function takes the logits, the mass for the event and the mass against it.

    Parameters
    ----------
    of_event, of_opposite : CostOfEvent
        The cost on either side.
    """

    of_event: CostOfEvent
    of_opposite: CostOfEvent

    def value(self, logits: Logits, mass_for: Array, mass_against: Array, *, xp: Namespace) -> Array:
        """The cost, elementwise."""
        return self._value(event_and_opposite(logits, xp=xp), (mass_for, mass_against), xp=xp)

    def gradient(self, logits: Logits, mass_for: Array, mass_against: Array, *, xp: Namespace) -> Array:
        """Derivative of `value` in the logits, elementwise."""
        return self._slope(event_and_opposite(logits, xp=xp), (mass_for, mass_against), xp=xp)

    def value_and_gradient(
        self, logits: Logits, mass_for: Array, mass_against: Array, *, xp: Namespace
    ) -> tuple[Array, Array]:
        """`value` and `gradient`, elementwise, for little more than the price of one."""
        sides, masses = event_and_opposite(logits, xp=xp), (mass_for, mass_against)
        return self._value(sides, masses, xp=xp), self._slope(sides, masses, xp=xp)

    def hessian(self, logits: Logits, mass_for: Array, mass_against: Array, *, xp: Namespace) -> Array:
        """Second derivative of `value` in the logits, elementwise."""
        event, opposite = event_and_opposite(logits, xp=xp)
        bends = self.of_event.bend(event, xp=xp), self.of_opposite.bend(opposite, xp=xp)
        return mass_for * bends[0] + mass_against * bends[1]

    def hessian_vector_product(
        self, logits: Logits, mass_for: Array, mass_against: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """Product of the diagonal Hessian with `vectors`, elementwise."""
        return self.hessian(logits, mass_for, mass_against, xp=xp) * vectors

    def _value(self, sides: tuple[Event, Event], masses: tuple[Array, Array], *, xp: Namespace) -> Array:
        costs = self.of_event.value(sides[0], xp=xp), self.of_opposite.value(sides[1], xp=xp)
        return _times(masses[0], costs[0], xp=xp) + _times(masses[1], costs[1], xp=xp)

    def _slope(self, sides: tuple[Event, Event], masses: tuple[Array, Array], *, xp: Namespace) -> Array:
        slopes = self.of_event.slope(sides[0], xp=xp), self.of_opposite.slope(sides[1], xp=xp)
        return masses[0] * slopes[0] - masses[1] * slopes[1]


def _times(mass: Array, cost: Array, *, xp: Namespace) -> Array:
    """``mass * cost``; an infinite cost of what has no mass is 0, where 0 * inf is nan."""
    return mass * xp.where((mass == 0) & xp.isinf(cost), 0.0, cost)
