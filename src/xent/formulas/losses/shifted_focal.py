r"""
Focal loss of a binary event after its probability is raised by a margin; 0 for a complement up to it.

With the log-odds :math:`x` of the event, :math:`c = \sigma(-x)`, the margin :math:`m` and
:math:`q = \max(c - m, 0)`,

.. math::

    f = -q^\gamma \log(1 - q), \quad
    \frac{df}{dq} = q^\gamma \left(\frac{\gamma s}{q} + \frac{1}{1 - q}\right), \quad
    \frac{d^2 f}{dq^2} = q^{\gamma - 1} \left(\frac{\gamma (\gamma - 1) s}{q} + \frac{2 \gamma}{1 - q}
        + \frac{q}{(1 - q)^2}\right)

with :math:`s = -\log(1 - q)`, and :math:`dq/dx = -uc`, :math:`d^2 q/dx^2 = uc\,(u - c)` where :math:`c > m`.
Next to the margin ``c - m`` cancels. So :math:`q` is evaluated as a difference of two sigmoids,

.. math:: q = c\,(1 - m) \left(1 - e^{-g}\right), \quad g = \log \frac{1 - m}{m} - x .

Source: Ridnik, T. et al. (2021). Asymmetric loss for multi-label classification. ICCV. Section 2;
derivatives by the chain rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from xent.arrays import Array, Namespace
from xent.formulas.event import Event
from xent.formulas.exact_log_odds import exact_log_odds
from xent.precision.exact_difference import exact_difference, high_and_low

__all__ = ["ShiftedFocal"]


class _Shifted(NamedTuple):
    """
    Complement less the margin, q, and functions of it, elementwise.

    `complement` is q, or 0 if that is negative; `prob` is ``1 - q``, `surprisal` is ``-log(1 - q)``, and
    `ratio` the surprisal over q, all for this q; `counts` is True where q is positive or nan.
    """

    complement: Array
    prob: Array
    surprisal: Array
    ratio: Array
    counts: Array


@dataclass(frozen=True)
class ShiftedFocal:
    """
    Shifted focal loss as a function of the log-odds of the event; 0 for complements up to the margin.

    Parameters
    ----------
    gamma : float
        Exponent of the shifted complement, >= 0.
    margin : float
        Number subtracted from the complement, strictly between 0 and 1.
    """

    gamma: float
    margin: float

    def value(self, event: Event, *, xp: Namespace) -> Array:
        """Loss in nats, elementwise, at most ``-log(margin)``."""
        shifted = self._shifted(event, xp=xp)
        return shifted.complement**self.gamma * shifted.surprisal

    def first_derivative(self, event: Event, *, xp: Namespace) -> Array:
        """Derivative of `value` in the log-odds, elementwise; 0 for complements up to the margin."""
        return (
            -self._derivative_in_complement(self._shifted(event, xp=xp), xp=xp)
            * event.prob
            * event.complement
        )

    def second_derivative(self, event: Event, *, xp: Namespace) -> Array:
        """
        Second derivative of `value` in the log-odds, elementwise; 0 for complements up to the margin.

        `event` holds log-odds, probability and complement, the probability of the opposite event.
        """
        shifted, gamma = self._shifted(event, xp=xp), self.gamma
        q, r = shifted.complement, shifted.prob
        inner = gamma * (gamma - 1) * shifted.ratio + 2 * gamma / r + q / (r * r)
        second_derivative = xp.where(
            shifted.counts, xp.where(shifted.counts, q, 1.0) ** (gamma - 1) * inner, 0.0
        )
        speed = event.prob * event.complement
        first_derivative = self._derivative_in_complement(shifted, xp=xp)
        return speed * (second_derivative * speed + first_derivative * (event.prob - event.complement))

    def _derivative_in_complement(self, shifted: _Shifted, *, xp: Namespace) -> Array:
        """Derivative of `value` in the complement of the event, elementwise; 0 at and below the margin."""
        first_derivative = shifted.complement**self.gamma * (self.gamma * shifted.ratio + 1 / shifted.prob)
        return xp.where(shifted.counts, first_derivative, 0.0)

    def _shifted(self, event: Event, *, xp: Namespace) -> _Shifted:
        """
        Complement less the margin, q, at least 0, elementwise, and functions of it, as `_Shifted`.

        They are ``1 - q``, ``s = -log(1 - q)``, ``s / q``, which is 1 where q is 0, and a mask that is True
        where q is positive or nan.
        """
        gap = self._gap(event, xp=xp)
        beyond = -xp.expm1(-xp.where(gap > 0, gap, 0.0))
        q = event.complement * ((1 - self.margin) * beyond)
        # True for nan too, whose derivatives are not 0.
        counts = ~(q <= 0)
        r = xp.where(counts, event.prob + self.margin, 1.0)
        # The limit is below 0.4 because JAX's log1p has errors of about a hundred units in the last place
        # near -0.4.
        surprisal = xp.where(q < 0.3, -xp.log1p(-q), -xp.log(r))
        ratio = xp.where(counts, surprisal / xp.where(counts, q, 1.0), 1.0)
        return _Shifted(q, r, surprisal, ratio, counts)

    def _gap(self, event: Event, *, xp: Namespace) -> Array:
        """
        Log-odds at which the complement equals `margin`, less those of the event, elementwise.

        It is positive where the complement is larger than the margin, so that the loss is not 0, and ``inf``
        for a traced margin of 0. An event of infinite log-odds has minus these.
        """
        high, low = high_and_low(event.log_odds)
        edge = exact_log_odds(self.margin, high, xp=xp)
        gap, missing = exact_difference(-edge.hi, xp.where(xp.isfinite(high), high, 0.0))
        # A traced margin may be 0: its edge is infinite, and has no low-order part.
        missing = xp.where(xp.isfinite(gap), missing - edge.lo - low, 0.0)
        return xp.where(xp.isfinite(high), gap + missing, -high)
